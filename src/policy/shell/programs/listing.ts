import type { Programs } from '../program.ts';

/** Programs that show names, sizes and times, and nothing of what is in files. */
export const LISTING: Programs = {
  ls: {
    options:
      'a|all A|almost-all author b|escape block-size: B|ignore-backups c C color? d|directory D|dired f F|classify? file-type format: full-time g G|no-group h|human-readable si H|dereference-command-line hide: hyperlink? i|inode I|ignore: k|kibibytes l L|dereference m n|numeric-uid-gid N|literal o p indicator-style: q|hide-control-chars show-control-chars Q|quote-name quoting-style: r|reverse R|recursive s|size S sort: t time: time-style: T|tabsize: u U v w|width: x X Z|context zero -1@eO group-directories-first dereference-command-line-symlink-to-dir',
    operands: 'list',
    alone: 'list',
    recursive: ['R'],
  },
  dir: {
    options: 'a|all A|almost-all l h|human-readable R|recursive t r|reverse S -1',
    operands: 'list',
    alone: 'list',
    recursive: ['R'],
  },
  tree: {
    options: '-adfixlqNQpugshDFvtcUrCnJX1 L: P: I: o: H: T: dirsfirst noreport du si prune filelimit: gitignore',
    operands: 'list',
    alone: 'list',
    recursive: 'always',
    values: { o: 'write' },
    risky: true,
  },
  du: {
    options:
      '0|null a|all apparent-size B|block-size: b|bytes c|total D|dereference-args d|max-depth: files0-from: H h|human-readable inodes k L|dereference l|count-links m P|no-dereference S|separate-dirs si s|summarize t|threshold: time? time-style: X|exclude-from: exclude: x|one-file-system -gA',
    operands: 'list',
    alone: 'list',
    recursive: 'always',
    values: { 'files0-from': 'names', X: 'read' },
    risky: true,
  },
  df: {
    options:
      'a|all B|block-size: h|human-readable H|si i|inodes k l|local no-sync output? P|portability sync total t|type: T|print-type x|exclude-type: v -gm',
    operands: 'list',
  },
  stat: { options: 'L|dereference f|file-system cached: c|format: printf: t|terse -nrsxl', operands: 'list' },
  readlink: {
    options:
      'f|canonicalize e|canonicalize-existing m|canonicalize-missing n|no-newline q|quiet s|silent v|verbose z|zero',
    operands: 'list',
  },
  realpath: {
    options:
      'e|canonicalize-existing m|canonicalize-missing L|logical P|physical q|quiet relative-to: relative-base: s|strip|no-symlinks z|zero',
    operands: 'list',
  },
  namei: { options: 'x|mountpoints m|modes o|owners l|long n|nosymlinks v|vertical Z|context', operands: 'list' },
  basename: { options: 'a|multiple s|suffix: z|zero' },
  dirname: { options: 'z|zero' },
  pathchk: { options: 'p P portability' },
  which: { options: 'a|all -s' },
  whereis: { options: '-bmsul' },
  lsblk: {
    options:
      'a|all b|bytes d|nodeps D|discard e|exclude: f|fs i|ascii I|include: J|json l|list m|perms n|noheadings o|output: O|output-all p|paths P|pairs r|raw s|inverse S|scsi t|topology T|tree? x|sort: z|zoned',
    operands: 'list',
  },
  blkid: { options: 's: o: L: U: t: p i l', operands: 'list', risky: true },
  findmnt: {
    options:
      'A|all a|ascii b|bytes D|df d|direction: e|evaluate F|tab-file: f|first-only i|invert J|json k|kernel l|list M|mountpoint: m|mtab n|noheadings O|options: o|output: P|pairs R|submounts r|raw S|source: s|fstab T|target: t|types: u|notruncate U|uniq v|nofsroot',
    operands: 'list',
    values: { F: 'read' },
    risky: true,
  },
  mountpoint: { options: 'q|quiet d|fs-devno x|devno nofollow', operands: 'list' },
};

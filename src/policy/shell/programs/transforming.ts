import type { Programs } from '../program.ts';
import { awk } from './awk.ts';
import { dd } from './dd.ts';
import { replaced } from './replaced.ts';
import { sed } from './sed.ts';
import { split } from './split.ts';
import { uniq } from './uniq.ts';
import { xxd } from './xxd.ts';

/** Programs that make one text or file out of another. */
export const TRANSFORMING: Programs = {
  sort: {
    options:
      'b|ignore-leading-blanks d|dictionary-order f|ignore-case g|general-numeric-sort i|ignore-nonprinting M|month-sort h|human-numeric-sort n|numeric-sort R|random-sort random-source: r|reverse sort: V|version-sort batch-size: c C|check? m|merge o|output: s|stable S|buffer-size: t|field-separator: T|temporary-directory: parallel: u|unique z|zero-terminated k|key: files0-from: debug',
    runs: 'compress-program:',
    operands: 'read',
    values: { o: 'write', T: 'write', 'files0-from': 'names', 'random-source': 'read' },
    risky: true,
  },
  uniq: {
    options:
      '# c|count d|repeated D all-repeated? f|skip-fields: group? i|ignore-case s|skip-chars: u|unique z|zero-terminated w|check-chars:',
    also: uniq,
    risky: true,
  },
  shuf: {
    options: 'e|echo i|input-range: n|head-count: o|output: r|repeat z|zero-terminated random-source:',
    operands: 'read',
    values: { o: 'write', 'random-source': 'read' },
    risky: true,
  },
  split: {
    options:
      '# a|suffix-length: additional-suffix: b|bytes: C|line-bytes: d x numeric-suffixes? hex-suffixes? e|elide-empty-files l|lines: n|number: t|separator: u|unbuffered verbose',
    runs: 'filter:',
    also: split,
    risky: true,
  },
  sed: {
    options:
      'n|quiet|silent debug e|expression: f|file: E|r|regexp-extended follow-symlinks i|in-place? l|line-length: posix s|separate sandbox u|unbuffered z|null-data',
    also: sed,
    risky: true,
  },
  awk: { options: 'F|field-separator: v|assign:', also: awk, risky: true },
  gawk: { options: 'F|field-separator: v|assign:', also: awk, risky: true },
  mawk: { options: 'F: v:', also: awk, risky: true },
  dd: { options: '', own: true, also: dd },
  xxd: {
    options: '-abeEuipdv c|cols: g|groupsize: l|len: o: s|seek: r R?',
    operands: 'read',
    also: xxd,
    risky: true,
  },
  gzip: {
    options:
      '-123456789 c|stdout|to-stdout d|decompress|uncompress f|force k|keep l|list n|no-name N|name q|quiet S|suffix: t|test v|verbose fast best rsyncable',
    also: replaced,
  },
  gunzip: {
    options: 'c|stdout f|force k|keep l|list n|no-name N|name q|quiet S|suffix: t|test v|verbose',
    also: replaced,
  },
  bzip2: {
    options: '-123456789 c|stdout d|decompress z|compress f|force k|keep q|quiet v|verbose t|test s|small',
    also: replaced,
  },
  bunzip2: { options: 'c|stdout f|force k|keep q|quiet v|verbose t|test s|small', also: replaced },
  xz: {
    options:
      '-0123456789 c|stdout d|decompress z|compress f|force k|keep l|list q|quiet v|verbose t|test e|extreme T|threads:',
    also: replaced,
  },
  unxz: { options: 'c|stdout f|force k|keep q|quiet v|verbose t|test T|threads:', also: replaced },
};

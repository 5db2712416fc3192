import { checked } from './checked.ts';
import { compared } from './diff.ts';
import { jq } from './jq.ts';
import type { Programs } from '../program.ts';
import { unpacked, unpackedBehindPattern } from './replaced.ts';
import { responding } from './response-files.ts';

/** Programs that read files and write to nowhere but their output, unless it is said. */
export const READING: Programs = {
  cat: {
    options: 'A|show-all b|number-nonblank e E|show-ends n|number s|squeeze-blank t T|show-tabs u v|show-nonprinting',
    operands: 'read',
  },
  tac: { options: 'b|before r|regex s|separator:', operands: 'read' },
  nl: {
    options:
      'b|body-numbering: d|section-delimiter: f|footer-numbering: h|header-numbering: i|line-increment: l|join-blank-lines: n|number-format: p|no-renumber s|number-separator: v|starting-line-number: w|number-width:',
    operands: 'read',
  },
  head: { options: '# c|bytes: n|lines: q|quiet|silent v|verbose z|zero-terminated', operands: 'read' },
  tail: {
    options:
      '# c|bytes: f follow? F n|lines: max-unchanged-stats: pid: q|quiet|silent retry s|sleep-interval: v|verbose z|zero-terminated',
    operands: 'read',
  },
  wc: {
    options: 'c|bytes m|chars l|lines files0-from: L|max-line-length w|words total:',
    operands: 'read',
    values: { 'files0-from': 'names' },
  },
  grep: {
    options:
      '# I E|extended-regexp F|fixed-strings G|basic-regexp P|perl-regexp e|regexp: f|file: i|y|ignore-case no-ignore-case v|invert-match w|word-regexp x|line-regexp c|count color? colour? L|files-without-match l|files-with-matches m|max-count: o|only-matching q|quiet|silent s|no-messages b|byte-offset H|with-filename h|no-filename label: n|line-number T|initial-tab Z|null A|after-context: B|before-context: C|context: a|text binary-files: D|devices: d|directories: exclude: exclude-from: exclude-dir: include: r|recursive R|dereference-recursive line-buffered U|binary z|null-data',
    operands: 'read',
    first: { use: 'text', unless: ['e', 'f'] },
    values: { f: 'read', 'exclude-from': 'read' },
    recursive: ['r', 'R', 'd'],
    wanders: true,
  },
  egrep: {
    options:
      '# e|regexp: f|file: i|ignore-case v|invert-match w|word-regexp x|line-regexp c|count color? l|files-with-matches L m|max-count: o|only-matching q|quiet s H h n|line-number A: B: C: a r|recursive R',
    operands: 'read',
    first: { use: 'text', unless: ['e', 'f'] },
    values: { f: 'read' },
    recursive: ['r', 'R'],
    wanders: true,
  },
  fgrep: {
    options:
      '# e|regexp: f|file: i|ignore-case v|invert-match w|word-regexp x|line-regexp c|count color? l|files-with-matches L m|max-count: o|only-matching q|quiet s H h n|line-number A: B: C: a r|recursive R',
    operands: 'read',
    first: { use: 'text', unless: ['e', 'f'] },
    values: { f: 'read' },
    recursive: ['r', 'R'],
    wanders: true,
  },
  zcat: {
    options: 'f|force l|list v|verbose',
    operands: 'read',
    also: (call, { operands }) => unpacked(call, operands),
  },
  bzcat: { options: 's|small', operands: 'read' },
  xzcat: { options: 'f|force k|keep v|verbose T|threads:', operands: 'read' },
  zstdcat: { options: 'f|force q v', operands: 'read', risky: true },
  zgrep: {
    options: '# E F G e: i v w x c l L m: o q s H h n A: B: C: a',
    operands: 'read',
    first: { use: 'text', unless: ['e'] },
    also: unpackedBehindPattern,
    risky: true,
  },
  cut: {
    options:
      'b|bytes: c|characters: d|delimiter: f|fields: n complement s|only-delimited output-delimiter: z|zero-terminated',
    operands: 'read',
  },
  tr: { options: 'c|C|complement d|delete s|squeeze-repeats t|truncate-set1' },
  paste: { options: 'd|delimiters: s|serial z|zero-terminated', operands: 'read' },
  join: {
    options: 'a: e: i|ignore-case j: o: t: v: 1: 2: check-order nocheck-order header z|zero-terminated',
    operands: 'read',
  },
  comm: {
    options: '-123 check-order nocheck-order output-delimiter: total z|zero-terminated',
    operands: 'read',
  },
  diff: {
    options:
      '# q|brief s|report-identical-files c context? u unified? C: U: e|ed n|rcs y|side-by-side W|width: left-column suppress-common-lines p|show-c-function F|show-function-line: label: t|expand-tabs T|initial-tab tabsize: r|recursive no-dereference N|new-file unidirectional-new-file ignore-file-name-case x|exclude: X|exclude-from: S|starting-file: from-file: to-file: i|ignore-case E|ignore-tab-expansion Z|ignore-trailing-space b|ignore-space-change w|ignore-all-space B|ignore-blank-lines I|ignore-matching-lines: a|text strip-trailing-cr D|ifdef: d|minimal horizon-lines: speed-large-files color? palette:',
    operands: 'read',
    values: { X: 'read', 'from-file': 'read', 'to-file': 'read' },
    also: compared,
    recursive: ['r'],
    risky: true,
  },
  cmp: { options: 'b|print-bytes i|ignore-initial: l|verbose n|bytes: s|quiet|silent', operands: 'read' },
  fold: { options: '# b|bytes c|characters s|spaces w|width:', operands: 'read' },
  fmt: {
    options: '# c|crown-margin p|prefix: s|split-only t|tagged-paragraph u|uniform-spacing w|width: g|goal:',
    operands: 'read',
  },
  expand: { options: '# i|initial t|tabs:', operands: 'read' },
  unexpand: { options: '# a|all first-only t|tabs:', operands: 'read' },
  column: {
    options:
      't|table s|separator: o|output-separator: c|output-width|columns: n x N|table-columns: R|table-right: d|table-noheadings e J|json L',
    operands: 'read',
  },
  rev: { options: '', operands: 'read' },
  od: {
    options:
      'A|address-radix: endian: j|skip-bytes: N|read-bytes: S|strings? t|format: v|output-duplicates w|width? traditional -abcdfiloxsDOX',
    operands: 'read',
  },
  hexdump: { options: '-bcCdovx n|length: s|skip: e|format: L|color?', operands: 'read' },
  strings: {
    options: '# a|all d|data f|print-file-name n|bytes: o t|radix: e|encoding: w T|target:',
    operands: 'read',
    also: responding,
    risky: true,
  },
  base64: { options: 'd|D|decode i|ignore-garbage w|wrap:', operands: 'read', risky: true },
  base32: { options: 'd|decode i|ignore-garbage w|wrap:', operands: 'read' },
  md5sum: {
    options: 'b|binary c|check tag t|text z|zero ignore-missing quiet status strict w|warn',
    operands: 'read',
    also: checked,
  },
  sha1sum: {
    options: 'b|binary c|check tag t|text z|zero ignore-missing quiet status strict w|warn',
    operands: 'read',
    also: checked,
  },
  sha256sum: {
    options: 'b|binary c|check tag t|text z|zero ignore-missing quiet status strict w|warn',
    operands: 'read',
    also: checked,
  },
  sha512sum: {
    options: 'b|binary c|check tag t|text z|zero ignore-missing quiet status strict w|warn',
    operands: 'read',
    also: checked,
  },
  b2sum: {
    options: 'b|binary c|check l|length: tag t|text z|zero ignore-missing quiet status strict w|warn',
    operands: 'read',
    also: checked,
  },
  cksum: {
    options: 'a|algorithm: c|check b|base64 l|length: raw tag untagged z|zero quiet status strict w|warn',
    operands: 'read',
    also: checked,
  },
  sum: { options: 'r s|sysv', operands: 'read' },
  jq: {
    options:
      'c|compact-output r|raw-output R|raw-input n|null-input s|slurp e|exit-status S|sort-keys C|color-output M|monochrome-output a|ascii-output j|join-output tab indent: stream unbuffered f|from-file',
    operands: 'read',
    first: { use: 'text', unless: ['f'] },
    also: jq,
    risky: true,
  },
  file: {
    options:
      'b|brief c|checking-printout E e|exclude: f|files-from: F|separator: h|no-dereference i|mime mime-type mime-encoding k|keep-going L|dereference l|list n|no-buffer N|no-pad r|raw s|special-files 0|print0',
    operands: 'read',
    values: { f: 'names' },
    risky: true,
  },
  readelf: {
    options: '-aheglSstnrudVDAcwIW all file-header segments sections',
    operands: 'read',
    also: responding,
    risky: true,
  },
  getfacl: { options: '-acedEsRLPtpn', operands: 'read', recursive: ['R'] },
  lsattr: { options: '-RVadlpv', operands: 'list', alone: 'list', recursive: ['R'] },
  visudo: {
    options: 'c|check q|quiet s|strict f|file:',
    // It takes in others, and shows what is wrong in them.
    values: { f: 'names' },
    also: (_, { given }) => !given.some(({ name }) => name === 'c'),
    risky: true,
  },
};

import { touch } from '../call.ts';
import type { Programs } from '../program.ts';
import { UNKNOWN_WORD } from '../word.ts';
import { getent } from './getent.ts';

/** Programs that say how a machine is, and those that change it as a whole. */
export const SYSTEM: Programs = {
  uname: {
    options:
      'a|all s|kernel-name n|nodename r|kernel-release v|kernel-version m|machine p|processor i|hardware-platform o|operating-system',
  },
  arch: { options: '' },
  nproc: { options: 'all ignore:' },
  uptime: { options: 'p|pretty s|since r|raw' },
  free: {
    options:
      'b|bytes k|kibi m|mebi g|gibi h|human w|wide s|seconds: c|count: l|lohi t|total v|committed L|line si kilo mega giga tebi',
  },
  vmstat: {
    options:
      'a|active f|forks m|slabs n|one-header s|stats d|disk D|disk-sum p|partition: S|unit: w|wide t|timestamp y',
  },
  iostat: { options: '-cdhkmNtxyzVs p? j: o: dec: human pretty' },
  mpstat: { options: '-Aun P: I: o: N:' },
  lscpu: {
    options:
      'a|all b|online B|bytes c|offline C|caches? e|extended? J|json p|parse? s|sysroot: x|hex y|physical output-all',
  },
  lsmem: { options: 'a|all b|bytes J|json n|noheadings o|output: P|pairs r|raw summary?' },
  lspci: { options: '-vnkxbDtm d: s:', risky: true },
  lsusb: { options: '-vt s: d:' },
  lsmod: { options: '' },
  modinfo: {
    options: 'a|author d|description l|license p|parameters n|filename F|field: k:',
    // A module's name, or a file.
    operands: 'read',
    risky: true,
  },
  dmidecode: { options: 'q|quiet s|string: t|type: H|handle: u|dump', risky: true },
  id: { options: 'a g|group G|groups n|name r|real u|user z|zero Z|context' },
  whoami: { options: '' },
  groups: { options: '' },
  logname: { options: '' },
  who: {
    options:
      'a|all b|boot d|dead H|heading l|login m p|process q|count r|runlevel s|short t|time T|w|mesg|message|writable u|users ips lookup',
    // Not with two words, as in `who am i`.
    also: (call, { operands }) => {
      if (operands.length === 1) for (const word of operands) touch(call, 'read', word);
    },
  },
  w: { options: 'h|no-header u|no-current s|short f|from o|old-style i|ip-addr p|pids' },
  users: { options: '', operands: 'read' },
  last: {
    options:
      '# a|hostlast d|dns f|file: F|fulltimes i|ip n|limit: p|present: R|nohostname s|since: t|until: time-format: w|fullnames x|system',
    values: { f: 'read' },
    risky: true,
  },
  lastlog: { options: 'b|before: t|time: u|user:', risky: true },
  lastb: { options: '# a d n|limit: F i w x', risky: true },
  // Of a user it shows the plans, which lie in the home, or where a link there leads.
  finger: {
    options: '-lmps',
    also: (call, { operands, given }) => {
      if (operands.length > 0 || given.some(({ name }) => name === 'l')) touch(call, 'read', UNKNOWN_WORD);
    },
  },
  getent: { options: 's|service: i|no-idn', also: getent },
  locale: { options: 'a|all-locales m|charmaps c|category-name k|keyword-name v|verbose' },
  date: {
    options:
      'd|date: f|file: I|iso-8601? r|reference: R|rfc-email|rfc-2822 rfc-3339: s|set: u|utc|universal debug resolution',
    values: { f: 'read', r: 'list' },
    changes: ['s'],
    // A bare number sets the clock.
    also: (_, { operands }) => operands.some((word) => word.text?.startsWith('+') !== true),
    risky: true,
  },
  cal: { options: '# -13yjhmSs y|year m|monday s|sunday' },
  sleep: { options: '' },
  hostname: {
    options: 'a|alias A|all-fqdns d|domain f|fqdn|long i|ip-address I|all-ip-addresses s|short y|yp|nis b|boot F|file:',
    also: (_, { operands, given }) => operands.length > 0 || given.some(({ name }) => name === 'F' || name === 'b'),
    risky: true,
  },
  hostnamectl: {
    settings: { in: ['/etc/hostname', '/etc/machine-info'] },
    options: 'no-pager json: static pretty transient',
    verbs: {
      reading: ['', 'status'],
      changing: [
        'hostname',
        'set-hostname',
        'chassis',
        'deployment',
        'location',
        'icon-name',
        'set-chassis',
        'set-deployment',
        'set-location',
        'set-icon-name',
      ],
    },
    risky: true,
  },
  timedatectl: {
    settings: { in: ['/etc/localtime', '/etc/timezone', '/etc/adjtime', '/etc/systemd'] },
    options: 'no-pager a|all p|property: value',
    verbs: {
      reading: ['', 'status', 'show', 'list-timezones', 'timesync-status', 'show-timesync'],
      changing: ['set-time', 'set-timezone', 'set-local-rtc', 'set-ntp'],
    },
    risky: true,
  },
  localectl: {
    settings: { in: ['/etc/locale.conf', '/etc/default', '/etc/vconsole.conf', '/etc/X11'] },
    options: 'no-pager',
    verbs: {
      reading: ['', 'status', 'list-locales', 'list-keymaps'],
      changing: ['set-locale', 'set-keymap', 'set-x11-keymap'],
    },
    risky: true,
  },
  loginctl: {
    options: 'no-pager no-legend a|all l|full n|lines: o|output: p|property: value',
    verbs: {
      reading: [
        '',
        'list-sessions',
        'session-status',
        'show-session',
        'list-users',
        'user-status',
        'show-user',
        'list-seats',
        'seat-status',
        'show-seat',
      ],
      changing: [
        'activate',
        'lock-session',
        'unlock-session',
        'lock-sessions',
        'unlock-sessions',
        'terminate-session',
        'kill-session',
        'enable-linger',
        'disable-linger',
        'terminate-user',
        'kill-user',
        'terminate-seat',
      ],
    },
    risky: true,
  },
  dmesg: {
    options:
      'C|clear c|read-clear D|console-off d|show-delta E|console-on e|reltime F|file: f|facility: H|human J|json k|kernel L|color? l|level: n|console-level: P|nopager p|force-prefix r|raw s|buffer-size: S|syslog T|ctime t|notime time-format: u|userspace w|follow W|follow-new x|decode since: until:',
    values: { F: 'read' },
    changes: ['C', 'c', 'D', 'E', 'n'],
    risky: true,
    // Shown to people it goes through a pager.
    also: (_, { given }) => given.some(({ name }) => name === 'H') && !given.some(({ name }) => name === 'P'),
  },
  sync: { options: 'd|data f|file-system', operands: 'list' },
  sysctl: {
    options: 'a|all b|binary e|ignore n|values N|names q|quiet r|pattern: w|write A X',
    changes: ['w'],
    // A name is a path beneath /proc/sys.
    also: (_, { operands }) => operands.some(({ text }) => text === null || /=|\.\.|\/\//u.test(text)),
    risky: true,
  },
  shutdown: { options: 'H|halt P|poweroff r|reboot h k no-wall c show -afFn t:', changes: true },
  reboot: { options: 'halt p|poweroff reboot f|force w|wtmp-only d|no-wtmp no-wall n i', changes: true },
  halt: { options: 'halt p|poweroff reboot f|force w|wtmp-only d|no-wtmp no-wall n i', changes: true },
  poweroff: { options: 'halt p|poweroff reboot f|force w|wtmp-only d|no-wtmp no-wall n i', changes: true },
  init: { options: '', changes: true },
  telinit: { options: 't: no-wall', changes: true },
  getconf: { options: 'a v:' },
  tty: { options: 's|silent|quiet' },
  tput: { options: 'T: S' },
  clear: { options: 'T: x V' },
  seq: { options: '# f|format: s|separator: w|equal-width' },
  factor: { options: 'h' },
  expr: { options: '' },
  yes: { options: '' },
  printenv: { options: '0|null' },
};

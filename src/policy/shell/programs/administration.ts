import type { Programs } from '../program.ts';

/** Package managers and container engines, as far as they only show what there is. */
export const ADMINISTRATION: Programs = {
  dpkg: {
    runs: 'pre-invoke: post-invoke: status-logger: root: instdir: admindir:',
    options:
      'l|list L|listfiles s|status S|search p|print-avail W|show V|verify audit C get-selections print-architecture compare-versions version no-pager',
    risky: true,
    also: (_, { given }) => given.length === 0,
  },
  'dpkg-query': {
    options: 'l|list L|listfiles s|status S|search p|print-avail W|show f|showformat: c|control-path no-pager',
    risky: true,
  },
  'apt-cache': {
    runs: 'o|option: c|config-file:',
    options: 'n|names-only f|full i|important installed',
    verbs: {
      reading: ['search', 'show', 'showpkg', 'policy', 'depends', 'rdepends', 'stats', 'madison', 'pkgnames'],
      changing: [],
    },
    risky: true,
    pages: true,
  },
  apt: {
    runs: 'o|option: c|config-file:',
    options: 'installed upgradable a|all-versions n|names-only f|full y|yes|assume-yes q|quiet',
    verbs: { reading: ['list', 'show', 'search', 'policy', 'depends', 'rdepends'], changing: [] },
    risky: true,
    pages: true,
  },
  'apt-mark': {
    options: '',
    verbs: { reading: ['showhold', 'showauto', 'showmanual'], changing: ['hold', 'unhold', 'auto', 'manual'] },
    risky: true,
  },
  rpm: {
    runs: 'pipe: eval: E: D|define: rcfile: macros: root: load:',
    options:
      '-qailRdcpsvV q|query a|all i|info l|list f|file changes changelog requires provides scripts qf|queryformat: last whatprovides whatrequires',
    risky: true,
    also: (_, { given }) => !given.some(({ name }) => name === 'q'),
  },
  snap: {
    options: 'all',
    verbs: {
      reading: ['list', 'info', 'find', 'version', 'services', 'changes'],
      changing: ['start', 'stop', 'restart', 'enable', 'disable'],
    },
    risky: true,
  },
  docker: {
    runs: 'H|host: c|context: config:',
    options:
      'D|debug a|all f|filter: format: n|last: l|latest no-trunc q|quiet s|size digests since: until: t|timestamps tail: follow no-stream type:',
    verbs: {
      reading: [
        'ps',
        'images',
        'logs',
        'inspect',
        'stats',
        'top',
        'port',
        'version',
        'info',
        'history',
        'diff',
        'events',
      ],
      changing: ['start', 'stop', 'restart', 'kill', 'pause', 'unpause', 'rm', 'rmi', 'rename', 'wait', 'update'],
    },
    risky: true,
  },
  crontab: {
    options: 'l e r i u:',
    changes: ['r', 'i'],
    also: (_, { given, operands }) => operands.length > 0 || !given.some(({ name }) => name === 'l' || name === 'r'),
    risky: true,
  },
  atq: { options: 'q: V' },
  passwd: {
    options: 'S|status a|all d|delete e|expire k l|lock u|unlock n|mindays: x|maxdays: w|warndays: i|inactive:',
    changes: true,
  },
  usermod: {
    options:
      'a|append c|comment: e|expiredate: f|inactive: g|gid: G|groups: L|lock U|unlock l|login: s|shell: u|uid: d|home: m|move-home p|password:',
    values: { d: 'write' },
    changes: true,
  },
  userdel: { options: 'f|force r|remove', changes: true },
  useradd: {
    options:
      'b|base-dir: c|comment: d|home-dir: e|expiredate: f|inactive: g|gid: G|groups: k|skel: m|create-home M|no-create-home N|no-user-group o|non-unique p|password: r|system s|shell: u|uid: U|user-group',
    values: { d: 'write', k: 'read' },
    changes: true,
  },
  groupadd: { options: 'f|force g|gid: o|non-unique p|password: r|system', changes: true },
  groupdel: { options: 'f|force', changes: true },
  chage: {
    options: 'l|list d|lastday: E|expiredate: I|inactive: m|mindays: M|maxdays: W|warndays:',
    changes: ['d', 'E', 'I', 'm', 'M', 'W'],
    risky: true,
    also: (_, { given }) => given.length === 0,
  },
  mount: { options: 'l|show-labels', also: (_, { operands }) => operands.length > 0, risky: true },
  umount: { options: 'a|all f|force l|lazy r|read-only R|recursive v|verbose n', changes: true, operands: 'text' },
  swapon: { options: 's|summary show? noheadings bytes', also: (_, { given }) => given.length === 0, risky: true },
  logger: {
    options: 'f|file: i n|server: p|priority: s|stderr t|tag:',
    values: { f: 'read' },
    changes: true,
    also: (_, { given }) => given.some(({ name }) => name === 'n'),
  },
  wall: { options: 'n|nobanner t|timeout: g|group:', operands: 'read', changes: true },
  openssl: {
    options: '',
    also: (_, { operands }) => !(operands.length === 1 && operands[0]?.text === 'version'),
    risky: true,
  },
};

import type { Programs } from '../program.ts';

import type { Parsed } from '../options.ts';
import { UNKNOWN_WORD } from '../word.ts';
import { type Call, touch } from '../call.ts';

/** Whether a package is named by where its file lies. */
function namesFile(_: Call, { operands }: Parsed): boolean {
  return operands.some(({ text }) => text === null || /^[./]/u.test(text));
}

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
    also: namesFile,
    risky: true,
    pages: true,
  },
  apt: {
    runs: 'o|option: c|config-file:',
    options: 'installed upgradable a|all-versions n|names-only f|full y|yes|assume-yes q|quiet',
    verbs: { reading: ['list', 'show', 'search', 'policy', 'depends', 'rdepends'], changing: [] },
    also: namesFile,
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
    also: (call, { given, operands }) => {
      // What is no package is read as a list of them, of which it shows what it cannot find.
      if (given.some(({ name }) => name === 'p'))
        for (const word of [...operands, UNKNOWN_WORD]) touch(call, 'read', word);
      return !given.some(({ name }) => name === 'q');
    },
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
        'system df',
        ...['container', 'image', 'volume', 'network'].flatMap((kind) => [`${kind} ls`, `${kind} inspect`]),
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
  mount: { options: 'l|show-labels', also: (_, { operands }) => operands.length > 0, risky: true },
  umount: { options: 'a|all f|force l|lazy r|read-only R|recursive v|verbose n', changes: true, operands: 'text' },
  swapon: { options: 's|summary show? noheadings bytes', also: (_, { given }) => given.length === 0, risky: true },
  logger: {
    options: 'f|file: i n|server: p|priority: s|stderr t|tag:',
    values: { f: 'read' },
    changes: true,
    risky: true,
    also: (_, { given }) => given.some(({ name }) => name === 'n'),
  },
  wall: { options: 'n|nobanner t|timeout: g|group:', operands: 'read', changes: true },
  openssl: {
    options: '',
    also: (_, { operands }) => !(operands.length === 1 && operands[0]?.text === 'version'),
    risky: true,
  },
};

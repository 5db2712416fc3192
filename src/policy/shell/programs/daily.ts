import { touch } from '../call.ts';
import type { Programs } from '../program.ts';
import { mayExceed, textOf, UNKNOWN_WORD, type Word } from '../word.ts';
import { checked } from './checked.ts';
import { mktemp } from './mktemp.ts';
import { openssl } from './openssl.ts';
import { unpackedBehindPattern, unpackedBeside } from './replaced.ts';
import { responding } from './response-files.ts';

/** Names of verbs in one text, as they are written down for one program after the other. */
function words(text: string): readonly string[] {
  return text.split(' ');
}

/** A name that another begins with. */
function besides(word: Word | null | undefined, end: string): Word {
  const text = word?.text;
  if (word === null || word === undefined || text === null || text === undefined) return UNKNOWN_WORD;
  return { ...word, kind: end === '*' ? 'glob' : word.kind, text: `${text}${end}` };
}

const SETTINGS_OF_NGINX: Word = { kind: 'literal', text: '/etc/nginx', plain: true };
const KUBECTL =
  'n|namespace: context: cluster: user: s|server: request-timeout: as: as-group: kubeconfig: v: warnings-as-errors';
const CONTAINERS =
  'a|all f|filter: format: n|last: l|latest no-trunc q|quiet s|size digests since: until: t|timestamps tail: follow no-stream type:';
const CONTAINER_READING = words('ps images logs inspect stats top port version info history diff events');
const CONTAINER_CHANGING = words('start stop restart kill pause unpause rm rmi rename wait');

/** Programs of particular systems and services, as far as they only show what there is, or are known to change it. */
export const DAILY: Programs = {
  podman: {
    options: CONTAINERS,
    runs: 'url: connection: hooks-dir: runtime: conmon: module:',
    verbs: { reading: CONTAINER_READING, changing: CONTAINER_CHANGING },
    risky: true,
  },
  // Where to, and as whom, the configuration says, which may name a program for it.
  kubectl: { options: '', own: true, leading: KUBECTL, also: () => true },
  ipcs: {
    options: 'a|all q|queues m|shmems s|semaphores t|time p|pid c|creator l|limits u|summary b|bytes human i|id:',
  },
  lslocks: { options: 'b|bytes J|json i|noinaccessible n|noheadings o|output: p|pid: r|raw u|notruncate' },
  lsns: { options: 'J|json l|list n|noheadings o|output: p|task: r|raw u|notruncate W|nowrap t|type: P|persistent' },
  lsipc: { options: 'i|id: m|shmems q|queues s|semaphores g|global c|creator J|json l|list n|newline noheadings' },
  lslogins: {
    options: 'a|acc-expiration f|failed g|groups: G|supp-groups l|logins: L|last p|pwd s|system-accs u|user-accs',
    risky: true,
  },
  lshw: { options: '-short C: c:', risky: true },
  lsinitramfs: { options: 'l', operands: 'read', risky: true },
  lsb_release: { options: 'a|all c|codename d|description i|id r|release s|short v' },
  hostid: { options: '' },
  getenforce: { options: '' },
  sestatus: { options: '-vb' },
  openssl: { options: '', own: true, also: openssl },
  'ssh-keygen': {
    options: '-lv f: E:',
    also: (call, { given }) => {
      // Where a file is a private key, the public one beside it is shown.
      for (const { name, value } of given)
        if (name === 'f') for (const word of [value ?? UNKNOWN_WORD, besides(value, '.pub')]) touch(call, 'read', word);
      return !given.some(({ name }) => name === 'l') || !given.some(({ name }) => name === 'f');
    },
    risky: true,
  },
  unzip: {
    options: '-ltvq',
    also: (call, { given, operands: [archive] }) => {
      // It looks for patterns by itself, and for names with `.zip` behind.
      const isPlain = /^[^*?[\\]+$/u.test(textOf(archive) ?? '');
      for (const word of [archive ?? UNKNOWN_WORD, besides(archive, '*')]) touch(call, 'read', word);
      return !isPlain || !given.some(({ name }) => name === 'l' || name === 't' || name === 'v');
    },
    risky: true,
  },
  runlevel: { options: '' },
  sar: { options: '-AbBdFHhqrRSuvVwWy1 n: P: s: e: i: f: I:', values: { f: 'read' }, risky: true },
  pidstat: { options: '-dhHIlRrsuvVtw p: T: U: C: G:', runs: 'e:', risky: true },
  slabtop: { options: 'o|once d|delay: s|sort:', also: (_, { given }) => !given.some(({ name }) => name === 'o') },
  // It draws on the terminal of that name, or over the file.
  tload: { options: 'd|delay: s|scale:', operands: 'write' },
  pwdx: { options: '' },
  nstat: { options: '-aznsrp', changes: true },
  numfmt: {
    options: 'd|delimiter: field: format: from: from-unit: grouping header? padding: round: suffix: to: to-unit: z',
  },
  tsort: { options: '', operands: 'read' },
  ptx: {
    options: 'A f i: o: w:',
    also: (_, { operands }) => mayExceed(operands, 1),
    operands: 'read',
    values: { i: 'read', o: 'read' },
    risky: true,
  },
  look: { options: 'a d f t:', also: (_, { operands }) => mayExceed(operands, 1), risky: true },
  colrm: { options: '' },
  ul: { options: 'i t:', operands: 'read' },
  pr: { options: '# d h: l: m n? o: t T w: W: s? e? i? a F', operands: 'read' },
  nm: { options: '-aABDgnopPrsSuvC', operands: 'read', also: responding, risky: true },
  // With -S it shows the files that the program says it was made of.
  objdump: { options: '-adDfhgprRstTxw j: M:', operands: 'read', also: responding, risky: true },
  size: { options: '-ABdoxtG', operands: 'read', also: responding, risky: true },
  sha224sum: {
    options: 'b|binary c|check tag t|text z|zero quiet status strict w|warn',
    operands: 'read',
    also: checked,
  },
  sha384sum: {
    options: 'b|binary c|check tag t|text z|zero quiet status strict w|warn',
    operands: 'read',
    also: checked,
  },
  uuencode: { options: 'm', also: (_, { operands }) => mayExceed(operands, 2), operands: 'read', risky: true },
  iconv: {
    options: 'f|from-code: t|to-code: l|list c s|silent verbose o|output:',
    operands: 'read',
    values: { o: 'write' },
    // A name with a slash is a file that says what its letters are.
    also: (_, { given }) =>
      given.some(({ name, value }) => (name === 'f' || name === 't') && value?.text?.includes('/') !== false),
    risky: true,
  },
  // With -p and -x it reads what the document names.
  xmlwf: { options: 'r s n', operands: 'read', risky: true },
  lzcat: { options: 'f|force k|keep v|verbose', operands: 'read' },
  zcmp: { options: '', operands: 'read', also: (call, { operands }) => unpackedBeside(call, operands) },
  zdiff: { options: '-u', operands: 'read', also: (call, { operands }) => unpackedBeside(call, operands) },
  zegrep: {
    options: '# e: i v w c l n o q h H',
    operands: 'read',
    first: { use: 'text', unless: ['e'] },
    also: unpackedBehindPattern,
    risky: true,
  },
  zfgrep: {
    options: '# e: i v w c l n o q h H',
    operands: 'read',
    first: { use: 'text', unless: ['e'] },
    also: unpackedBehindPattern,
    risky: true,
  },
  uuidgen: { options: 'r|random t|time' },
  mcookie: { options: 'v', risky: true },
  mktemp: {
    options: 'd|directory q|quiet u|dry-run t p: tmpdir? suffix:',
    also: mktemp,
    risky: true,
  },
  mkfifo: { options: 'm|mode: Z', operands: 'write' },
  fallocate: { options: 'l|length: o|offset: n|keep-size v|verbose x|posix', operands: 'write' },
  setfacl: {
    options: 'm|modify: x|remove: b|remove-all k|remove-default R|recursive d|default n|no-mask L|logical P|physical',
    operands: 'write',
    recursive: ['R'],
    risky: true,
  },
  getcap: { options: 'r v n', operands: 'list', recursive: ['r'] },
  zdump: { options: 'v V c: t: i', operands: 'read' },
  locate: {
    options: 'b|basename c|count i|ignore-case l|limit: n: r|regexp: e|existing w|wholename 0|null S|statistics',
    risky: true,
  },
  chronyc: {
    options: 'n a',
    verbs: {
      reading: words('tracking sources sourcestats activity ntpdata serverstats rtcdata'),
      changing: words('makestep burst online offline'),
    },
    risky: true,
  },
  ntpq: { options: '-pn4', also: (_, { given }) => !given.some(({ name }) => name === 'p'), risky: true },
  coredumpctl: {
    options: 'no-pager n|lines: r|reverse q|quiet 1 since: until:',
    verbs: { reading: words('list info'), changing: [] },
    risky: true,
  },
  networkctl: {
    options: 'no-pager no-legend a|all l|full s|stats',
    verbs: {
      reading: ['', ...words('list status lldp label')],
      changing: words('up down renew forcerenew reconfigure reload delete'),
    },
    risky: true,
  },
  ufw: {
    settings: { in: ['/etc/ufw', '/etc/default'] },
    options: 'force dry-run',
    verbs: {
      reading: ['status', 'version'],
      changing: words('enable disable allow deny reject limit delete insert reload reset route default logging'),
    },
    risky: true,
  },
  'firewall-cmd': {
    options: 'state list-all list-services list-ports get-zones get-default-zone get-active-zones zone: list-all-zones',
    risky: true,
  },
  'fail2ban-client': {
    options: '',
    verbs: { reading: ['status', 'ping', 'version'], changing: words('start stop reload restart unban set') },
    risky: true,
  },
  nginx: {
    options: 't T v V q',
    also: (call, { given }) => {
      // What is taken in besides is for those to say who may write there.
      if (given.some(({ name }) => name === 'T')) touch(call, 'read', SETTINGS_OF_NGINX, true);
      return !given.some(({ name }) => name !== 'q');
    },
    risky: true,
  },
  sshd: { options: 't T', also: (_, { given }) => given.length === 0, risky: true },
  pg_isready: { options: 'd|dbname: h|host: p|port: q|quiet t|timeout: U|username:', risky: true },
  pvs: { options: 'a|all o|options: noheadings units: v|verbose', risky: true },
  vgs: { options: 'a|all o|options: noheadings units: v|verbose', risky: true },
  lvs: { options: 'a|all o|options: noheadings units: v|verbose', risky: true },
  zpool: {
    options: '-vHpPx o: T:',
    verbs: {
      reading: words('list status iostat get history'),
      changing: words(
        'scrub create destroy add remove attach detach replace offline online clear export import set upgrade',
      ),
    },
    risky: true,
  },
  smartctl: {
    options: 'a|all i|info H|health A|attributes l|log: d|device: scan x|xall j|json',
    // Times behind the name of a log are set.
    also: (_, { given }) =>
      given.some(({ name, value }) => name === 'l' && !/^[a-z]+(?:,[a-z]+)*$/u.test(value?.text ?? '')),
    risky: true,
  },
};

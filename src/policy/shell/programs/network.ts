import type { Programs } from '../program.ts';
import { mayExceed, textOf } from '../word.ts';
import { ip } from './ip.ts';

const DIG_SETTINGS = /^\+(?:time|timeout|tries|retry|ndots|bufsize|edns|domain|subnet|padding|qid)=/u;

/** Programs about the network that show how it is, or ask others. What brings data in or out is not among them. */
export const NETWORK: Programs = {
  ss: {
    options:
      'n|numeric r|resolve a|all l|listening o|options e|extended m|memory p|processes T|threads i|info s|summary E|events Z|context z|contexts N|net: b|bpf 4|ipv4 6|ipv6 0|packet t|tcp M|mptcp S|sctp u|udp d|dccp w|raw x|unix tipc vsock xdp f|family: A|query|socket: H|no-header O|oneline tos cgroup',
    risky: true,
  },
  netstat: {
    options:
      'r|route i|interfaces g|groups s|statistics M|masquerade v|verbose W|wide n|numeric numeric-hosts numeric-ports numeric-users N|symbolic e|extend p|programs o|timers c|continuous l|listening a|all F|fib C|cache Z|context t|tcp u|udp U|udplite S|sctp w|raw x|unix 4|inet 6|inet6 A|protocol:',
  },
  ip: { options: '', own: true, also: ip },
  ifconfig: {
    options: '-asv',
    also: (_, { operands }) => mayExceed(operands, 1),
    risky: true,
  },
  route: { options: '-nveFC 4 6', also: (_, { operands }) => operands.length > 0, risky: true },
  arp: { options: '-avneH i: D', risky: true },
  ping: {
    options: '-46aAbBdDfhLnOqrRUvV c: F: i: I: l: m: M: p: Q: s: S: t: T: w: W: e:',
  },
  ping6: { options: '-aAbBdDfhLnOqrRUvV c: F: i: I: l: m: M: p: Q: s: S: t: T: w: W:' },
  traceroute: { options: '-46dFITUDnr f: g: i: m: N: p: q: s: w: z:' },
  tracepath: { options: '-46bn l: m: p:' },
  mtr: {
    options:
      'r|report w|report-wide n|no-dns c|report-cycles: i|interval: t|curses raw C|csv j|json 4 6 T|tcp u|udp P|port: s|psize: b|show-ips',
    also: (_, { given }) => !given.some(({ name }) => name === 'r' || name === 'w'),
    risky: true,
  },
  dig: {
    options: '-46mruv b: c: k: p: q: t: x: y: i',
    // Of the options behind a plus sign, some are files.
    also: (_, { given, operands }) =>
      given.some(({ name }) => name === 'k') ||
      operands.some(({ text }) => text !== null && /^\+.*=/u.test(text) && !DIG_SETTINGS.test(text)),
    risky: true,
  },
  host: { options: '-aCdilnrsTUvVw46 c: m: N: p: R: t: W:' },
  nslookup: { options: '', also: (_, { operands }) => operands.length === 0, risky: true },
  resolvectl: {
    options: 'no-pager 4 6 i|interface: t|type: c|class:',
    verbs: {
      reading: ['status', 'query', 'statistics', ''],
      // Some of these show what there is, where they are given nothing to set.
      changing: ['flush-caches', 'reset-statistics', 'dns', 'domain', 'revert'],
    },
    pages: true,
    risky: true,
  },
  whois: { options: 'h|host: p|port: H I' },
  ethtool: { options: '-iSkgacTPln', risky: true },
  iptables: {
    options: 'L|list? S|list-rules? n|numeric v|verbose t|table: line-numbers x|exact M|modprobe:',
    also: (_, { given }) => given.some(({ name }) => name === 'M') && 'runs',
    changes: true,
    risky: true,
  },
  nft: {
    options: '-ans',
    // It reads all of its words as one text, in which there may be more than one order.
    also: (_, { operands }) => operands.some((word) => !/^[\w.:-]+$/u.test(textOf(word) ?? '')),
    verbs: {
      reading: ['list'],
      changing: ['add', 'delete', 'flush', 'insert', 'replace', 'create', 'destroy', 'reset', 'rename'],
    },
    risky: true,
  },
};

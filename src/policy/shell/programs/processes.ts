import { touch } from '../call.ts';
import type { Programs } from '../program.ts';
import { literal, textOf, UNKNOWN_WORD, wildcard } from '../word.ts';

/** Verbs of systemctl that keep what they say among the settings. */
const SETTING = [
  'enable',
  'disable',
  'reenable',
  'preset',
  'preset-all',
  'mask',
  'unmask',
  'revert',
  'add-wants',
  'add-requires',
  'set-default',
  'set-property',
] as const;

/** Where the journals of systemd lie. */
const JOURNALS = [literal('/var/log/journal'), literal('/run/log/journal')];

/** Programs about processes, services and their logs. */
export const PROCESSES: Programs = {
  // Its options come in three dialects, none of which changes anything.
  ps: {
    options:
      '-AaDdefFHcjlLmMOTVwxyuUrSsvXZhN o|format: C: G|Group: g: p|pid: q|quick-pid: s: t|tty: U|User: u: ppid: forest headers no-headers cols: columns: width: rows: lines: sort: deselect cumulative sid:',
  },
  pgrep: {
    options:
      'd|delimiter: l|list-name a|list-full v|inverse w|lightweight c|count f|full g|pgroup: G|group: i|ignore-case n|newest o|oldest P|parent: s|session: t|terminal: u|euid: U|uid: x|exact F|pidfile: L|logpidfile r|runstates: A|ignore-ancestors',
    values: { F: 'read' },
    risky: true,
  },
  pidof: { options: '-sqxwc o: S:' },
  pstree: {
    options:
      'a|arguments A|ascii c|compact-not g|show-pgids G|vt100 h|highlight-all H: l|long n|numeric-sort N: p|show-pids s|show-parents t|thread-names T|hide-threads u|uid-changes U|unicode Z',
  },
  top: {
    options: '-bHicSE1 n: d: p: u: U: o: w? e: s',
    also: (_, { given }) => !given.some(({ name }) => name === 'b'),
    risky: true,
  },
  pmap: { options: 'x|extended X d|device q|quiet p|show-path A|range:', risky: true },
  lsof: { options: '-nPltUiaRbFsVwoO i? p: u: c: d: g? s? r? t +D: +d:', operands: 'list', risky: true },
  fuser: { options: 'a|all m|mount M n|namespace: u|user v|verbose 4|ipv4 6|ipv6 s', operands: 'list', risky: true },
  kill: { options: 's|signal: l|list? L|table n: q: -0123456789ABCDEFGHIJKMNOPQRSTUVWXYZ', changes: true },
  pkill: {
    options:
      '# signal: e|echo c|count f|full g|pgroup: G|group: i|ignore-case n|newest o|oldest P|parent: s|session: t|terminal: u|euid: U|uid: v|inverse x|exact F|pidfile: H',
    values: { F: 'read' },
    changes: true,
    risky: true,
  },
  killall: {
    options:
      '# s|signal: e|exact g|process-group i|interactive I|ignore-case l|list n|ns: o|older-than: q|quiet r|regexp u|user: v|verbose w|wait y|younger-than:',
    changes: true,
  },
  renice: { options: 'n|priority: relative: p|pid g|pgrp u|user', changes: true },
  systemctl: {
    options:
      't|type: state: p|property: P: a|all r|recursive reverse after before with-dependencies l|full value show-types n|lines: o|output: no-pager no-legend no-wall no-block no-reload no-ask-password q|quiet wait user system global now f|force plain failed runtime job-mode: s|signal: kill-who: kill-whom: what: timestamp: legend: dry-run',
    verbs: {
      reading: [
        '',
        'status',
        'show',
        'cat',
        'is-active',
        'is-enabled',
        'is-failed',
        'is-system-running',
        'list-units',
        'list-unit-files',
        'list-sockets',
        'list-timers',
        'list-jobs',
        'list-dependencies',
        'list-machines',
        'list-automounts',
        'list-paths',
        'get-default',
        'show-environment',
      ],
      changing: [
        'start',
        'stop',
        'restart',
        'reload',
        'try-restart',
        'reload-or-restart',
        'try-reload-or-restart',
        'isolate',
        'kill',
        'clean',
        'freeze',
        'thaw',
        'reset-failed',
        ...SETTING,
        'cancel',
        'daemon-reload',
        'daemon-reexec',
        'default',
        'rescue',
        'emergency',
        'halt',
        'poweroff',
        'reboot',
        'kexec',
        'soft-reboot',
        'exit',
        'suspend',
        'hibernate',
        'hybrid-sleep',
        'suspend-then-hibernate',
        'sleep',
      ],
    },
    settings: {
      in: ['/etc/systemd'],
      by: SETTING,
    },
    runs: 'H|host: M|machine: root: image:',
    risky: true,
  },
  service: {
    options: 'status-all',
    // The script of the service does what it likes, and lies where its name leads.
    also: (_, { operands: [name, verb, ...more] }) =>
      more.length > 0 || textOf(verb) !== 'status' || !/^[\w@.:-]+$/u.test(textOf(name) ?? ''),
  },
  journalctl: {
    options:
      '# a|all f|follow e|pager-end n|lines? no-tail r|reverse o|output: output-fields: utc x|catalog no-full l|full q|quiet m|merge b|boot? list-boots k|dmesg t|identifier: u|unit: user-unit: p|priority: facility: g|grep: case-sensitive? c|cursor: after-cursor: show-cursor S|since: U|until: N|fields F|field: system user disk-usage verify header no-pager no-hostname D|directory: i|file: vacuum-size: vacuum-time: vacuum-files: rotate flush sync',
    also: (call, { given }) => {
      for (const { name, value } of given) {
        if (name === 'D') touch(call, 'read', value ?? UNKNOWN_WORD, true);
        // It looks for what a pattern in the name stands for.
        if (name === 'i') touch(call, 'read', value === null ? UNKNOWN_WORD : wildcard(value));
      }
      if (!given.some(({ name }) => name?.startsWith('vacuum-') === true)) return;
      const named = given.filter(({ name }) => name === 'D').map(({ value }) => value ?? UNKNOWN_WORD);
      for (const word of named.length > 0 ? named : JOURNALS) touch(call, 'remove', word, true);
    },
    follows: {
      by: 'f',
      beside: ['n', 'no-tail', 'u', 'user-unit', 't', 'p', 'g', 'S', 'b', 'k', 'o', 'a', 'x', 'q', 'l'],
    },
    changes: ['vacuum-size', 'vacuum-time', 'vacuum-files', 'rotate', 'flush', 'sync'],
    risky: true,
  },
  'systemd-analyze': {
    options: 'no-pager user system',
    verbs: { reading: ['', 'time', 'blame', 'critical-chain'], changing: [] },
    risky: true,
  },
  'systemd-cgls': { options: 'no-pager a|all l|full k' },
};

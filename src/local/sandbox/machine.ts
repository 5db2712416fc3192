import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount } from './mount.ts';

/** Directories of programs and libraries. On most systems of today those beside /usr are links into it. */
const PROGRAMS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];

/** Of /etc, what programs read to start and to work, and none of which is a secret. */
const SETTINGS = [
  'alternatives',
  'ca-certificates',
  'crypto-policies',
  'debian_version',
  'fonts',
  'inputrc',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'locale.alias',
  'locale.conf',
  'magic',
  'mime.types',
  'os-release',
  'perl',
  'pki/ca-trust',
  'pki/tls/certs',
  'postgresql-common',
  'protocols',
  'services',
  'shells',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
];

/** What the kernel tells or does through /proc that is the machine's and not the sandbox's. */
const WITHHELD_OF_PROC = [
  'kallsyms',
  'kcore',
  'key-users',
  'keys',
  'kmsg',
  'kpagecgroup',
  'kpagecount',
  'kpageflags',
  'latency_stats',
  'mtrr',
  'pagetypeinfo',
  'sched_debug',
  'slabinfo',
  'sysrq-trigger',
  'timer_list',
  'vmallocinfo',
];

/** Root may write to these by being root, whatever its capabilities: they are the machine's, and only to be read. */
const SETTINGS_OF_PROC = ['acpi', 'bus', 'driver', 'fs', 'irq', 'scsi', 'sys', 'tty'];

/** Whether a path is seen inside because it belongs to the machine's programs. */
export function isProgramPlace(path: string): boolean {
  return PROGRAMS.some((directory) => path.startsWith(`${directory}/`));
}

/** Programs, libraries and settings of the machine. `made`: files of /etc that are written for the sandbox, by name. */
export function machineMounts(made: Readonly<Record<string, string>>, empty: string): readonly Mount[] {
  return [
    ...PROGRAMS.flatMap(programMount),
    ...SETTINGS.flatMap(settingMount),
    ...pythonSettings().flatMap(settingMount),
    ...Object.entries(made).map(([name, source]): Mount => ({ kind: 'bind', source, at: `/etc/${name}` })),
    { kind: 'processes', at: '/proc' },
    ...ofProc(SETTINGS_OF_PROC).map((at): Mount => ({ kind: 'bind', source: at, at })),
    ...ofProc(WITHHELD_OF_PROC).map((at): Mount => ({ kind: 'bind', source: empty, at })),
    { kind: 'devices', at: '/dev' },
  ];
}

function ofProc(names: readonly string[]): readonly string[] {
  return names.map((name) => `/proc/${name}`).filter((path) => existsSync(path));
}

function programMount(path: string): readonly Mount[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (found.isSymbolicLink()) return [{ kind: 'link', to: readlinkSync(path), at: path }];
  return [{ kind: 'bind', source: path, at: path }];
}

/** A link is followed: what it leads to may not be seen inside. */
function settingMount(name: string): readonly Mount[] {
  const path = join('/etc', name);
  return existsSync(path) ? [{ kind: 'bind', source: realpathSync(path), at: path }] : [];
}

/** `python3.11`, `python3`: what Debian keeps there for its interpreters. */
function pythonSettings(): readonly string[] {
  return readdirSync('/etc').filter((name) => /^python3?(?:\.\d+)?$/.test(name));
}

/** Files of /etc that are the sandbox's own: one user, one host, no resolver. */
export function madeSettings(
  user: { readonly uid: number; readonly gid: number },
  home: string,
): Record<string, string> {
  const { uid, gid } = user;
  return {
    passwd: [`sandbox:x:${uid}:${gid}:sandbox:${home}:/bin/sh`, 'nobody:x:65534:65534:nobody:/:/bin/false', ''].join(
      '\n',
    ),
    group: [`sandbox:x:${gid}:`, 'nogroup:x:65534:', ''].join('\n'),
    hosts: '127.0.0.1 localhost\n::1 localhost\n',
    hostname: 'sandbox\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n',
    // An empty one would mean a resolver on this host.
    'resolv.conf': '# Names are not resolved in here.\noptions attempts:1 timeout:1\n',
  };
}

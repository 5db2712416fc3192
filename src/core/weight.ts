import type { Action, Channel, Command, Effect } from './action.ts';

/** How much harm an effect can do, at a glance: what may do anything, what is lost for good, what changes, what reads. */
export type Weight = 'unknown' | 'loss' | 'change' | 'read';

const LOSSES: ReadonlySet<Action> = new Set([
  'truncate',
  'drop',
  'grant',
  'revoke',
  'role',
  'copy-program',
  'copy-file',
  'server-file',
  'server-admin',
  'extension',
  'load',
  'set-role',
  'remove',
]);
const READS: ReadonlySet<Action> = new Set(['select', 'copy-out', 'listen', 'set', 'read', 'list']);
const UNKNOWNS: ReadonlySet<Action> = new Set(['call', 'do', 'dynamic', 'unknown']);

/** Programs after which something is gone: data, disks, users, the machine itself. `mkfs` comes with many endings. */
const DESTROYERS = new Set(
  `rm rmdir unlink shred wipefs dd mkfs fdisk sfdisk sgdisk parted blkdiscard cryptsetup lvremove vgremove pvremove zpool
  shutdown reboot halt poweroff init telinit kexec kill killall pkill userdel groupdel deluser delgroup dropdb dropuser
  truncate`.split(/\s+/),
);
/** Programs that look, and change nothing by themselves: what they are made to write is an effect of its own. */
const LOOKERS = new Set(
  `cat head tail less more ls ll stat file wc du df free uptime who w whoami id groups hostname uname date pwd echo printf
  true false test grep egrep fgrep zgrep sort uniq cut tr nl tac strings diff cmp cksum md5sum sha1sum sha256sum ps pgrep
  pstree top uname lsof lsblk lscpu lsmod ip ss netstat ping dig host nslookup journalctl dmesg last which type readlink
  realpath basename dirname sleep`.split(/\s+/),
);
/** Channels in which everything that is done is decided for itself, and those in which nothing is. */
const STEPWISE: ReadonlySet<Channel> = new Set(['exec', 'sftp']);
const UNDECIDED: ReadonlySet<Channel> = new Set(['shell', 'subsystem']);

const ORDER: readonly Weight[] = ['unknown', 'loss', 'change', 'read'];

export function weightOf({ action, opaque, where, command }: Effect): Weight {
  if (opaque || UNKNOWNS.has(action)) return 'unknown';
  if (where === 'absent' || LOSSES.has(action)) return 'loss';
  if (action === 'open') return weightOfChannel(command?.channel ?? 'shell');
  if (action === 'run') return weightOfProgram(command?.program ?? null);
  return READS.has(action) ? 'read' : 'change';
}

function weightOfChannel(channel: Channel): Weight {
  if (UNDECIDED.has(channel)) return 'unknown';
  return STEPWISE.has(channel) ? 'read' : 'change';
}

function weightOfProgram(program: Command['program']): Weight {
  if (program === null) return 'unknown';
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (DESTROYERS.has(name) || name.startsWith('mkfs.')) return 'loss';
  return LOOKERS.has(name) ? 'read' : 'change';
}

/** The same effects, the gravest first: what matters must not be pushed out of sight by what does not. */
export function byWeight(effects: readonly Effect[]): readonly Effect[] {
  const rank = (effect: Effect): number => ORDER.indexOf(weightOf(effect)) + (effect.where === 'absent' ? -0.5 : 0);
  return effects.toSorted((one, other) => rank(one) - rank(other));
}

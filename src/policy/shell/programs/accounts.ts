import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import type { Programs } from '../program.ts';
import { literal, UNKNOWN_WORD } from '../word.ts';

/** Where a system keeps who its users are. */
const FILES: readonly string[] = ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'];

/** What stands in these files is written anew, with a copy of each. */
function registers(call: Call): void {
  for (const file of FILES) touch(call, 'write', { kind: 'glob', text: `/etc/${file}*`, plain: true });
}

/** A home that is made, moved or removed lies where the system's own settings, or the user's entry, say. */
function keepsHomes(operation: 'write' | 'remove', options: readonly string[]) {
  return (call: Call, { given }: Parsed): void => {
    registers(call);
    if (!given.some(({ name }) => name !== null && options.includes(name))) return;
    touch(call, operation, UNKNOWN_WORD, true);
  };
}

/** Programs that say who may log in, and how. All of them can be told to take another directory for the system's. */
export const ACCOUNTS: Programs = {
  passwd: {
    options: 'S|status a|all d|delete e|expire k l|lock u|unlock n|mindays: x|maxdays: w|warndays: i|inactive:',
    changes: true,
    also: (call, { given }) => {
      if (given.some(({ name }) => name === 'S')) touch(call, 'read', literal('/etc/shadow'));
      else registers(call);
    },
    risky: true,
  },
  usermod: {
    options:
      'a|append c|comment: e|expiredate: f|inactive: g|gid: G|groups: L|lock U|unlock l|login: s|shell: u|uid: d|home: m|move-home p|password:',
    values: { d: 'write' },
    changes: true,
    also: keepsHomes('write', ['m', 'u']),
    risky: true,
  },
  userdel: { options: 'f|force r|remove', changes: true, also: keepsHomes('remove', ['r', 'f']), risky: true },
  useradd: {
    options:
      'b|base-dir: c|comment: d|home-dir: e|expiredate: f|inactive: g|gid: G|groups: k|skel: m|create-home M|no-create-home N|no-user-group o|non-unique p|password: r|system s|shell: u|uid: U|user-group',
    changes: true,
    also: (call, { given }) => {
      registers(call);
      // The home, with what is in the skeleton of one.
      touch(call, 'write', literal('/home'), true);
      for (const { name, value } of given) {
        if (name === 'd' || name === 'b') touch(call, 'write', value ?? UNKNOWN_WORD, true);
        if (name === 'k') touch(call, 'read', value ?? UNKNOWN_WORD, true);
      }
    },
    risky: true,
  },
  groupadd: {
    options: 'f|force g|gid: o|non-unique p|password: r|system',
    changes: true,
    also: registers,
    risky: true,
  },
  groupdel: { options: 'f|force', changes: true, also: registers, risky: true },
  chage: {
    options: 'l|list d|lastday: E|expiredate: I|inactive: m|mindays: M|maxdays: W|warndays:',
    changes: ['d', 'E', 'I', 'm', 'M', 'W'],
    risky: true,
    also: (call, { given }) => {
      if (given.some(({ name }) => name !== 'l')) registers(call);
      touch(call, 'read', literal('/etc/shadow'));
      return given.length === 0;
    },
  },
};

import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import { literal, textOf, UNKNOWN_WORD } from '../word.ts';

/** Databases of users, which a system keeps in files that policies name. Where it keeps them besides is not known. */
const FILES: ReadonlyMap<string, readonly string[]> = new Map([
  ['passwd', ['/etc/passwd']],
  ['group', ['/etc/group']],
  ['initgroups', ['/etc/group']],
  ['shadow', ['/etc/shadow']],
  ['gshadow', ['/etc/gshadow']],
  ['aliases', ['/etc/aliases']],
  ['netgroup', ['/etc/netgroup']],
]);

/** getent shows what stands in a database. */
export function getent(call: Call, { operands: [database] }: Parsed): void {
  if (database === undefined) return;
  const name = textOf(database);
  if (name === null) touch(call, 'read', UNKNOWN_WORD);
  for (const file of FILES.get(name ?? '') ?? []) touch(call, 'read', literal(file));
}

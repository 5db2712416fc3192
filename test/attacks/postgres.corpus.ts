import type { Attack } from './postgres/attack.ts';
import { aroundTheScope } from './postgres/around.ts';
import { disguises } from './postgres/disguise.ts';
import { functionEffects } from './postgres/effects.ts';
import { lexerTricks } from './postgres/lexer.ts';
import { protocolTricks } from './postgres/protocol.ts';
import { outOfScope } from './postgres/reach.ts';
import { serverReach } from './postgres/server-reach.ts';
import { namedTables } from './postgres/tables.ts';
import { replacedCode } from './postgres/timing.ts';
import { absentConditions } from './postgres/where.ts';

/** Attempts to get an effect past the guard that its policy forbids. */
export const corpus: readonly Attack[] = [
  ...disguises,
  ...functionEffects,
  ...serverReach,
  ...absentConditions,
  ...outOfScope,
  ...aroundTheScope,
  ...namedTables,
  ...lexerTricks,
  ...protocolTricks,
  ...replacedCode,
];

/** Every seventh: enough to see that another server version makes no difference. */
export function sample(attacks: readonly Attack[]): readonly Attack[] {
  return attacks.filter((_, index) => index % 7 === 0);
}

import type { Attack } from './postgres/attack.ts';
import { aroundTheScope } from './postgres/around.ts';
import { comparisons } from './postgres/comparisons.ts';
import { disguises } from './postgres/disguise.ts';
import { functionEffects } from './postgres/effects.ts';
import { falseReads, hiddenCode } from './postgres/hidden.ts';
import { implicitCode } from './postgres/implicit.ts';
import { lateNames } from './postgres/late.ts';
import { lexerTricks } from './postgres/lexer.ts';
import { plpgsqlBodies } from './postgres/plpgsql.ts';
import { protocolTricks } from './postgres/protocol.ts';
import { outOfScope } from './postgres/reach.ts';
import { serverReach } from './postgres/server-reach.ts';
import { newerSyntax } from './postgres/skew.ts';
import { changedSystem } from './postgres/system.ts';
import { namedTables } from './postgres/tables.ts';
import { tellingFunctions } from './postgres/telling.ts';
import { replacedCode } from './postgres/timing.ts';
import { absentConditions } from './postgres/where.ts';
import { wideConditions } from './postgres/wide.ts';

/** Attempts to get an effect past the guard that its policy forbids. */
export const corpus: readonly Attack[] = [
  ...disguises,
  ...functionEffects,
  ...serverReach,
  ...absentConditions,
  ...outOfScope,
  ...aroundTheScope,
  ...namedTables,
  ...changedSystem,
  ...lexerTricks,
  ...protocolTricks,
  ...replacedCode,
  ...newerSyntax,
  ...wideConditions,
  ...hiddenCode,
  ...falseReads,
  ...implicitCode,
  ...comparisons,
  ...lateNames,
  ...plpgsqlBodies,
  ...tellingFunctions,
];

/** Every seventh, and those for old servers alone: enough to see that the version makes no difference. */
export function sample(attacks: readonly Attack[]): readonly Attack[] {
  return attacks.filter(({ until }, index) => until < 18 || index % 7 === 0);
}

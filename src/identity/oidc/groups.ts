import { claimAt } from './claim-path.ts';
import { unproven } from './compact.ts';
import { isRecord, type JsonRecord } from './json.ts';

const MOST_GROUPS = 10_000;
const MOST_CHARACTERS = 512;

/** What Entra ID sends in place of the groups when they are too many. */
const OVERAGE = 'hasgroups';

/** Groups as claims list them; `elsewhere` when they say that there are groups and not which; null when they say nothing. */
export type ListedGroups = readonly string[] | 'elsewhere' | null;

/**
 * The groups that claims list, in the order in which they are listed. One text is one group: some providers write a list of one so.
 * @throws HoopError `identity.token` when the claim is neither: a group that is missed may be the one that a rule restricts
 */
export function groupsIn(claims: JsonRecord, steps: readonly string[]): ListedGroups {
  if (areElsewhere(claims, steps)) return 'elsewhere';
  const claim = claimAt(claims, steps);
  if (claim === undefined || claim === null) return null;
  const list: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  if (list.length > MOST_GROUPS) throw unproven(`the groups of the token are more than ${MOST_GROUPS}`);
  if (!list.every(isGroup))
    throw unproven('the groups of the token are malformed: check identity.groups in hoopctl.yaml');
  return [...new Set(list)];
}

function isGroup(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MOST_CHARACTERS;
}

/** Distributed claims (OpenID Connect Core 5.6.2), and the marks of Entra ID: `groups:src1`, `hasgroups`. */
function areElsewhere(claims: JsonRecord, steps: readonly string[]): boolean {
  const names = claims['_claim_names'];
  const [first = ''] = steps;
  const listed = [first, steps.join('.')];
  if (names !== undefined && (!isRecord(names) || listed.some((name) => Object.hasOwn(names, name)))) return true;
  const marks = Object.keys(claims).some((name) => listed.some((claim) => name.startsWith(`${claim}:src`)));
  return marks || (first === 'groups' && claims[OVERAGE] !== undefined && claims[OVERAGE] !== false);
}

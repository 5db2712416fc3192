import type { Policy } from '../policy/rules.ts';
import { quoted, type Report } from './shape.ts';
import { suggestion } from './suggest.ts';
import type { TargetConfig } from './target-shape.ts';
import { type Entry, type Node, valueAt } from './tree.ts';

/** Reports whom policies name that nobody can ever be, whatever else is wrong with the file. */
export function checkAudiences(root: Node, report: Report): void {
  const identity = valueAt(root, 'identity');
  const services = entriesOf(identity === null ? null : valueAt(identity, 'services')).map(({ key }) => key);
  for (const { key, value } of entriesOf(valueAt(root, 'policies'))) {
    const path = `policies.${key}`;
    const to = valueAt(value, 'applies_to');
    if (to !== null) checkServices(valueAt(to, 'services'), services, `${path}.applies_to.services`, report);
    if (identity !== null) continue;
    if (to !== null) checkAddresses(valueAt(to, 'emails'), `${path}.applies_to.emails`, report);
    const asks = valueAt(value, 'ask');
    for (const [index, rule] of (asks?.kind === 'list' ? asks.items : []).entries()) {
      for (const who of ['approvers', 'break_glass']) {
        const emails = valueAt(valueAt(rule, who) ?? rule, 'emails');
        checkAddresses(emails, `${path}.ask[${index}].${who}.emails`, report);
      }
    }
  }
}

function entriesOf(node: Node | null): readonly Entry[] {
  return node?.kind === 'map' ? node.entries : [];
}

function checkServices(node: Node | null, known: readonly string[], path: string, report: Report): void {
  for (const item of node?.kind === 'list' ? node.items : []) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string' || known.includes(item.value)) continue;
    const advice = known.length === 0 ? ': declare it in identity.services' : suggestion(item.value, known);
    report.add(item.at, `${path}: unknown service ${quoted(item.value)}${advice}`);
  }
}

function checkAddresses(node: Node | null, path: string, report: Report): void {
  if (node === null) return;
  report.add(node.at, `${path}: nobody has a verified address: say in identity who verifies them`);
}

/** Reports a target that is guarded by policies for agents alone: nobody could act for whom nothing holds. */
export function checkPeople(
  target: TargetConfig,
  policies: ReadonlyMap<string, Policy>,
  place: Node,
  report: Report,
): void {
  if (target.policy === 'unguarded') return;
  const guards = target.policy.map((name) => policies.get(name));
  if (guards.some((policy) => policy === undefined || !isForAgentsAlone(policy))) return;
  report.add(
    place.at,
    `targets.${target.name}.policy holds for agents alone, who have at most what whom they act for has: add a policy for people`,
  );
}

function isForAgentsAlone({ appliesTo }: Policy): boolean {
  if (appliesTo === null) return false;
  const { agents: _, ...others } = appliesTo;
  return Object.values(others).every((one) => one === null);
}

import { unreachableRules } from '../policy/reachability.ts';
import type { Policy } from '../policy/rules.ts';
import { checkAudiences, checkPeople } from './audience-check.ts';
import { identity, type IdentityConfig } from './identity-shape.ts';
import { keyed, mapOf, optional, required } from './keyed.ts';
import { type DraftPolicy, policy } from './policy-shape.ts';
import { script, type ScriptHost, type ScriptLimits } from './script-shape.ts';
import { BAD, type Bad, quoted, type Report, type Shape } from './shape.ts';
import { nearest, suggestion } from './suggest.ts';
import { clashingNames, type DraftTarget, target, type TargetConfig } from './target-shape.ts';
import { type Node, valueAt } from './tree.ts';

/** A program that runs against targets. */
export interface ScriptConfig {
  readonly name: string;
  readonly command: readonly string[];
  readonly targets: readonly string[];
  /** Policies that count besides those of the targets. */
  readonly policy: readonly string[];
  readonly sandbox: 'required' | 'none';
  readonly workdir: 'read-only' | 'read-write';
  /** Names of variables of the environment that it gets. */
  readonly env: readonly string[];
  readonly hosts: readonly ScriptHost[];
  readonly limits: ScriptLimits;
}

/** What a whole file says, once everything in it fits together. */
export interface FileContents {
  readonly identity: IdentityConfig | null;
  readonly targets: ReadonlyMap<string, TargetConfig>;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly scripts: ReadonlyMap<string, ScriptConfig>;
}

const version: Shape<1> = {
  expected: '1',
  schema: { const: 1 },
  read(node, report, path) {
    if (node.kind === 'scalar' && node.value === 1) return 1;
    return report.add(node.at, `${path}: expected 1, the only version of this format`);
  },
};

const keys = keyed(
  {
    version: required(version, 'The version of this format.', 'write version: 1'),
    identity: optional(identity, null, "Who vouches for people and services. Left out: the operating system's user."),
    targets: required(mapOf(target, 'targets by name'), 'What can be reached, by name.'),
    policies: optional(
      mapOf(policy, 'policies by name', ['unguarded']),
      new Map<string, DraftPolicy>(),
      'What is allowed, by name.',
    ),
    scripts: optional(mapOf(script, 'scripts by name'), new Map<string, never>(), 'Programs for exec, by name.'),
  },
  { what: 'hoopctl.yaml' },
);

type Draft = Exclude<ReturnType<typeof keys.read>, Bad>;

/** The whole of hoopctl.yaml. */
export const file: Shape<FileContents> = {
  expected: keys.expected,
  schema: keys.schema,
  read(node, report, path) {
    const draft = keys.read(node, report, path);
    for (const { at, message } of clashingNames(valueAt(node, 'targets'))) report.add(at, message);
    checkAudiences(node, report);
    if (draft === BAD) {
      checkNames(node, report);
      return BAD;
    }
    const contents = assemble(draft);
    checkReferences(draft, report);
    for (const one of contents.policies.values()) checkReachable(one, node, report);
    const targets = valueAt(node, 'targets') ?? node;
    for (const one of contents.targets.values()) {
      const place = valueAt(valueAt(targets, one.name) ?? targets, 'policy') ?? node;
      checkPeople(one, contents.policies, place, report);
    }
    return report.problems.length > 0 ? BAD : contents;
  },
};

function assemble(draft: Draft): FileContents {
  const targets = [...draft.targets].map(([name, value]): [string, TargetConfig] => [
    name,
    { ...value, name, policy: value.policy === 'unguarded' ? value.policy : value.policy.map((one) => one.value) },
  ]);
  const policies = [...draft.policies].map(([name, value]): [string, Policy] => [name, { ...value, name }]);
  const scripts = [...draft.scripts].map(([name, value]): [string, ScriptConfig] => [
    name,
    { ...value, name, targets: value.targets.map((one) => one.value), policy: value.policy.map((one) => one.value) },
  ]);
  return {
    identity: draft.identity,
    targets: new Map(targets),
    policies: new Map(policies),
    scripts: new Map(scripts),
  };
}

function checkReferences(draft: Draft, report: Report): void {
  for (const [name, { policy: guards }] of draft.targets) {
    if (guards !== 'unguarded') checkGuards(name, guards, [...draft.policies.keys()], report);
  }
  const [targets, policies] = [[...draft.targets.keys()], [...draft.policies.keys()]];
  for (const [name, { targets: wanted, policy: guards }] of draft.scripts) {
    for (const { value, at } of wanted) {
      if (targets.includes(value)) continue;
      report.add(at, `scripts.${name}.targets: unknown target ${quoted(value)}${suggestion(value, targets)}`);
    }
    for (const { value, at } of guards) {
      if (policies.includes(value)) continue;
      report.add(at, `scripts.${name}.policy: unknown policy ${quoted(value)}${suggestion(value, policies)}`);
    }
  }
}

function checkGuards(target: string, guards: DraftTarget['policy'] & object, known: string[], report: Report): void {
  const seen = new Set<string>();
  for (const { value, at } of guards) {
    const path = `targets.${target}.policy`;
    if (seen.has(value)) report.add(at, `${path}: ${quoted(value)} stands here twice`);
    seen.add(value);
    if (known.includes(value)) continue;
    if (nearest(value, ['unguarded']) !== null) {
      report.add(at, `${path}: the word unguarded stands alone, without brackets: write policy: unguarded`);
    } else {
      report.add(at, `${path}: unknown policy ${quoted(value)}${suggestion(value, known)}`);
    }
  }
}

/** Unknown policies are told even when the file has other problems: a user wants to see all at once. */
function checkNames(root: Node, report: Report): void {
  const policies = valueAt(root, 'policies');
  const targets = valueAt(root, 'targets');
  if (targets?.kind !== 'map') return;
  const known = policies?.kind === 'map' ? policies.entries.map(({ key }) => key) : [];
  for (const { key, value } of targets.entries) {
    const guards = valueAt(value, 'policy');
    if (guards?.kind !== 'list') continue;
    const named = guards.items.flatMap((item) =>
      item.kind === 'scalar' && typeof item.value === 'string' && item.value.trim() === item.value && item.value !== ''
        ? [{ value: item.value, at: item.at }]
        : [],
    );
    checkGuards(key, named, known, report);
  }
}

function checkReachable(one: Policy, root: Node, report: Report): void {
  const at = valueAt(valueAt(root, 'policies') ?? root, one.name) ?? root;
  for (const { clause, index, reason } of unreachableRules(one)) {
    const list = valueAt(at, clause);
    const place = (list?.kind === 'list' ? list.items[index] : null) ?? at;
    report.add(place.at, `policies.${one.name}.${clause}[${index}] can never decide anything: ${reason}`);
  }
}

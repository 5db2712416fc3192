import type { Effect } from '../../src/core/action.ts';
import type { Identity } from '../../src/core/identity.ts';
import type { Analysis } from '../../src/policy/analysis.ts';
import { compileNamePattern, compilePattern } from '../../src/policy/pattern.ts';
import type { AskRule, NamePattern, Pattern, Policy, Rule } from '../../src/policy/rules.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';

export const person: Identity = {
  kind: 'person',
  subject: 'u-1',
  issuer: 'os',
  display: 'Ada',
  email: null,
  service: null,
  groups: ['engineering'],
  verified: false,
  actsFor: null,
};

/** A certain `select` on app.customers, unless told otherwise. */
export function effect(with_: Partial<Effect> = {}): Effect {
  return {
    action: 'select',
    object: 'table',
    schema: 'app',
    name: 'customers',
    columns: null,
    where: null,
    opaque: false,
    certain: true,
    via: [],
    ...with_,
  };
}

/** A call of code that cannot be followed. */
export function opaqueCall(schema: string | null = 'app', name: string | null = 'purge'): Effect {
  return effect({ action: 'call', object: 'function', schema, name, opaque: true });
}

export function analysisOf(...statements: readonly (readonly Effect[])[]): Analysis {
  return {
    statements: statements.map((effects) => ({
      kind: 'SelectStmt',
      effects,
      functions: [],
      changes: [],
      masking: null,
    })),
    restsOnCode: false,
    restsOnCatalog: true,
  };
}

export function name(source: string): NamePattern {
  const compiled = compileNamePattern(source);
  if (!compiled.ok) throw new Error(compiled.reason);
  return compiled.value;
}

export function part(source: string): Pattern {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(compiled.reason);
  return compiled.value;
}

export function rule(with_: Partial<Rule> = {}): Rule {
  return {
    action: null,
    object: null,
    relation: null,
    column: null,
    function: null,
    where: null,
    message: null,
    ...with_,
  };
}

export function askRule(with_: Partial<AskRule> = {}): AskRule {
  return { ...rule(), approvers: 'self', within: 600_000, stepUp: false, breakGlass: null, preview: 'trial', ...with_ };
}

/** Default allow and nothing else, unless told otherwise. */
export function policy(with_: Partial<Policy> = {}): Policy {
  return { ...UNGUARDED, name: 'production', ...with_ };
}

export function schemas(...sources: readonly string[]): Policy['scope'] {
  return { schemas: sources.map(part), namespaces: null, paths: null, directories: null };
}

/** Nobody, unless told otherwise. */
export function whom(with_: Partial<NonNullable<Policy['appliesTo']>> = {}): NonNullable<Policy['appliesTo']> {
  return { groups: null, subjects: null, emails: null, services: null, agents: null, ...with_ };
}

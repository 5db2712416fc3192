import { describe, expect, it } from 'vitest';
import type { ProtocolName } from '../../src/core/target.ts';
import { idleClauses } from '../../src/policy/idle.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { askRule, policy, rule, schemas } from './examples.ts';

const command = { program: null, args: null, path: null, operation: null, opaque: true, channel: null };
const sql = rule({ action: ['drop'] });
const ssh = rule({ command });

function idle(with_: Partial<Policy>, ...protocols: readonly ProtocolName[]): readonly string[] {
  return idleClauses(policy({ allow: [], ...with_ }), new Set(protocols)).map(
    ({ clause, index, about }) => `${clause}${index === null ? '' : `[${index}]`} ${about}`,
  );
}

describe('what no target of a policy can meet', () => {
  const both = { deny: [sql, ssh], ask: [askRule({ command }), askRule({ action: ['drop'] })], allow: [ssh, sql] };

  it('is every rule for SSH, where all are databases', () => {
    expect(idle(both, 'postgres')).toEqual(['deny[1] SSH', 'ask[0] SSH', 'allow[0] SSH']);
  });

  it('is every rule for databases, where all are reached by SSH', () => {
    expect(idle(both, 'ssh')).toEqual(['deny[0] databases', 'ask[1] databases', 'allow[1] databases']);
  });

  it('is nothing where there are both', () => {
    const scope = { ...schemas('app'), namespaces: null, paths: null, schemas: [], directories: ['/srv'] };
    expect(idle({ ...both, scope, shell: 'guarded' }, 'postgres', 'ssh')).toEqual([]);
  });

  it('is what narrows the other protocol, too', () => {
    const directories = { schemas: null, namespaces: null, paths: null, directories: ['/srv'] };
    expect(idle({ scope: directories, shell: 'guarded' }, 'postgres')).toEqual(['scope SSH', 'shell SSH']);
    expect(idle({ scope: directories, shell: 'guarded' }, 'ssh')).toEqual([]);
    expect(idle({ scope: schemas('app') }, 'ssh')).toEqual(['scope databases']);
    expect(idle({ scope: schemas('app') }, 'postgres')).toEqual([]);
  });
});

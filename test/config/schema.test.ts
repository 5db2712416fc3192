import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/load.ts';
import { schemaText } from '../../src/config/schema.ts';
import { FULL, inTarget, minimal, minimalSsh } from './examples.ts';

const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  JSON.parse(schemaText()) as object,
);

function isValid(text: string): boolean {
  try {
    parseConfig(text, 'f');
    return true;
  } catch {
    return false;
  }
}

it('is published as it is now (npm run schema writes it anew)', async () => {
  await expect(schemaText()).toMatchFileSnapshot('../../docs/hoopctl.schema.json');
});

describe('the schema and hoopctl', () => {
  it.each([FULL, minimal(), minimal({ target: '    password: { env: PGPASSWORD }' }), minimalSsh()])(
    'accept the same files',
    (text) => {
      validate(parse(text));
      expect(validate.errors).toBeNull();
      expect(isValid(text)).toBe(true);
    },
  );

  it.each([
    ['a missing policy', minimal().replace('    policy: [p]\n', '')],
    ['an empty list of policies', minimal().replace('[p]', '[]')],
    ['a policy that is no list', minimal().replace('[p]', 'p')],
    ['another spelling of unguarded', minimal().replace('[p]', 'Unguarded')],
    ['a password', minimal({ target: '    password: hunter2' })],
    ['two places for a password', minimal({ target: '    password: { env: A, file: b }' })],
    ['an address without port', minimal().replace('localhost:5432', 'localhost')],
    ['an unknown protocol', minimal().replace('postgres', 'mysql')],
    ['an unknown key', minimal({ more: 'extra: 1' })],
    ['another version', minimal().replace('version: 1', 'version: 2')],
    ['no targets', 'version: 1\ntargets: {}\n'],
    ['an odd name', minimal().replace('  pg:', '  "pg;":')],
    [
      'a policy named unguarded',
      minimal({ target: '    password: { env: A }' }).replace('  p:', '  unguarded:').replace('[p]', 'unguarded'),
    ],
    ['a policy without default', minimal({ policy: 'access: read-only' })],
    ['an unknown action', minimal({ policy: '{ default: allow, deny: [{ action: destroy }] }' })],
    ['a rule of nothing', minimal({ policy: '{ default: allow, deny: [{ message: no }] }' })],
    ['an empty scope', minimal({ policy: '{ default: allow, scope: { schemas: [] } }' })],
    ['a scope without schemas', minimal({ policy: '{ default: allow, scope: {} }' })],
    ['a limit in other units', inTarget('limits: { statement: 4MB }')],
    ['a limit of another name', inTarget('limits: { startupPacket: 4KiB }')],
    ['no limits', inTarget('limits: {}')],
    ['a target of SSH that nobody can log in to', minimalSsh({ target: 'known_hosts: k' })],
    [
      'a target of SSH with two ways to know it',
      minimalSsh({ target: 'agent: true\nknown_hosts: k\nhost_key: "SHA256:"' }),
    ],
    ['an agent that is none', minimalSsh({ target: 'agent: false' })],
    ['a fingerprint that is none', minimalSsh({ target: 'agent: true\nhost_key: any' })],
    ['no host key at all', minimalSsh({ target: 'agent: true\nhost_key: []' })],
    ['a database of SSH', minimalSsh({ target: 'agent: true\ndatabase: app' })],
    ['a host key of PostgreSQL', inTarget('known_hosts: k')],
    ['a rule of both protocols', minimal({ policy: '{ default: allow, deny: [{ action: drop, program: rm }] }' })],
    ['an unknown channel', minimal({ policy: '{ default: allow, ask: [{ channel: ftp }] }' })],
    ['an unknown operation', minimal({ policy: '{ default: allow, deny: [{ operation: delete }] }' })],
    ['a rule for what is known', minimal({ policy: '{ default: allow, deny: [{ opaque: false }] }' })],
    ['a scope of no directories', minimal({ policy: '{ default: allow, scope: { directories: [] } }' })],
    ['a shell of another kind', minimal({ policy: '{ default: allow, shell: on }' })],
    ['a number of minutes', minimal({ policy: '{ default: allow, session: { ttl: 30 } }' })],
    ['an issuer with a query', minimal({ more: 'identity: { issuer: "https://a?b", client_id: x }' })],
    ['an empty list of scopes', minimal({ more: 'identity: { issuer: https://a, client_id: x, scopes: [] }' })],
    [
      'a service of no condition',
      minimal({ more: 'identity: { issuer: https://a, client_id: x, services: { s: { audience: y } } }' }),
    ],
    ['a policy for no group', minimal({ policy: '{ default: allow, applies_to: { groups: [] } }' })],
    ['no approvers', minimal({ policy: '{ default: allow, ask: [{ action: drop, approvers: { count: 1 } }] }' })],
    [
      'a mask of two things',
      minimal({ policy: '{ default: allow, mask: [{ column: a.b, detect: jwt, with: redact }] }' }),
    ],
  ])('refuse %s', (_what, text) => {
    expect(validate(parse(text))).toBe(false);
    expect(isValid(text)).toBe(false);
  });
});

import { expect, it } from 'vitest';
import { readIdentity } from '../../src/core/read-identity.ts';
import { declaredAgent, type Identity } from '../../src/core/identity.ts';

const ADA: Identity = {
  kind: 'person',
  subject: 'ada',
  issuer: 'https://idp.example',
  display: 'Ada',
  email: null,
  service: null,
  groups: ['dba'],
  verified: true,
  actsFor: null,
};

/** An agent of an agent of … Ada. */
function agentsOf(count: number): Identity {
  return Array.from({ length: count }).reduce<Identity>((one, _, index) => declaredAgent(`bot-${index}`, one), ADA);
}

it('reads agents that act for agents', () => {
  expect(readIdentity(JSON.parse(JSON.stringify(agentsOf(3))))).toEqual(agentsOf(3));
});

it('reads no chain without an end, and none with something else at its end', () => {
  expect(readIdentity(agentsOf(16))).toBeNull();
  expect(readIdentity({ ...ADA, actsFor: { ...ADA, actsFor: undefined } })).toBeNull();
  expect(readIdentity({ ...ADA, actsFor: [] })).toBeNull();
});

import { expect, it } from 'vitest';
import type { Identity } from '../../src/core/identity.ts';
import { appliesTo } from '../../src/policy/applies.ts';
import { person, policy } from './examples.ts';

const agent: Identity = { ...person, kind: 'agent', subject: 'bot', groups: [], actsFor: person };
const lonely: Identity = { ...agent, actsFor: null };

it.each([
  ['everybody', null, { person: true, agent: true, lonely: true }],
  ['a group', { groups: ['dba', 'engineering'] }, { person: true, agent: true, lonely: false }],
  ['another group', { groups: ['dba'] }, { person: false, agent: false, lonely: false }],
  ['a subject', { subjects: ['u-1'] }, { person: true, agent: true, lonely: false }],
  ['another spelling of a subject', { subjects: ['U-1'] }, { person: false, agent: false, lonely: false }],
  ['any agent', { agents: 'any' as const }, { person: false, agent: true, lonely: true }],
  [
    'people of a group and any agent',
    { groups: ['engineering'], agents: 'any' as const },
    { person: true, agent: true, lonely: true },
  ],
  [
    'people but no agent',
    { groups: ['engineering'], agents: 'none' as const },
    { person: true, agent: false, lonely: false },
  ],
  ['one agent', { agents: ['bot'] }, { person: false, agent: true, lonely: true }],
  ['another agent', { groups: ['engineering'], agents: ['other'] }, { person: true, agent: false, lonely: false }],
])('a policy for %s speaks of the right identities', (_whom, to, expected) => {
  const appliesTo_ = to === null ? null : { groups: null, subjects: null, agents: null, ...to };
  const one = policy({ appliesTo: appliesTo_ });
  expect({ person: appliesTo(one, person), agent: appliesTo(one, agent), lonely: appliesTo(one, lonely) }).toEqual(
    expected,
  );
});

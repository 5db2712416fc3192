import { expect, test } from 'vitest';
import { declaredAgent } from '../../../src/core/identity.ts';
import { identityNotes } from '../../../src/tui/model/words.ts';
import { textOf } from '../../../src/tui/safe-text.ts';
import { AGENT, ALICE } from '../approve/samples.ts';

test.each([
  ['a person', ALICE, 'person alice-1'],
  ['an agent with a token', AGENT, 'agent agent-7, for person alice-1'],
  [
    'an agent that was named',
    declaredAgent('bot', ALICE),
    'agent bot, not verified: a name it was given, for person alice-1',
  ],
  [
    'the system’s user',
    { ...ALICE, issuer: 'os', verified: false },
    'person alice-1, not verified: the operating system’s word',
  ],
])('of %s it is said who says who that is', (_, identity, expected) => {
  expect(textOf(identityNotes(identity))).toBe(expected);
});

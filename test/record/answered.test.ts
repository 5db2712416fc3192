import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/core/recorder.ts';
import type { Answer, SignedAnswer } from '../../src/core/request.ts';
import { signAnswer } from '../../src/record/answer-signature.ts';
import { openKey, verificationKeys } from '../../src/record/key.ts';
import { openSessionSource } from '../../src/record/source.ts';
import { verifyRecord } from '../../src/record/verify.ts';
import { openRecord } from '../../src/record/writer.ts';
import { stateDirectory, statementEvent, testClock, testHeader } from './fixtures.ts';

const DIGEST = 'd'.repeat(64);
const REQUEST: SessionEvent = {
  type: 'request',
  connection: 1,
  statement: 1,
  request: 'k7fd2qmx',
  digest: DIGEST,
  terms: [],
  expires: '2026-01-01T00:10:00.000Z',
};
const SETTLED: SessionEvent = {
  type: 'settled',
  connection: 1,
  statement: 1,
  request: 'k7fd2qmx',
  outcome: 'approved',
};
const GRANTED: SessionEvent = { type: 'granted', connection: 1, statement: 1, request: 'k7fd2qmx', use: 1 };

const YES: Answer = {
  request: 'k7fd2qmx',
  digest: DIGEST,
  verdict: 'approve',
  reason: null,
  by: testHeader().identity,
  at: '2026-01-01T00:01:00.000Z',
  uses: 1,
  until: null,
  effect: null,
  breakGlass: false,
};
const answered = (answer: SignedAnswer): SessionEvent => ({ type: 'answer', connection: 1, answer });

/** What verifying a record with these events says. */
async function verified(events: (sign: (answer: Answer) => SignedAnswer) => readonly SessionEvent[]): Promise<unknown> {
  const state = stateDirectory();
  const header = testHeader();
  const key = await openKey(state, 'approver');
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  recorder.append(statementEvent('delete from t'));
  for (const event of events((answer) => signAnswer(answer, key))) recorder.append(event);
  await recorder.close('client');
  const source = await openSessionSource(state, header.session);
  try {
    return await verifyRecord(source, await verificationKeys(state), header.session);
  } finally {
    await source.close();
  }
}

describe('a record with requests', () => {
  it('is valid when who approved has signed it', async () => {
    const found = await verified((sign) => [REQUEST, answered(sign(YES)), SETTLED, GRANTED]);
    expect(found).toMatchObject({ status: 'valid' });
  });

  it('is valid when nobody approved, and nothing ran', async () => {
    const found = await verified(() => [REQUEST, { ...SETTLED, outcome: 'expired' }]);
    expect(found).toMatchObject({ status: 'valid' });
  });

  it.each<[string, (sign: (answer: Answer) => SignedAnswer) => readonly SessionEvent[], number]>([
    ['an answer that was changed after it was signed', (sign) => [REQUEST, answered({ ...sign(YES), uses: 9 })], 3],
    [
      'an answer in another name than it was signed in',
      (sign) => [REQUEST, answered({ ...sign(YES), by: { ...YES.by, subject: 'eve' } })],
      3,
    ],
    ['an answer about something else', (sign) => [REQUEST, answered(sign({ ...YES, digest: 'e'.repeat(64) }))], 3],
    ['an answer to nothing', (sign) => [answered(sign(YES))], 2],
    ['an approval that nobody gave', () => [REQUEST, SETTLED], 3],
    [
      'an approval by somebody who denied',
      (sign) => [REQUEST, answered(sign({ ...YES, verdict: 'deny', reason: 'no' })), SETTLED],
      4,
    ],
    ['a statement that ran under no approval', () => [REQUEST, GRANTED], 3],
  ])('does not vouch for %s', async (_, events, event) => {
    expect(await verified(events)).toMatchObject({ status: 'damaged', part: 'answer', event });
  });
});

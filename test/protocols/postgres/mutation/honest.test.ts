import { afterAll, beforeAll, expect, it } from 'vitest';
import { Chance, SEED } from '../../../chance.ts';
import { fieldsOf, type Message } from '../../../postgres/frames.ts';
import { conversation } from './conversation.ts';
import { bodyOf, typeOf } from './cutting.ts';
import { transcript } from './evidence.ts';
import { ModelServer } from './model.ts';
import { POLITE, Stage } from './stage.ts';

const CONVERSATIONS = 400;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

/** An error by its SQLSTATE: hoopctl knows itself which names there are, and says so in its own words. */
function told(message: Buffer): string {
  if (typeOf(message) !== 'E') return message.toString('latin1');
  const error: Message = { type: 'E', body: bodyOf(message) };
  return `E ${fieldsOf(error)['C']}`;
}

/** What the server says when nothing is in between; null when it could not go on, or is asked for a function call. */
function direct(asked: readonly Buffer[]): string[] | null {
  const server = new ModelServer();
  const last = asked.findIndex((message) => typeOf(message) === 'X');
  const heard = asked.slice(0, last < 0 ? asked.length : last).flatMap((message) => server.take(message).answers);
  return server.complaints.length + server.interruptions.length > 0 ? null : heard.map(told);
}

it('what nobody mutates, refuses or masks is answered as if there were no hoopctl (law 8)', async () => {
  const types = new Set<string>();
  for (let index = 0; index < CONVERSATIONS; index += 1) {
    const { evidence, violations } = await stage.play(SEED + index, POLITE);
    const expected = direct(evidence.asked);
    if (expected === null) continue;
    const where = `HOOPCTL_TEST_SEED=${SEED + index}\n${transcript(evidence)}`;
    expect(violations, where).toEqual([]);
    expect(evidence.heard.map(told), where).toEqual(expected);
    for (const message of evidence.heard) types.add(typeOf(message));
  }
  // Else there was nothing to mutate either.
  expect(types).toEqual(new Set('123CDEGHINTZScdnst'));
});

it('the conversations hold every kind of message that a client sends', () => {
  const types = new Set(
    Array.from({ length: CONVERSATIONS }, (_, seed) => conversation(new Chance(seed)).map(typeOf)).flat(),
  );
  expect(types).toEqual(new Set('BCDEFHPQSXcdf'));
});

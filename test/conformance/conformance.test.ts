import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../chance.ts';
import { serverVersions, type ServerVersion } from '../postgres/binaries.ts';
import { type Named, playAll } from './campaign.ts';
import type { Conversation } from './conversation.ts';
import { Coverage } from './coverage.ts';
import { generate } from './generate.ts';
import { type Hall, openHall } from './hall.ts';
import { Random } from './random.ts';

/*
 * Random conversations of the protocol, each played against the server directly and through the door: the client must
 * hear the same, and the database must be left the same.
 *
 * HOOPCTL_TEST_CONVERSATIONS: how many of each kind are played against each server, 10000 for a thorough run (about five
 *   minutes each), with a summary of what they came to
 * HOOPCTL_TEST_CONVERSATION: the path of a file with one conversation, as a failure prints it, to be played alone
 */
const wanted = process.env['HOOPCTL_TEST_CONVERSATIONS'];
const single = process.env['HOOPCTL_TEST_CONVERSATION'];

interface Kind {
  readonly title: string;
  readonly conversations: (version: ServerVersion) => Iterable<Named>;
}

/** `refusals`: how likely a statement is one that the policy refuses. `usual`: how many are played when none were asked for. */
function* drawn(refusals: number, usual: number): Generator<Named> {
  const count = wanted === undefined ? usual : Number(wanted);
  for (let index = 0; index < count; index += 1) {
    const conversation = generate(Random.seedOf(SEED, index), refusals);
    yield { name: `conversation ${index} of seed ${SEED}`, conversation };
  }
}

const kinds: readonly Kind[] = [
  {
    title: 'what is said through the door is what is said directly',
    conversations: (version) => drawn(0, version === 18 ? 240 : 80),
  },
  {
    title: 'what is refused is a statement that fails, and nothing else',
    conversations: (version) => drawn(0.1, version === 18 ? 120 : 40),
  },
];

const replayed = (path: string): Kind => ({
  title: `the conversation in ${path} is the same both ways`,
  conversations: () => [{ name: path, conversation: JSON.parse(readFileSync(path, 'utf8')) as Conversation }],
});

/** Milliseconds: for the usual ones, and per conversation that was asked for. */
const timeout = 90_000 + Number(wanted ?? 0) * 200;

describe.each(serverVersions())('conversations with PostgreSQL %i', (version) => {
  let hall: Hall;
  beforeAll(async () => {
    hall = await openHall(version);
  });
  afterAll(() => hall?.close());

  it.each(single === undefined ? kinds : [replayed(single)])('$title', { timeout }, async ({ conversations }) => {
    const coverage = new Coverage();
    const differences = await playAll(hall, conversations(version), coverage);
    if (wanted !== undefined) process.stdout.write(`${coverage.toString()}\n`);
    expect(differences.join('\n\n')).toBe('');
    expect(coverage.conversations).toBeGreaterThan(0);
  });
});

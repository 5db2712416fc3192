import type { Conversation } from './conversation.ts';
import type { Coverage } from './coverage.ts';
import { difference } from './difference.ts';
import type { Hall } from './hall.ts';
import { shrink } from './shrink.ts';
import type { Trial } from './trial.ts';

/** Differences after which no more are looked for. */
const ENOUGH = 5;

/** Milliseconds of silence that count as a difference while a conversation is made simpler. */
const IMPATIENCE = 1000;

export interface Named {
  readonly name: string;
  readonly conversation: Conversation;
}

/** Plays many conversations. What differed, each in its simplest form; empty when nothing did. */
export async function playAll(hall: Hall, conversations: Iterable<Named>, coverage: Coverage): Promise<string[]> {
  const found: string[] = [];
  const iterator = conversations[Symbol.iterator]();
  const playSome = async (trial: Trial): Promise<void> => {
    for (let turn = iterator.next(); turn.done !== true; turn = iterator.next()) {
      const { name, conversation } = turn.value;
      const outcome = await trial.run(conversation);
      coverage.add(conversation, outcome.answers);
      const differs = await lasting(trial, conversation, difference(outcome.direct, outcome.guarded));
      if (differs !== null) found.push(`${name}:\n${await simplest(trial, conversation, differs)}`);
      if (found.length >= ENOUGH) return;
    }
  };
  await Promise.all(hall.trials.map(playSome));
  return found;
}

/**
 * A server signals the process that it cancels, and then that process's group: the second signal may be late, and end
 * what was sent behind. So where something is cancelled a difference has to be there twice.
 */
async function lasting(trial: Trial, conversation: Conversation, first: string | null): Promise<string | null> {
  if (first === null || !conversation.steps.some(({ cancel }) => cancel === true)) return first;
  const again = await trial.run(conversation);
  return difference(again.direct, again.guarded);
}

async function simplest(trial: Trial, conversation: Conversation, first: string): Promise<string> {
  let last = first;
  const fails = async (one: Conversation): Promise<boolean> => {
    const { direct, guarded } = await trial.run(one, IMPATIENCE);
    const differs = difference(direct, guarded);
    last = differs ?? last;
    return differs !== null;
  };
  const shrunk = await shrink(conversation, fails);
  return `${last}\nTo play it again, put this in a file and its path in HOOPCTL_TEST_CONVERSATION:\n${JSON.stringify(shrunk)}`;
}

import type { Conversation, Step } from './conversation.ts';
import { copyByExecute, copyByQuery, unfinishedCopy } from './grammar/copy.ts';
import { Scene } from './grammar/scene.ts';
import type { Speaker } from './grammar/messages.ts';
import { cancelledSleep } from './grammar/sleep.ts';
import { pieces, query, resumption, run, soleRun } from './grammar/steps.ts';
import { withoutLeftovers } from './leftovers.ts';
import { Random } from './random.ts';

/** The conversation that a seed stands for. `refusals`: how likely a statement is one that the policy refuses. */
export function generate(seed: number, refusals: number): Conversation {
  const random = new Random(seed);
  const speaker: Speaker = { random, scene: new Scene(), refusals };
  const length = random.chance(0.5) ? random.integer(1, 8) : random.integer(8, 30);
  const steps: Step[] = [];
  while (steps.length < length) {
    const step = random.weighted<(speaker: Speaker) => Step>([
      [4, query],
      [4, run],
      [2, pieces],
      [0.2, soleRun],
      [0.6, copyByQuery],
      [0.6, copyByExecute],
      [0.08, cancelledSleep],
    ])(speaker);
    const resumes = step.messages.at(-1)?.kind === 'sync' && random.chance(0.25);
    if (resumes) steps.push({ ...step, wait: true }, resumption(speaker));
    else steps.push(step);
  }
  const end = random.weighted<Conversation['end']>([
    [8, 'farewell'],
    [1, 'terminate'],
    [1, 'eof'],
  ]);
  if (end !== 'farewell' && random.chance(0.2)) steps.push(unfinishedCopy(speaker));
  return withoutLeftovers({ steps, end });
}

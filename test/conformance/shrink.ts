import type { Conversation, Step } from './conversation.ts';
import { withoutLeftovers } from './leftovers.ts';

/** Lists with one part left out, larger parts first. */
function* shorter<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let size = items.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < items.length; at += size) yield [...items.slice(0, at), ...items.slice(at + size)];
  }
}

function* simplerSteps(step: Step): Generator<Step> {
  if (step.cuts.length > 0) yield { ...step, cuts: [] };
  if (step.whole !== true) {
    for (const messages of shorter(step.messages)) if (messages.length > 0) yield { ...step, messages };
  }
  if (!step.wait) yield { ...step, wait: true };
}

/** Conversations that are a little simpler, the simplest first. */
function* simpler(conversation: Conversation): Generator<Conversation> {
  const { steps } = conversation;
  for (const fewer of shorter(steps)) yield { ...conversation, steps: fewer };
  if (conversation.end !== 'farewell') yield { ...conversation, end: 'farewell' };
  for (const [index, step] of steps.entries()) {
    for (const other of simplerSteps(step)) yield { ...conversation, steps: steps.with(index, other) };
  }
}

/** The simplest conversation that can be found, within this many attempts, of which `fails` is true as well. */
export async function shrink(
  conversation: Conversation,
  fails: (conversation: Conversation) => Promise<boolean>,
  attempts = 400,
): Promise<Conversation> {
  let current = conversation;
  let left = attempts;
  for (;;) {
    let found: Conversation | null = null;
    for (const simplified of simpler(current)) {
      const candidate = withoutLeftovers(simplified);
      if (left === 0) return current;
      left -= 1;
      if (await fails(candidate)) {
        found = candidate;
        break;
      }
    }
    if (found === null) return current;
    current = found;
  }
}

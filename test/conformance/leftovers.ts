import type { Conversation, Message, Step } from './conversation.ts';

/** Walks through a conversation, and knows where a portal may be what something that failed has left behind. */
class Walk {
  /** Names of portals that were made at some time, maybe in vain. */
  readonly #made = new Set<string>();
  /** Those bound since the last Sync: if that failed, what follows up to Sync is skipped. */
  readonly #bound = new Set<string>();
  /** No more than that has come since the Sync: what comes now is not skipped. */
  #heeded = true;
  /** The transaction has not failed. */
  #sound = true;
  /** Whether the client knows, before the next step, how the transaction stands. */
  #informed = true;
  #doubtful = false;

  /** The step without what it had better not say; null when that is all of it. */
  step(step: Step): Step | null {
    const { unfailed, ...rest } = step;
    const sound = unfailed === true && this.#informed;
    this.#sound = sound;
    const messages = step.messages.filter((message) => !this.#touchesLeftover(message));
    // Who does not know what is answered does not know either whether what sleeps has been reached.
    if (messages.length === 0 || (step.cancel === true && this.#doubtful)) return null;
    const last = messages.at(-1)?.kind;
    this.#informed = step.wait && !this.#doubtful && (last === 'sync' || last === 'query');
    return sound || unfailed !== true ? { ...step, messages } : { ...rest, messages };
  }

  #touchesLeftover(message: Message): boolean {
    const portal = portalOf(message);
    if (portal !== null && this.#made.has(portal) && !this.#bound.has(portal) && !this.#sound) return true;
    this.#pass(message);
    return false;
  }

  #pass(message: Message): void {
    switch (message.kind) {
      case 'sync':
        if (message.amid === true) this.#doubtful = true;
        else this.#heeded = true;
        this.#sound = false;
        return this.#bound.clear();
      case 'query':
        // It has an unnamed portal of its own.
        this.#made.add('');
        this.#bound.delete('');
        this.#sound = false;
        return;
      case 'bind':
        this.#made.add(message.portal);
        this.#bound.add(message.portal);
        break;
      case 'close':
        if (this.#heeded && message.what === 'P') this.#made.delete(message.name);
        break;
      case 'pause':
        return;
      default:
    }
    this.#heeded = false;
  }
}

/** The portal that a message runs or describes. */
function portalOf(message: Message): string | null {
  if (message.kind === 'execute') return message.portal;
  return message.kind === 'describe' && message.what === 'P' ? message.name : null;
}

/**
 * The conversation without messages that run or describe what a failed Bind or Query may have left behind in a failed
 * transaction. PostgreSQL keeps the portal, but not what it refers to: it may say 25P02, say that there is nothing to
 * run, or crash (seen in 18.4). hoopctl knows no such portal, and says 34000.
 */
export function withoutLeftovers(conversation: Conversation): Conversation {
  const walk = new Walk();
  const steps = conversation.steps.map((step) => walk.step(step)).filter((step) => step !== null);
  return { ...conversation, steps };
}

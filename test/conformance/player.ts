import { fieldsOf, frames, type Message as Answer } from '../postgres/frames.ts';
import { type WireClient, wireClient, type WireOptions } from '../postgres/wire-client.ts';
import { requestCancel } from './cancel.ts';
import { type Conversation, encode, type Message, type Step } from './conversation.ts';
import { Ledger } from './ledger.ts';

/** Where a conversation is played, and how. */
export interface Stage {
  readonly options: WireOptions;
  /** What stands in for denied statements is sent in their place. */
  readonly standIns: boolean;
  /** True when the server sleeps for this conversation; false when `over` says that it will not. */
  readonly asleep: (over: () => boolean) => Promise<boolean>;
  /** How long the server may be silent while it owes an answer, in milliseconds. */
  readonly patience: number;
}

/** No conversation has this name. */
const THE_END = 'the end of the conversation';

class Player {
  readonly #client: WireClient;
  readonly #stage: Stage;
  readonly #ledger = new Ledger();
  /** Messages of the client's that the ledger has seen. */
  #read: number;
  #failed = false;

  constructor(client: WireClient, stage: Stage) {
    this.#client = client;
    this.#stage = stage;
    this.#read = client.messages.length;
  }

  async step(step: Step): Promise<void> {
    if (step.unfailed === true && this.#failed) return;
    const parts = split(step.messages);
    for (const [index, messages] of parts.entries()) {
      if (index > 0) await this.#settled();
      for (const message of messages) this.#ledger.sent(message);
      await this.#write(messages, step.cuts);
    }
    if (step.cancel === true) await this.#cancel();
    if (step.wait) await this.#settled();
  }

  async #write(messages: readonly Message[], cuts: readonly number[]): Promise<void> {
    const bytes = Buffer.concat(messages.map((message) => encode(message, this.#stage.standIns)));
    const ends = cuts.map((cut) => Math.round((cut * bytes.length) / 1000)).toSorted((a, b) => a - b);
    for (const [index, end] of [...ends, bytes.length].entries()) {
      this.#client.send(bytes.subarray(ends[index - 1] ?? 0, end));
      // Each piece travels alone.
      if (ends.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async #cancel(): Promise<void> {
    const over = (): boolean => {
      this.#catchUp();
      return this.#ledger.idle;
    };
    const { key } = this.#client;
    if (key === null) throw new Error('the server gave no key');
    // A request that comes too late might hit what comes next.
    if (await this.#stage.asleep(over)) await requestCancel(this.#stage.options, key);
  }

  #catchUp(): void {
    const { messages } = this.#client;
    for (const { type, body } of messages.slice(this.#read)) {
      this.#ledger.received(type);
      if (type === 'Z') this.#failed = body.toString() === 'E';
    }
    this.#read = messages.length;
  }

  async #settled(): Promise<void> {
    for (;;) {
      this.#catchUp();
      if (this.#ledger.settled) return;
      if ((await this.#client.next(this.#stage.patience)) === null) return;
    }
  }

  /** Waits until the server has answered everything: what is asked last can only fail, whatever went before. */
  async farewell(): Promise<void> {
    this.#client.send(frames.sync(), frames.describe('S', THE_END), frames.sync());
    for (;;) {
      const answer = await this.#client.next(this.#stage.patience);
      if (answer === null) return;
      if (answer.type === 'E' && fieldsOf(answer)['M']?.includes(THE_END) === true) break;
    }
    await this.#client.until('Z', this.#stage.patience);
  }
}

/** Parts with a pause between them. */
function split(messages: readonly Message[]): readonly (readonly Message[])[] {
  const pauses = [...messages.keys()].filter((index) => messages[index]?.kind === 'pause');
  return [...pauses, messages.length].map((end, index) => messages.slice((pauses[index - 1] ?? -1) + 1, end));
}

export interface Played {
  /** Everything that the server said, its greeting included, until it closed the connection. */
  readonly answers: readonly Answer[];
  /** What went wrong with playing, such as a server that fell silent; null when nothing did. */
  readonly failure: string | null;
}

export async function play(conversation: Conversation, stage: Stage): Promise<Played> {
  const client = await wireClient(stage.options);
  try {
    const player = new Player(client, stage);
    for (const step of conversation.steps) await player.step(step);
    if (conversation.end === 'farewell') await player.farewell();
    // What it has not flushed the server may keep to itself when it ends.
    client.send(frames.flush());
    if (conversation.end === 'eof') client.socket.end();
    else client.socket.end(frames.terminate());
    while ((await client.next(stage.patience)) !== null);
    return { answers: client.messages, failure: null };
  } catch (error) {
    return { answers: client.messages, failure: error instanceof Error ? error.message : String(error) };
  } finally {
    client.destroy();
  }
}

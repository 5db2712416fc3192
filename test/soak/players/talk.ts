import { fieldsOf, type Message } from '../../postgres/frames.ts';
import { dial, type WireClient, WireError } from '../../postgres/wire-client.ts';
import type { World } from '../world.ts';

/** The connection ended before all was answered. */
export function lost(messages: readonly Message[]): Error {
  const error = messages.findLast(({ type }) => type === 'E');
  return error === undefined ? new Error('the connection ended') : new WireError(fieldsOf(error));
}

/** An answer that nobody should get. */
export class Unexpected extends Error {}

export function sqlstates(messages: readonly Message[]): string[] {
  return messages.filter(({ type }) => type === 'E').map((message) => fieldsOf(message)['C'] ?? '');
}

/** @throws Unexpected unless the errors among these messages are exactly these */
export function expectErrors(messages: readonly Message[], ...codes: readonly string[]): void {
  const found = sqlstates(messages);
  if (found.join() === codes.join()) return;
  const words = messages.filter(({ type }) => type === 'E').map((message) => JSON.stringify(fieldsOf(message)));
  const types = messages.map(({ type }) => type).join('');
  throw new Unexpected(`instead of [${codes.join()}] came [${found.join()}] in ${types}: ${words.join()}`);
}

/** One connection through the door, and what is known of it. */
export class Talk {
  readonly client: WireClient;
  readonly world: World;
  /** Decisions that were asked for and that no answer has told of. */
  #open = 0;

  private constructor(client: WireClient, world: World) {
    this.client = client;
    this.world = world;
  }

  /** @throws WireError when the door says no */
  static async begin(world: World): Promise<Talk> {
    const client = await dial(world.options.host, world.options.port);
    try {
      await client.login(world.options);
    } catch (error) {
      client.destroy();
      // Whoever is told that he does not get in has not been in.
      if (!(error instanceof WireError)) world.ledger.connections.perhaps();
      throw error;
    }
    world.ledger.connections.certainly();
    return new Talk(client, world);
  }

  /** Sends messages that take so many decisions. */
  say(decisions: number, ...messages: readonly Buffer[]): void {
    this.#open += decisions;
    this.client.send(...messages);
  }

  /** Everything up to the next ReadyForQuery. @throws what `lost` makes of it when that does not come */
  async hear(): Promise<Message[]> {
    const messages = await this.client.until('Z', 60_000);
    if (messages.at(-1)?.type !== 'Z') throw lost(messages);
    return messages;
  }

  /** All that was said was answered. */
  settled(): void {
    this.#open = 0;
  }

  /** Is gone, or will be: what was not answered may have been decided either way. */
  abandon(): void {
    this.world.ledger.refusals.perhaps(this.#open);
    this.#open = 0;
  }

  async ask(decisions: number, ...messages: readonly Buffer[]): Promise<Message[]> {
    this.say(decisions, ...messages);
    const answer = await this.hear();
    this.settled();
    return answer;
  }
}

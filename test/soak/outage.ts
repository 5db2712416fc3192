import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from '../postgres/server.ts';
import { WireError, wireClient, type WireOptions } from '../postgres/wire-client.ts';

/** SQLSTATEs by which a client hears that the server is not there, was shut down, or is not ready yet. */
const CLEAN: ReadonlySet<string> = new Set(['08001', '08006', '57P01', '57P02', '57P03']);

/** What ordinary clients call a connection that has ended. */
const ENDED: ReadonlySet<string> = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'ECONNRESET',
  'EPIPE',
]);

/** True when the failure is one that a server which goes away may cause. */
export function isClean(error: unknown): boolean {
  if (error instanceof WireError) return CLEAN.has(error.fields['C'] ?? '');
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    CLEAN.has(code) ||
    ENDED.has(code) ||
    /connection (?:has )?(?:ended|terminated|closed)|not queryable/i.test(error.message)
  );
}

/** Milliseconds in which a server that is back must be reached again. */
const RECOVERY = 20_000;

/** Takes the server away and brings it back, and knows when clients may have suffered from it. */
export class Outages {
  readonly #server: Server;
  readonly #door: WireOptions;
  #moment = 0;
  #down = false;

  constructor(server: Server, door: WireOptions) {
    this.#server = server;
    this.#door = door;
  }

  /** A moment to ask about later. */
  get moment(): number {
    return this.#moment;
  }

  /** True when the server was away at any time since. */
  since(moment: number): boolean {
    return this.#down || this.#moment !== moment;
  }

  /** Resolves when the server is back and reached through the door. @throws when the door does not behave */
  async happen(how: 'fast' | 'immediate', milliseconds: number): Promise<void> {
    this.#moment += 1;
    this.#down = true;
    await this.#server.halt(how);
    await this.#isUnreachable();
    await pause(milliseconds);
    await this.#server.resume();
    await this.#isReachable();
    this.#down = false;
    this.#moment += 1;
  }

  async #isUnreachable(): Promise<void> {
    const answer = await wireClient(this.#door).catch((error: unknown) => error);
    if (answer instanceof WireError && answer.fields['S'] === 'FATAL' && answer.fields['C'] === '08001') return;
    throw new Error(`with the server away the door answered ${String(answer)}`);
  }

  async #isReachable(): Promise<void> {
    const deadline = Date.now() + RECOVERY;
    for (;;) {
      const answer = await wireClient(this.#door).catch((error: unknown) => error);
      if (!(answer instanceof Error)) return void (await (answer as Awaited<ReturnType<typeof wireClient>>).end());
      if (!isClean(answer) || Date.now() > deadline) throw answer;
      await pause(20);
    }
  }
}

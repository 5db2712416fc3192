import { LIMITS } from '../../../src/core/limits.ts';
import { answered } from '../../../src/protocols/postgres/catalog/consult.ts';
import type { Questioner } from '../../../src/protocols/postgres/catalog/source.ts';
import { login, type Upstream } from '../../../src/protocols/postgres/upstream.ts';
import type { Server } from '../../postgres/server.ts';
import { targetOf } from './scripted.ts';

/** A connection to the target on which the catalog's questions and others are asked, and who keeps the former. */
export class Conversation implements Questioner {
  readonly asked: string[] = [];
  #upstream: Upstream | null = null;

  async open(server: Server): Promise<void> {
    const settings = new Map([['standard_conforming_strings', 'on']]);
    this.#upstream = await login(targetOf(server), settings, AbortSignal.timeout(10_000));
  }

  ask(queries: readonly string[]): Promise<Buffer[]> {
    this.asked.push(...queries);
    return this.say(...queries);
  }

  say(...queries: readonly string[]): Promise<Buffer[]> {
    if (this.#upstream === null) throw new Error('not open');
    return answered(this.#upstream, queries, LIMITS);
  }

  async close(): Promise<void> {
    const socket = this.#upstream?.socket;
    this.#upstream = null;
    if (socket === undefined || socket.closed) return;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.destroy();
    await closed;
  }
}

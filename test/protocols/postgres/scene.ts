import { afterAll, afterEach, beforeAll } from 'vitest';
import { eventually } from '../../eventually.ts';
import { type Server, type ServerOptions, startServer } from '../../postgres/server.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { backends, type ScriptedDoor, scriptedDoor, type ScriptedOptions, targetOf } from './scripted.ts';

/** A server and a door before it that all tests of a block share. Made at the top of the block. */
export class Scene {
  #server: Server | null = null;
  #door: ScriptedDoor | null = null;
  readonly #clients: WireClient[] = [];

  constructor(options: ServerOptions) {
    beforeAll(async () => {
      this.#server = await startServer(options);
      this.#door = await scriptedDoor(targetOf(this.#server));
    });
    afterEach(async () => {
      for (const client of this.#clients.splice(0)) client.destroy();
      await eventually(
        () => backends(this.server),
        (count) => count === 0,
      );
    });
    afterAll(async () => {
      await this.#door?.close();
      await this.#server?.stop();
    });
  }

  get server(): Server {
    if (this.#server === null) throw new Error('the server runs within tests alone');
    return this.#server;
  }

  get door(): ScriptedDoor {
    if (this.#door === null) throw new Error('the door is open within tests alone');
    return this.#door;
  }

  /** A client that is gone after the test. */
  async connect(...args: Parameters<ScriptedDoor['connect']>): Promise<WireClient> {
    return this.keep(await this.door.connect(...args));
  }

  /** Of a client that comes by another way: it is gone after the test, too. */
  keep(client: WireClient): WireClient {
    this.#clients.push(client);
    return client;
  }

  /** A door of its own, for tests that end the session or bend its limits. */
  async withDoor(options: ScriptedOptions, act: (own: ScriptedDoor) => Promise<void>): Promise<void> {
    const own = await scriptedDoor(targetOf(this.server), options);
    try {
      await act(own);
    } finally {
      await own.close();
    }
  }
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Door, openDoor } from '../../postgres/door.ts';
import type { Server } from '../../postgres/server.ts';
import { type World, worlds } from './canaries.ts';
import { maskingPolicies, type MaskingPolicy } from './policies.ts';

/** One hoopctl with a door to each world under each of some policies. */
export class Doors {
  readonly #door: Door;

  private constructor(door: Door) {
    this.#door = door;
  }

  static async open(server: Server, names: readonly MaskingPolicy[]): Promise<Doors> {
    const target = { address: `127.0.0.1:${server.port}`, user: server.user, tls: 'disable' };
    const targets = names.flatMap((policy) =>
      worlds.map((world) => [`${world}-${policy}`, { ...target, database: world, policy: [policy] }] as const),
    );
    const door = await openDoor({
      targets: Object.fromEntries(targets),
      policies: Object.fromEntries(names.map((name) => [name, maskingPolicies[name]])),
      state: mkdtempSync(join(tmpdir(), 'hoopctl-masking-')),
    });
    return new Doors(door);
  }

  /** What clients read to reach a world under a policy. */
  env(world: World, policy: MaskingPolicy): Readonly<Record<string, string>> {
    return this.#door.env(`${world}-${policy}`);
  }

  /** Ends the program. All it printed and all it wrote, by where it stands. */
  async close(): Promise<Map<string, string>> {
    await this.#door.close();
    const kept = new Map([
      ['standard error', this.#door.errors()],
      ['standard output', this.#door.events.map((event) => JSON.stringify(event)).join('\n')],
    ]);
    for (const entry of readdirSync(this.#door.state, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) kept.set(path, readFileSync(path, 'latin1'));
    }
    rmSync(this.#door.state, { recursive: true, force: true });
    return kept;
  }
}

import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hoopctlEnvironment, type ReadyEvent } from '../test/postgres/door.ts';
import type { Owned, Workspace } from './workspace.ts';

const program = fileURLToPath(new URL('../bin/hoopctl.js', import.meta.url));

/** Milliseconds until a program that does not come up is given up. */
const PATIENCE = 30_000;

/** hoopctl with an open door. */
export interface OpenDoor {
  readonly owned: Owned;
  /** The value of a variable that it gives its clients. */
  readonly read: (name: string) => string;
}

/**
 * Opens a door to the target `bench` of a configuration.
 * @param state a directory of its own
 * @param node arguments for Node, before the program
 */
export async function openDoor(
  workspace: Workspace,
  state: string,
  configuration: string,
  node: readonly string[] = [],
): Promise<OpenDoor> {
  const output = join(state, 'events');
  // Its events go to a file: a reader of a pipe would be woken for every statement, on the same processors.
  const file = openSync(output, 'w', 0o600);
  const argv = [...node, program, 'connect', 'bench', '--json', '--config', configuration];
  const env = hoopctlEnvironment(state, configuration);
  const owned = workspace.spawn(process.execPath, argv, { env, stdio: ['ignore', file, 'pipe'] });
  closeSync(file);
  const ready = await readyEvent(owned, output);
  const read = (name: string): string => {
    const value = ready.env[name];
    if (value === undefined) throw new Error(`hoopctl connect did not say ${name}`);
    return value;
  };
  return { owned, read };
}

async function readyEvent(owned: Owned, output: string): Promise<ReadyEvent> {
  let errors = '';
  owned.child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const gone = owned.exit.then((code) => {
    throw new Error(`hoopctl connect ended with ${code}: ${errors}`);
  });
  gone.catch(() => undefined);
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
    const [first = '', rest] = readFileSync(output, 'utf8').split('\n', 2);
    if (rest !== undefined) return JSON.parse(first) as ReadyEvent;
    await Promise.race([pause(20), gone]);
  }
  throw new Error(`hoopctl connect does not get ready: ${errors}`);
}

import { join } from 'node:path';
import { writeClientFiles } from './client-files.ts';
import type { GuardedSession, SeenDoor } from './guarded-session.ts';
import { CONFIG } from './ssh-clients.ts';

const NAME = 'config';

/**
 * Has the clients of several doors of SSH read one configuration with all of these in it, since OpenSSH's programs read
 * one at a time: `ansible-playbook` reaches every target with it. It comes with the first door's files, and lies in
 * `directory`. Fewer than two doors stay as they are.
 */
export function sharingConfiguration<D extends SeenDoor>(doors: readonly D[], directory: string): readonly D[] {
  const text = textOfAll(doors);
  if (text === null) return doors;
  const path = join(directory, NAME);
  return doors.map((door, index) => ({
    ...reading(door, path),
    files: index === 0 ? [...door.files, { path, text }] : door.files,
  }));
}

/** The same for doors on this machine, where that file is written, and is gone with `stack`. @throws what writing throws */
export async function shareConfiguration(
  sessions: readonly GuardedSession[],
  runtime: string,
  stack: AsyncDisposableStack,
): Promise<readonly GuardedSession[]> {
  const text = textOfAll(sessions);
  if (text === null) return sessions;
  const { directory, remove } = await writeClientFiles(runtime, [{ name: NAME, variable: null, text: () => text }]);
  stack.defer(remove);
  return sessions.map((session) => reading(session, join(directory ?? '', NAME)));
}

function textOfAll(doors: readonly SeenDoor[]): string | null {
  const texts = doors.flatMap(({ environment, files }) =>
    files.filter(({ path }) => path === environment[CONFIG]).map(({ text }) => text),
  );
  return texts.length < 2 ? null : texts.join('\n');
}

function reading<D extends SeenDoor>(door: D, path: string): D {
  return CONFIG in door.environment ? { ...door, environment: { ...door.environment, [CONFIG]: path } } : door;
}

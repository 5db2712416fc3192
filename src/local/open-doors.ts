import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../core/errors.ts';
import { privateDirectory } from '../config/paths.ts';

/** A door that is open, as a note for `hoopctl status`. Holds no secret. */
export interface DoorNote {
  readonly session: string;
  readonly target: string;
  readonly protocol: string;
  readonly address: string;
  /** The directory of what clients read; null where they need nothing. */
  readonly files: string | null;
  /** Who opened it, by name. */
  readonly who: string;
  readonly pid: number;
  /** ISO times. */
  readonly opened: string;
  readonly expires: string;
}

function directoryIn(runtime: string): string {
  return join(runtime, 'doors');
}

/** Leaves a note; the returned function takes it away. */
export async function noteDoor(runtime: string, note: DoorNote): Promise<() => Promise<void>> {
  const directory = await privateDirectory(directoryIn(await privateDirectory(runtime)));
  const path = join(directory, `${note.session}.json`);
  const fresh = `${path}.new`;
  await writeFile(fresh, JSON.stringify(note), { mode: 0o600, flag: 'wx' });
  await rename(fresh, path);
  return () => rm(path, { force: true });
}

/** The doors whose processes live, oldest first. What processes that are gone have left is taken away. */
export async function openDoors(runtime: string): Promise<readonly DoorNote[]> {
  const directory = directoryIn(runtime);
  const notes: DoorNote[] = [];
  for (const name of await namesIn(directory)) {
    if (!name.endsWith('.json')) continue;
    const path = join(directory, name);
    const note = await readNote(path);
    if (note !== null && alive(note.pid)) notes.push(note);
    else {
      if (note !== null) await removeLeftovers(runtime, note);
      await rm(path, { force: true });
    }
  }
  return notes.sort((one, other) => one.opened.localeCompare(other.opened));
}

/** A process that was killed could not take its socket and its files along. Nothing but their own directories is removed. */
async function removeLeftovers(runtime: string, { address, files }: DoorNote): Promise<void> {
  for (const directory of files === null ? [dirname(address)] : [dirname(address), files]) {
    if (dirname(directory) !== runtime || !/^[0-9a-f]{8}$/.test(basename(directory))) continue;
    await rm(directory, { recursive: true, force: true });
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Null when it is gone, or no note at all. */
async function readNote(path: string): Promise<DoorNote | null> {
  try {
    const note: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isNote(note) ? note : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isNote(value: unknown): value is DoorNote {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map(Object.entries(value));
  const texts = ['session', 'target', 'protocol', 'address', 'who', 'opened', 'expires'];
  const files = fields.get('files');
  if (files !== null && typeof files !== 'string') return false;
  return texts.every((name) => typeof fields.get(name) === 'string') && Number.isSafeInteger(fields.get('pid'));
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

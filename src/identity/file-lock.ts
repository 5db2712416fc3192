import { mkdir, open } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errnoOf } from '../core/errors.ts';
import { UnfitFile } from './private-file.ts';

/** Milliseconds between two looks whether the lock is free: at first, and at most. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 100;

/** SQLITE_BUSY: somebody else has the lock. */
const BUSY = 5;

/**
 * Takes a lock that nobody else can have who names the same file, in this process or another, until it is disposed of.
 * It is one of the operating system's on the file, which SQLite takes in the way that is right for each system: it ends
 * with the process that holds it, however that ends, and nobody can take it away. The file stays, empty.
 * @param patience milliseconds
 * @returns null when it was not free in time
 * @throws UnfitFile
 */
export async function lockFile(path: string, patience: number): Promise<Disposable | null> {
  const database = await openLock(path);
  // Ends the transaction, if there is one, and with it the lock.
  const close = (): void => database.close();
  try {
    if (await begun(database, patience)) return { [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw unfit(error);
  }
  close();
  return null;
}

async function openLock(path: string): Promise<DatabaseSync> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // SQLite would make one that others may read.
    const file = await open(path, 'a', 0o600);
    await file.close();
    // Its own waiting would block the thread.
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw unfit(error);
  }
}

async function begun(database: DatabaseSync, patience: number): Promise<boolean> {
  const until = performance.now() + patience;
  for (let wait = FIRST_PAUSE; ; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
    if (tryToBegin(database)) return true;
    if (performance.now() >= until) return false;
    // Those who wait do not all come back at the same time.
    await pause(wait * (0.5 + Math.random()));
  }
}

function tryToBegin(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (resultCodeOf(error) === BUSY) return false;
    throw error;
  }
}

function resultCodeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;
}

function unfit(cause: unknown): UnfitFile {
  return new UnfitFile(`cannot be locked (${resultCodeOf(cause) ?? errnoOf(cause) ?? 'unknown'})`, { cause });
}

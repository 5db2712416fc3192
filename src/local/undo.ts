import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the script that undoes what a request's statement did is kept: `$STATE/undo/<request>.sql`. */
export function undoPath(state: string, request: string): string {
  return join(state, 'undo', `${request}.sql`);
}

/** Keeps a script whole or not at all, for its owner's eyes alone. It rejects when it cannot be kept. */
export async function keepUndo(state: string, request: string, script: string): Promise<void> {
  const path = undoPath(state, request);
  await mkdir(join(state, 'undo'), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}`;
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(headOf(request) + script);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}

const headOf = (
  request: string,
): string => `-- Undoes what request ${request} did, as long as its rows have not changed since.
-- It was written before the statement ran. If that failed this changes nothing, or fails as a whole.
`;

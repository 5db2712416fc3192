import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errnoOf, HoopError } from '../core/errors.ts';
import { recordPath } from './layout.ts';

const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The bytes of a record, wherever they are. */
export interface RecordSource {
  /** How many there are now: a running session's record grows. */
  size(): Promise<number>;
  /** Reads up to `target.length` bytes from `position`; fewer only at the end. @throws HoopError `record.unreadable` */
  read(target: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

function unreadable(error: unknown): HoopError {
  if (error instanceof HoopError) return error;
  const errno = errnoOf(error) ?? 'unknown error';
  return new HoopError('record.unreadable', `the record cannot be read (${errno})`, {
    cause: error,
    hint: errno === 'ELOOP' ? 'it is a symlink, which is never followed' : 'check the files of the state directory',
  });
}

/** Opens a regular file, never through a symlink. Null when there is none. */
async function openFile(path: string): Promise<FileHandle | null> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, READ_FLAGS);
    if ((await file.stat()).isFile()) return file;
  } catch (error) {
    await file?.close();
    if (errnoOf(error) === 'ENOENT') return null;
    throw unreadable(error);
  }
  await file.close();
  throw new HoopError('record.unreadable', 'the record is not a file', { hint: 'check what lies in its place' });
}

interface Part {
  readonly file: FileHandle;
  readonly start: number;
  size: number;
}

/** The parts of a record as one run of bytes. */
class PartsSource implements RecordSource {
  readonly #pathOf: (part: number) => string;
  readonly #parts: Part[];

  constructor(pathOf: (part: number) => string, first: FileHandle) {
    this.#pathOf = pathOf;
    this.#parts = [{ file: first, start: 0, size: 0 }];
  }

  async size(): Promise<number> {
    for (;;) {
      const last = this.#parts.at(-1);
      if (last === undefined) return 0;
      const next = await openFile(this.#pathOf(this.#parts.length));
      // In this order: once there is a next part, this one has its final size.
      last.size = (await last.file.stat()).size;
      if (next === null) return last.start + last.size;
      this.#parts.push({ file: next, start: last.start + last.size, size: 0 });
    }
  }

  async read(target: Buffer, position: number): Promise<number> {
    let done = 0;
    try {
      for (const part of this.#parts) {
        const from = position + done - part.start;
        if (from >= part.size || done === target.length) continue;
        const wanted = Math.min(target.length - done, part.size - from);
        done += await readAt(part.file, target.subarray(done, done + wanted), from);
      }
    } catch (error) {
      throw unreadable(error);
    }
    return done;
  }

  async close(): Promise<void> {
    await Promise.all(this.#parts.map(({ file }) => file.close()));
  }
}

async function readAt(file: FileHandle, target: Buffer, position: number): Promise<number> {
  for (let done = 0; done < target.length;) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) return done;
    done += bytesRead;
  }
  return target.length;
}

/**
 * The record of a session in the state directory. The caller closes it.
 * @throws HoopError `record.missing` when there is none, `record.unreadable` when it is a symlink or
 *   cannot be opened
 */
export async function openSessionSource(state: string, id: string): Promise<RecordSource> {
  const pathOf = (part: number): string => recordPath(state, id, part);
  const first = await openFile(pathOf(0));
  if (first === null) {
    throw new HoopError('record.missing', 'there is no record of this session', {
      hint: 'list sessions with `hoopctl sessions list`',
    });
  }
  const source = new PartsSource(pathOf, first);
  await source.size();
  return source;
}

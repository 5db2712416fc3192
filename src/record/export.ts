import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { errnoOf, HoopError } from '../core/errors.ts';
import { renderCast } from './cast-scene.ts';
import { renderPage } from './page/page.ts';
import { renderJson } from './json.ts';
import { readEvents, readOutline } from './reader.ts';
import type { ReplayOptions } from './replay.ts';
import type { RecordSource } from './source.ts';
import { visible } from '../core/visible.ts';

export const EXPORT_FORMATS = ['asciicast', 'asciicast-v2', 'ndjson', 'html'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions extends ReplayOptions {
  /** Casts: what was typed into terminals is in them. */
  readonly input?: boolean;
  /** Casts: seconds that players shorten pauses to, 2 when left out; null: as long as they were. */
  readonly idleLimit?: number | null;
}

const IDLE_LIMIT = 2;
const PAGE_ROWS = 50;
const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Gathered before it is written: lines are short, system calls are not. */
const WRITE_SIZE = 64 * 1024;

/**
 * A record in another format, as text in pieces. The source stays open.
 * @throws DamagedRecord at the first damage, `record.unreadable`; what came before it was given out
 */
export async function* renderExport(
  source: RecordSource,
  format: ExportFormat,
  options: ExportOptions,
): AsyncGenerator<string> {
  if (format === 'ndjson') {
    yield* renderJson(readEvents(source));
    return;
  }
  const outline = await readOutline(source);
  if (outline === null) {
    throw new HoopError(
      'record.unreadable',
      'the record was cut before its header was written: there is nothing in it',
    );
  }
  const { session, target, started } = outline.header.header;
  const about = { title: visible(`hoopctl session ${session} on ${target.name}`), started: time(started) };
  if (format === 'html') {
    const { decode, maxRows = PAGE_ROWS } = options;
    yield* renderPage(readEvents(source), outline, { ...about, decode, maxRows });
    return;
  }
  const { input = false, idleLimit = IDLE_LIMIT } = options;
  const version = format === 'asciicast' ? 3 : 2;
  yield* renderCast(readEvents(source), { ...options, ...about, version, input, idleLimit });
}

function time(started: string): number {
  const parsed = Date.parse(started);
  return Number.isNaN(parsed) ? 0 : parsed;
}

function failed(path: string, error: unknown): HoopError {
  if (error instanceof HoopError) return error;
  const errno = errnoOf(error) ?? 'unknown error';
  if (errno === 'EEXIST') {
    return new HoopError('record.exists', `${path} is there already`, {
      cause: error,
      hint: 'choose another name, or say that it may be overwritten',
    });
  }
  return new HoopError('record.unreadable', `${path} cannot be written (${errno})`, {
    cause: error,
    hint: 'choose a directory that you may write to, with room in it',
  });
}

async function refuseOccupied(path: string, overwrite: boolean): Promise<void> {
  const stat = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (stat === null || (overwrite && stat.isFile())) return;
  if (overwrite) {
    throw new HoopError('record.exists', `${path} is not a file`, { hint: 'symlinks and the like are never replaced' });
  }
  throw Object.assign(new Error('occupied'), { code: 'EEXIST' });
}

async function writeAll(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const file = await open(path, CREATE_FLAGS, 0o600);
  try {
    let gathered = '';
    for await (const piece of pieces) {
      gathered += piece;
      if (gathered.length < WRITE_SIZE) continue;
      await file.appendFile(gathered);
      gathered = '';
    }
    await file.appendFile(gathered);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Writes text to a file (0600) that appears whole or not at all. What is there is kept unless
 * `overwrite`, and only a regular file is ever replaced.
 * @throws HoopError `record.exists`; `record.unreadable` when it cannot be written; what `pieces` throws
 */
export async function writeExport(path: string, pieces: AsyncIterable<string>, overwrite: boolean): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  let written = false;
  try {
    await refuseOccupied(path, overwrite);
    await writeAll(temporary, pieces);
    written = true;
    if (overwrite) await rename(temporary, path);
    else await link(temporary, path);
    if (!overwrite) await unlink(temporary);
  } catch (error) {
    if (written || errnoOf(error) !== 'EEXIST') await discard(temporary);
    throw failed(path, error);
  }
}

async function discard(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw failed(path, error);
  });
}

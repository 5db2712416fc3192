import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errnoOf, HoopError } from '../core/errors.ts';
import { NO_ANCHORS, extend, formatAnchorLine, parseAnchorLine, signatureFault } from './anchor-line.ts';
import type { AnchorFact, AnchorLine, AnchorState } from './anchor-line.ts';
import { appendFailure } from './failure.ts';
import type { SigningKey, VerificationKey } from './key.ts';
import { anchorsPath } from './layout.ts';

const LINE_FEED = 10;
/** Enough to hold the last line and what several processes wrote beside it. */
const TAIL = 64 * 1024;
const APPEND_FLAGS =
  constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface AnchorReport {
  /** In the order of the file, up to the damage. */
  readonly anchors: readonly AnchorFact[];
  /** Null when all lines are whole, signed and in their place; else where the first bad byte may be. */
  readonly damage: { readonly position: number; readonly detail: string } | null;
  readonly state: AnchorState;
}

/** What the last whole line of `bytes` covers; `base` is where they stand in the file. Null when none does. */
function lastCovered(bytes: Buffer, base: number): AnchorState | null {
  for (let end = bytes.length; end > 0;) {
    const feed = bytes.lastIndexOf(LINE_FEED, end - 1);
    const line = parseAnchorLine(bytes.toString('utf8', feed + 1, end));
    if (line !== null && line.upto <= base + feed + 1) return { upto: line.upto, chain: line.chain };
    end = Math.max(feed, 0);
  }
  return null;
}

async function readFrom(file: FileHandle, position: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size - position);
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, position + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}

/** What a line that is written now vouches for: all that is in the file. */
async function currentState(file: FileHandle): Promise<AnchorState> {
  const { size } = await file.stat();
  const base = Math.max(0, size - TAIL);
  const tail = await readFrom(file, base, size);
  const covered = lastCovered(tail, base);
  if (covered !== null && covered.upto >= base) return extend(covered, tail.subarray(covered.upto - base));
  const bytes = await readFrom(file, 0, size);
  const state = lastCovered(bytes, 0) ?? NO_ANCHORS;
  return extend(state, bytes.subarray(state.upto));
}

/**
 * Adds a line to the anchors. It begins with a line feed, so that one before it which a crash has cut
 * cannot swallow it.
 * @param durable wait until the line would survive the machine's end
 * @throws HoopError `record.append`
 */
export async function appendAnchor(state: string, fact: AnchorFact, key: SigningKey, durable: boolean): Promise<void> {
  try {
    const file = await open(anchorsPath(state), APPEND_FLAGS, 0o600);
    try {
      if (!(await file.stat()).isFile()) throw Object.assign(new Error('not a file'), { code: 'EEXIST' });
      const line = formatAnchorLine(fact, await currentState(file), randomBytes(8).toString('hex'), key);
      const bytes = Buffer.from(`\n${line}\n`, 'utf8');
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten !== bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
      if (durable) await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw appendFailure(error);
  }
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    const file = await open(path, READ_FLAGS);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw new HoopError('record.unreadable', 'the anchors are not a file');
      return await readFrom(file, 0, stat.size);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0);
    if (error instanceof HoopError) throw error;
    throw new HoopError('record.unreadable', `the anchors cannot be read (${errnoOf(error) ?? 'unknown'})`, {
      cause: error,
      hint: `check ${path}`,
    });
  }
}

/** The lines before one, as far as they matter for what it vouches for. */
interface Seen {
  readonly end: number;
  readonly line: AnchorLine;
}

function placeFault(bytes: Buffer, position: number, line: AnchorLine, seen: readonly Seen[]): string | null {
  if (line.upto > position) return 'bytes before it are gone';
  const before = seen.findLast((candidate) => candidate.end <= line.upto)?.line ?? NO_ANCHORS;
  if (before.upto > line.upto) return 'lines before it are out of place';
  const expected = extend({ upto: before.upto, chain: before.chain }, bytes.subarray(before.upto, line.upto));
  return expected.chain === line.chain ? null : 'bytes before it were changed';
}

/**
 * Reads and checks the anchors. No file means no anchors.
 * @throws HoopError `record.unreadable` when the file is there and cannot be read
 */
export async function readAnchors(state: string, keys: readonly VerificationKey[]): Promise<AnchorReport> {
  const bytes = await readWhole(anchorsPath(state));
  return checkAnchors(bytes, keys);
}

/** True when the anchors still begin with what they were at `noted`. @throws HoopError `record.unreadable` */
export async function leadsOnFrom(state: string, noted: AnchorState): Promise<boolean> {
  const bytes = await readWhole(anchorsPath(state));
  if (bytes.length < noted.upto) return false;
  const prefix = bytes.subarray(0, noted.upto);
  const covered = lastCovered(prefix, 0) ?? NO_ANCHORS;
  return extend(covered, prefix.subarray(covered.upto)).chain === noted.chain;
}

/** Checks the bytes of an anchors file. Never throws. */
export function checkAnchors(bytes: Buffer, keys: readonly VerificationKey[]): AnchorReport {
  const seen: Seen[] = [];
  const report = (damage: AnchorReport['damage']): AnchorReport => {
    const last = seen.at(-1)?.line ?? NO_ANCHORS;
    const state = extend({ upto: last.upto, chain: last.chain }, bytes.subarray(last.upto));
    return { anchors: seen.map(({ line }) => line), damage, state };
  };
  /** A line that does not read: what a crash or a full disk leaves, until proven otherwise. */
  let torn: number | null = null;
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    const feed = bytes.indexOf(LINE_FEED, start);
    end = feed === -1 ? bytes.length : feed;
    if (end === start) continue;
    const raw = bytes.toString('utf8', start, end);
    const line = parseAnchorLine(raw);
    if (line === null) {
      torn ??= start;
      continue;
    }
    const fault = signatureFault(raw, line, keys) ?? placeFault(bytes, start, line, seen);
    if (fault !== null) return report({ position: torn ?? start, detail: `a line is not as it was written: ${fault}` });
    // A line that was torn already when this one was written has been vouched for since.
    if (torn !== null && torn < line.upto) torn = null;
    seen.push({ end, line });
  }
  return report(torn === null ? null : { position: torn, detail: 'a line is cut or changed' });
}

import type { CellMask, CopyFormat } from '../../../../src/core/mask.ts';
import { openCopy } from '../../../../src/protocols/postgres/masking/copy.ts';
import { Slate } from '../../../../src/protocols/postgres/masking/slate.ts';
import { message } from '../messages.ts';

const LIMIT = 1_000_000;

/** The data of CopyData messages. */
export function dataOf(frames: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < frames.length;) {
    const end = at + frames.readInt32BE(at + 1) + 1;
    if (frames[at] !== 'd'.charCodeAt(0)) throw new Error('that is no CopyData');
    parts.push(frames.subarray(at + 5, end));
    at = end;
  }
  return Buffer.concat(parts);
}

export interface Cutting {
  /** Bytes of each message in turn, again and again. */
  readonly messages: readonly number[];
  /** Messages that are rewritten at a time. */
  readonly together: number;
}

/** What a COPY's data becomes when it comes in messages that are cut like this. @throws what rewriting throws */
export function copied(
  data: Buffer,
  format: CopyFormat,
  masks: readonly (CellMask | null)[],
  { messages, together }: Cutting,
): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0, next = 0; at < data.length; next += 1) {
    const end = Math.min(data.length, at + Math.max(1, messages[next % messages.length] ?? LIMIT));
    frames.push(message('d', data.subarray(at, end)));
    at = end;
  }
  const slate = new Slate();
  const rewriter = openCopy(format, slate, LIMIT);
  const shown: Buffer[] = [];
  for (let at = 0; at < frames.length; at += together) {
    shown.push(Buffer.from(rewriter.rewrite(Buffer.concat(frames.slice(at, at + together)), masks)));
    slate.wipe();
  }
  rewriter.end();
  return dataOf(Buffer.concat(shown));
}

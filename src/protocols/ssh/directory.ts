import { StringDecoder } from 'node:string_decoder';
import type { ClientChannel } from 'ssh2';
import { exitOf } from '../exit.ts';

/** Characters of a path, and of what is said instead of one. */
const LONGEST = 8192;

/** Where a command led, and what it said besides; null where it led nowhere. */
export interface Found {
  readonly path: string | null;
  readonly code: number;
  /** For people, in lines; not made safe. */
  readonly errors: string;
}

/** What hoopctl asks a target that it has just come to. */
export const WHERE = Buffer.from('pwd -P', 'utf8');

/** Reads one directory from what a command writes. Resolves when it has ended. */
export async function directoryFrom(channel: ClientChannel): Promise<Found> {
  const [output, errors] = [textOf(channel), textOf(channel.stderr)];
  channel.on('error', () => undefined).end();
  const exit = await exitOf(channel);
  const code = exit?.kind === 'code' ? exit.code : 255;
  return { path: code === 0 ? pathIn(output()) : null, code: code === 0 ? 1 : code, errors: errors() };
}

/** Null unless it is one absolute path that can be shown, and sent again, as it is. */
function pathIn(text: string): string | null {
  return /^\/[^\n]*\n$/.test(text) && !/[\p{Cc}\u{FFFD}]/u.test(text.slice(0, -1)) ? text.slice(0, -1) : null;
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  const decoder = new StringDecoder('utf8');
  let text = '';
  stream.on('data', (bytes: Buffer) => {
    const more = decoder.write(bytes);
    if (text.length < LONGEST) text += more;
  });
  return () => (text.length > LONGEST ? '' : text + decoder.end());
}

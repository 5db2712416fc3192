import { StringDecoder } from 'node:string_decoder';
import type { ClientChannel } from 'ssh2';
import type { Guard } from '../../core/guard.ts';
import { NOWHERE, type ShellKind, type Whereabouts } from '../../core/statement.ts';
import { exitOf } from './exit.ts';
import { openProgram } from './opening.ts';
import type { Upstream } from './upstream.ts';

/** Characters of a path, and of what is said instead of one. */
const LONGEST = 8192;

/** Where a command led, and what it said besides; null where it led nowhere. */
export interface Found {
  readonly path: string | null;
  readonly code: number;
  /** For people, in lines; not made safe. */
  readonly errors: string;
}

/**
 * What hoopctl asks a target: as a command, since SFTP may be shown another place. One line for each. The third begins with a
 * quotation mark that csh, which does not know it as quoted, takes for the end: it says nothing. Of two backslashes in
 * single quotes fish makes one.
 */
const WHERE = String.raw`pwd -P && printf '%s\n' "$HOME" "\"$ZSH_VERSION/$KSH_VERSION$SH_VERSION" '\\'`;
/** Milliseconds that a target may take to say it: after that a command is judged without. */
const PATIENCE = 5000;

/**
 * Asks the target where commands start, and what their HOME is: once, and not before somebody wants to know. Nowhere, where
 * it does not say, or says more than that. It never rejects.
 */
export function startOf(upstream: Promise<Upstream>, guard: () => Guard): () => Promise<Whereabouts> {
  let asked: Promise<Whereabouts> | null = null;
  return () => (asked ??= Promise.race([ask(upstream, guard()), late()]));
}

async function ask(upstream: Promise<Upstream>, guard: Guard): Promise<Whereabouts> {
  try {
    const { client } = await upstream;
    const bytes = await guard.release([guard.housekeeping(Buffer.from(WHERE, 'utf8'))]);
    const start = { kind: 'exec', command: WHERE } as const;
    const channel = await openProgram(client, { start, bytes, terminal: null, variables: new Map(), offers: [] });
    const { output, code } = await saidOn(channel);
    const [directory = '', home = '', version = '', backslashes = '', ...more] =
      code === 0 ? output.split(/(?<=\n)/) : [];
    if (more.length > 0) return NOWHERE;
    return { directory: pathIn(directory), home: pathIn(home), shell: kindIn(version, backslashes) };
  } catch {
    // What cannot be known of a command is judged as such.
    return NOWHERE;
  }
}

/** Null unless all of it is what some shell would say. */
function kindIn(version: string, backslashes: string): ShellKind | null {
  if (!version.startsWith('"')) return null;
  if (backslashes === '\\\n') return 'fish';
  if (backslashes !== '\\\\\n') return null;
  if (!version.endsWith('/\n')) return 'korn';
  return version === '"/\n' ? 'plain' : 'zsh';
}

function late(): Promise<Whereabouts> {
  return new Promise((resolve) => setTimeout(() => resolve(NOWHERE), PATIENCE).unref());
}

/** Reads one directory from what a command writes. Resolves when it has ended. */
export async function directoryFrom(channel: ClientChannel): Promise<Found> {
  const { output, errors, code } = await saidOn(channel);
  return { path: code === 0 ? pathIn(output) : null, code: code === 0 ? 1 : code, errors };
}

/** All that a command says. */
async function saidOn(channel: ClientChannel) {
  const [output, errors] = [textOf(channel), textOf(channel.stderr)];
  channel.on('error', () => undefined).end();
  const exit = await exitOf(channel);
  return { output: output(), errors: errors(), code: exit?.kind === 'code' ? exit.code : 255 };
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

import { rm } from 'node:fs/promises';
import { errnoOf, HoopError } from '../../core/errors.ts';

// An import evaluates all that the module exports, a client for WebSockets among it: 25 ms before a door opens.
const { request: httpRequest } = process.getBuiltinModule('node:http');

/** Milliseconds in which a control socket answers, unless its process has something else to wait for. */
const PATIENCE = 5000;

/** A process that was killed left its socket behind: it is taken away. */
const GONE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** Milliseconds. */
  readonly patience?: number;
}

/**
 * One exchange with a control socket. Null when nobody is there any more.
 * @throws HoopError `local.inbox`
 */
export async function exchange(
  socket: string,
  what: Exchange,
): Promise<{ readonly status: number; readonly value: unknown } | null> {
  const { method, path, body, patience = PATIENCE } = what;
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = httpRequest({ socketPath: socket, method, path, headers, agent: false, timeout: patience });
    outgoing.on('timeout', () => outgoing.destroy(new Error('it does not answer')));
    outgoing.on('error', (error) => void absent(socket, error).then(() => resolve(null), reject));
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', (error) => reject(unanswered(error)));
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, value: JSON.parse(text) });
        } catch (error) {
          reject(unanswered(error));
        }
      });
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The lines that a control socket sends until it ends, or the signal aborts. Nothing when nobody is there any more. */
export async function* lines(socket: string, path: string, signal: AbortSignal): AsyncGenerator<unknown> {
  const response = await new Promise<NodeJS.ReadableStream | null>((resolve, reject) => {
    const outgoing = httpRequest({ socketPath: socket, path, agent: false, signal });
    outgoing.on('response', resolve);
    outgoing.on('error', (error) => {
      if (signal.aborted) resolve(null);
      else void absent(socket, error).then(() => resolve(null), reject);
    });
    outgoing.end();
  });
  if (response === null) return;
  try {
    let begun = '';
    // Not by readline, to which other characters end a line as well: texts of statements have them.
    for await (const part of response.setEncoding('utf8') as AsyncIterable<string>) {
      const [first = '', ...others] = part.split('\n');
      begun += first;
      for (const next of others) {
        yield JSON.parse(begun) as unknown;
        begun = next;
      }
    }
  } catch (error) {
    // A process that is killed, or closes, ends its stream in the middle: that is an end, too.
    if (error instanceof SyntaxError) throw unanswered(error);
  }
}

/** @throws HoopError when the error says something else than that nobody is there */
async function absent(socket: string, error: unknown): Promise<void> {
  const errno = errnoOf(error);
  if (errno === null || !GONE.has(errno)) throw unanswered(error);
  await rm(socket, { force: true });
}

function unanswered(cause: unknown): HoopError {
  return new HoopError('local.inbox', 'a running hoopctl does not answer on its control socket', {
    cause,
    hint: 'hoopctl status',
  });
}

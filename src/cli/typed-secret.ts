import { StringDecoder } from 'node:string_decoder';
import { ReadStream } from 'node:tty';
import { HoopError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { Invocation } from './invocation.ts';
import type { Terminal } from './terminal.ts';

/** A longer secret is a mistake: a whole file or a program's log. */
const LARGEST = 64 * 1024;

/**
 * A secret from whoever runs the command: typed without echo on a terminal, else all of stdin but for one line break at the
 * end. Never from argv, where other users see it.
 * @param what asks for it: `The password of pg-prod`
 * @param command that it was asked by, for the hint
 * @throws HoopError `cli.usage` when it is empty, too large or no text, or when nobody can be asked; `cli.cancelled`
 */
export async function readSecret(
  { terminal, interactive }: Pick<Invocation, 'terminal' | 'interactive'>,
  what: string,
  command: string,
): Promise<Secret> {
  const { stdin } = terminal;
  if (stdin.isTTY !== true) return accepted(withoutLineBreak(decoded(await all(stdin))), command);
  if (interactive && stdin instanceof ReadStream) return accepted(await typed(terminal, stdin, what), command);
  throw new HoopError('cli.usage', 'nobody can be asked for the value here', { hint: `${command} < FILE` });
}

function accepted(value: string, command: string): Secret {
  if (value === '') throw new HoopError('cli.usage', 'the value is empty', { hint: `${command} < FILE` });
  if (value.includes('\0')) throw notText();
  return new Secret(value);
}

async function all(stdin: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > LARGEST) throw new HoopError('cli.usage', 'the value is larger than 64 KiB', { hint: 'check the file' });
  }
  return Buffer.concat(chunks);
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notText();
  }
}

function notText(): HoopError {
  return new HoopError('cli.usage', 'the value is not UTF-8 text', { hint: 'check what is given on stdin' });
}

function withoutLineBreak(value: string): string {
  return value.replace(/\r?\n$/, '');
}

/** What keys that are no characters send: arrows and the like. */
const KEYS = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?/gu;

/** Reads a line that is not shown. Ctrl-C and Ctrl-D give up, Ctrl-U starts again. */
async function typed(terminal: Terminal, stdin: ReadStream, what: string): Promise<string> {
  const decoder = new StringDecoder('utf8');
  const line: string[] = [];
  // Before anybody is asked: what comes at once is not to be seen either.
  stdin.setRawMode(true);
  terminal.ask(`${what} (not shown): `);
  try {
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      for (const character of decoder.write(Buffer.from(chunk)).replace(KEYS, '')) {
        if (character === '\r' || character === '\n') return line.join('');
        if (character === '\u0003' || character === '\u0004') throw cancelled();
        if (character === '\u007f' || character === '\b') line.pop();
        else if (character === '\u0015') line.length = 0;
        else if (character >= ' ') line.push(character);
      }
    }
    // The terminal is gone.
    throw cancelled();
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    terminal.progress('');
  }
}

function cancelled(): HoopError {
  return new HoopError('cli.cancelled', 'nothing was changed');
}

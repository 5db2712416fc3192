import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Message } from '../../../postgres/frames.ts';
import type { Server } from '../../../postgres/server.ts';
import { wireClient, wireOptions } from '../../../postgres/wire-client.ts';
import type { Mode } from '../../postgres/attack.ts';
import { perform } from '../../postgres/run.ts';
import type { HonestErrand } from './errand.ts';

type Environment = Readonly<Record<string, string>>;

/** All that a client was told while it did its errand, after it had logged in. */
export async function heard(
  errand: HonestErrand,
  mode: Mode,
  server: Server,
  environment: Environment,
): Promise<readonly Message[]> {
  const client = await wireClient(wireOptions(environment));
  const first = client.messages.length;
  try {
    await perform(client, errand.steps, mode, server);
  } finally {
    await client.end();
  }
  return client.messages.slice(first);
}

/** What came of a program. */
export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs one of PostgreSQL's client programs. `binaries`: the directory where they are. */
function ran(binaries: string, program: string, line: readonly string[], environment: Environment, input = '') {
  const options = { env: { ...environment, PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', PAGER: 'cat' } };
  return new Promise<Ran>((resolve) => {
    const child = execFile(join(binaries, program), line, options, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output, errors });
    });
    child.stdin?.end(input);
  });
}

/** Runs a command as if it had been typed in psql. */
export function typed(binaries: string, command: string, environment: Environment): Promise<Ran> {
  return ran(binaries, 'psql', ['-X', '-v', 'ON_ERROR_STOP=1'], environment, `${command}\n`);
}

/** What pg_dump writes, but for the key of its own that each dump has. */
export async function dumped(binaries: string, line: readonly string[], environment: Environment): Promise<Ran> {
  const result = await ran(binaries, 'pg_dump', line, environment);
  return { ...result, output: result.output.replaceAll(/^\\(?:un)?restrict .*$/gm, '') };
}

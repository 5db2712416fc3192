import type { Client, ClientChannel, PseudoTtyInfo } from 'ssh2';
import type { Cleared } from '../../core/brand.ts';
import { HoopError } from '../../core/errors.ts';
import { exitOf } from './exit.ts';

/** What a client wants to have run on a channel. */
export type Start =
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'shell' }
  | { readonly kind: 'subsystem'; readonly name: string };

export interface Opening {
  readonly start: Start;
  /** What was cleared: of a command, the command line. */
  readonly bytes: Cleared<Buffer>;
  readonly terminal: PseudoTtyInfo | null;
  readonly variables: ReadonlyMap<string, string>;
}

/** Has a program run on the target. @throws HoopError `ssh.closed` when the server does not */
export function openProgram(client: Client, { start, bytes, terminal, variables }: Opening): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const opened = (error: Error | undefined, channel: ClientChannel): void => {
      if (error !== undefined) return reject(notOpened(start, error));
      void exitOf(channel);
      resolve(channel);
    };
    const env = Object.fromEntries(variables);
    try {
      switch (start.kind) {
        case 'exec':
          client.exec(bytes.toString('utf8'), { env, ...(terminal === null ? {} : { pty: terminal }) }, opened);
          break;
        case 'shell':
          client.shell(terminal ?? false, { env }, opened);
          break;
        case 'subsystem':
          client.subsys(start.name, opened);
          break;
      }
    } catch (error) {
      reject(notOpened(start, error));
    }
  });
}

const WORDS = { exec: 'the command', shell: 'a shell', subsystem: 'the subsystem' } as const;

function notOpened({ kind }: Start, cause: unknown): HoopError {
  return new HoopError('ssh.closed', `the server did not start ${WORDS[kind]}`, {
    cause,
    hint: 'try again; if it goes on, look into the log of the server',
  });
}

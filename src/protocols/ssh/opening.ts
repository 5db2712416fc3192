import type { Client, ClientChannel, PseudoTtyInfo } from 'ssh2';
import type { Cleared } from '../../core/brand.ts';
import { HoopError } from '../../core/errors.ts';
import { exitOf } from './exit.ts';
import type { Extra } from './lending/extras.ts';
import { asked, openSession, sayVariables } from './ssh2-channels.ts';

/** What a client wants to have run on a channel. */
export type Start =
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'shell' }
  | { readonly kind: 'subsystem'; readonly name: string };

/** Something of the client's that a program is lent. */
export interface Offer {
  readonly extra: Extra;
  /** The target has said whether it takes it. */
  answered(agreed: boolean): void;
}

export interface Opening {
  readonly start: Start;
  /** What was cleared: of a command, the command line. */
  readonly bytes: Cleared<Buffer>;
  readonly terminal: PseudoTtyInfo | null;
  readonly variables: ReadonlyMap<string, string>;
  readonly offers: readonly Offer[];
}

/** Has a program run on the target. @throws HoopError `ssh.closed` when the server does not */
export async function openProgram(client: Client, opening: Opening): Promise<ClientChannel> {
  const { start, terminal, variables, offers } = opening;
  const channel = await opened(client).catch((error: unknown) => {
    throw notOpened(start, error);
  });
  sayVariables(channel, variables);
  if (terminal === null || (await hasTerminal(channel, terminal))) {
    // None of them is waited for: what comes next is answered behind them.
    for (const offer of offers) void offered(channel, offer);
    if (await started(channel, opening)) return channel;
  }
  channel.close();
  throw notOpened(start, null);
}

function opened(client: Client): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    openSession(client, (error, channel) => {
      if (error !== undefined) return reject(error);
      // It closes the channel, too, and that is noticed.
      channel.on('error', () => undefined);
      void exitOf(channel);
      resolve(channel);
    });
  });
}

function hasTerminal(channel: ClientChannel, terminal: PseudoTtyInfo): Promise<boolean> {
  const { rows, cols, height, width, term, modes } = terminal;
  return asked(channel, (wire, id, reply) => wire.pty(id, rows, cols, height, width, term, modes, reply));
}

async function offered(channel: ClientChannel, offer: Offer): Promise<void> {
  const { extra } = offer;
  const agreed = await asked(channel, (wire, id, reply) => {
    if (extra.kind === 'agent') wire.openssh_agentForward(id, reply);
    else wire.x11Forward(id, { ...extra.screen, cookie: extra.screen.cookie.reveal() }, reply);
  });
  offer.answered(agreed);
}

function started(channel: ClientChannel, { start, bytes }: Opening): Promise<boolean> {
  return asked(channel, (wire, id, reply) => {
    switch (start.kind) {
      case 'exec':
        return wire.exec(id, bytes, reply);
      case 'shell':
        return wire.shell(id, reply);
      case 'subsystem':
        return wire.subsystem(id, start.name, reply);
    }
  });
}

const AGAIN = 'try again; if it goes on, look into the log of the server';
const HINTS = {
  exec: AGAIN,
  shell: AGAIN,
  subsystem: 'check that its sshd_config has a Subsystem of that name',
} as const;

const WORDS = { exec: 'the command', shell: 'a shell', subsystem: 'the subsystem' } as const;

function notOpened({ kind }: Start, cause: unknown): HoopError {
  return new HoopError('ssh.closed', `the server did not start ${WORDS[kind]}`, { cause, hint: HINTS[kind] });
}

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Connection, ServerChannel, Session } from 'ssh2';
import { LIMITS } from '../../src/core/limits.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Target } from '../../src/core/target.ts';
import { doorKeys } from '../../src/protocols/ssh/door-keys.ts';
import { Server } from '../../src/protocols/ssh/library.ts';
import { fingerprintOf } from '../../src/protocols/ssh/openssh-key.ts';

/** A server that lets everybody in, and does what the test says. */
export interface HostileServer {
  /** How hoopctl reaches it. */
  readonly target: Target;
  /** Connections of hoopctl's, in their order. */
  readonly connections: readonly Connection[];
  stop(): Promise<void>;
}

/** `run`: called with the channel on which a command is to run; `attend`: with each session before. */
export async function startHostileServer(
  run: (channel: ServerChannel, connection: Connection, command: string) => void,
  attend: (session: Session, connection: Connection) => void = () => undefined,
): Promise<HostileServer> {
  const { client: key, host } = doorKeys({ user: '', secret: new Secret('of a hostile server') });
  const connections: Connection[] = [];
  const server = new Server({ hostKeys: [host.privateText] }, (connection) => {
    connections.push(connection);
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => context.accept());
    connection.on('session', (accept) => {
      const session = accept();
      session.on('pty', (agree) => void agree?.());
      attend(session, connection);
      session.on('exec', (start, _reject, { command }) => {
        const channel = start();
        channel.on('error', () => undefined);
        run(channel, connection, command);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    connections,
    target: {
      name: 'web-1',
      protocol: 'ssh',
      host: '127.0.0.1',
      port,
      database: '',
      user: 'deploy',
      password: null,
      tls: { mode: 'disable', ca: null, certificate: null },
      limits: LIMITS,
      ssh: {
        key: new Secret(key.privateText),
        passphrase: null,
        certificate: null,
        agent: null,
        hostKeys: { kind: 'pinned', fingerprints: [fingerprintOf(host.blob)], authorities: [] },
      },
    },
    stop: async () => {
      for (const connection of connections) connection.end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

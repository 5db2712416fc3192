import type { Client } from 'pg';
import { HoopError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';

/** Where and as whom to connect. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
  readonly database: string;
}

/** An ordinary PostgreSQL driver, connected. @throws HoopError `local.server` when it is not installed */
export async function connectDriver(login: Login): Promise<Client> {
  const driver = await import('pg').catch((cause: unknown) => {
    throw new HoopError('local.server', 'the PostgreSQL driver that the demo uses is not installed', {
      cause,
      hint: 'npm install --include=optional',
    });
  });
  const { host, port, user, password, database } = login;
  const client = new driver.default.Client({ host, port, user, password: password.reveal(), database });
  // A connection that the server drops is noticed by the next query.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverAccount, type ServerVersion } from '../../postgres/binaries.ts';
import { type Server, startServer } from '../../postgres/server.ts';
import { roles, schema } from './policies.ts';

/** A server with the database that attacks and legitimate statements run against. */
export async function startStage(version: ServerVersion): Promise<Server> {
  const server = await startServer({ version });
  writeFileSync(join(server.directory, 'canary'), 'CANARY-9f31c6\n', { mode: 0o644 });
  writeFileSync(join(server.directory, 'rows'), '9\tforged\n', { mode: 0o644 });
  const tablespace = join(server.directory, 'tablespace');
  mkdirSync(tablespace);
  chmodSync(tablespace, 0o700);
  const account = serverAccount();
  if (account !== null) chownSync(tablespace, account.uid, account.gid);
  await server.admin('postgres', ...roles, 'create database app_template');
  await server.admin('app_template', ...schema);
  return server;
}

export function removeStolen(server: Server): void {
  rmSync(join(server.directory, 'data', 'stolen'), { force: true });
}

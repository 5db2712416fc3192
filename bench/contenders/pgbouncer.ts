import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/postgres/server.ts';
import type { Endpoint } from '../endpoint.ts';
import { listening } from '../workspace.ts';
import type { Contender } from './contender.ts';

export const pgbouncer: Contender = {
  name: 'pgbouncer',
  title: 'pgbouncer, `pool_mode=session`, default buffers, SCRAM on both sides',
  missing: (programs) => (programs.pgbouncer === null ? 'pgbouncer' : null),
  async start(workspace, programs, target) {
    const directory = workspace.place('pgbouncer', true);
    const port = await freePort();
    const write = (name: string, text: string): string => {
      const path = join(directory, name);
      writeFileSync(path, text, { mode: 0o600 });
      workspace.give(path);
      return path;
    };
    const users = write('users.txt', `"${target.user}" "${target.verifier}"\n`);
    const path = write('pgbouncer.ini', configuration(target, port, users));
    const process = workspace.spawn(programs.pgbouncer ?? '', [path], { cwd: directory, unprivileged: true });
    await listening(port, process, 'pgbouncer');
    return { endpoint: { ...target, port }, process, close: () => process.stop() };
  },
};

/** The pool holds every client of every workload: none is to wait for another. */
function configuration(target: Endpoint, port: number, users: string): string {
  return `[databases]
${target.database} = host=${target.host} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = session
default_pool_size = 100
server_tls_sslmode = disable
`;
}

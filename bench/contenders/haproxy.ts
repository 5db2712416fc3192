import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/postgres/server.ts';
import type { Endpoint } from '../endpoint.ts';
import { listening } from '../workspace.ts';
import type { Contender } from './contender.ts';

function haproxyWith(name: string, title: string, options: readonly string[]): Contender {
  return {
    name,
    title,
    missing: (programs) => (programs.haproxy === null ? 'haproxy' : null),
    async start(workspace, programs, target) {
      const port = await freePort();
      const path = join(workspace.place(name), 'haproxy.cfg');
      writeFileSync(path, configuration(target, port, options));
      // In the foreground, as one process.
      const process = workspace.spawn(programs.haproxy ?? '', ['-db', '-f', path]);
      await listening(port, process, 'haproxy');
      return { endpoint: { ...target, port }, process, close: () => process.stop() };
    },
  };
}

export const haproxy = haproxyWith('haproxy', 'haproxy, `mode tcp`', []);
export const haproxySplice = haproxyWith('haproxy-splice', 'haproxy, `mode tcp`, `option splice-auto`', [
  'option splice-auto',
]);

function configuration(target: Endpoint, port: number, options: readonly string[]): string {
  return `defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen postgres
  bind 127.0.0.1:${port}
${options.map((option) => `  ${option}\n`).join('')}  server one ${target.host}:${target.port}
`;
}

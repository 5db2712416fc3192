import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { serverVersions } from './binaries.ts';
import { type Authentication, startServer } from './server.ts';

describe.each(serverVersions())('a PostgreSQL %i of the tests', (version) => {
  it('runs, keeps a log of statements by user, and answers the administrator', async () => {
    const server = await startServer({ version });
    try {
      const mark = server.log.mark();
      expect(await server.admin('postgres', 'select 7 as n')).toEqual([{ n: 7 }]);
      const client = new pg.Client({ ...config(server), database: 'postgres' });
      await client.connect();
      await client.query("select 'two\nlines'");
      await client.query('select $1::int', [4]);
      await client.end();
      expect(server.log.statementsOf('guarded', mark)).toEqual(["select 'two\nlines'", 'select $1::int']);
    } finally {
      await server.stop();
    }
  });
});

describe.each<Authentication>(['password', 'md5', 'scram-sha-256', 'cert'])(
  'authentication by %s',
  (authentication) => {
    it('lets in who shows it and nobody else', async () => {
      const server = await startServer({ authentication, tls: authentication === 'cert' ? 'required' : 'off' });
      try {
        const files = server.certificates;
        const ca = files === null ? null : readFileSync(files.authority, 'utf8');
        const good =
          files === null
            ? { ...config(server), password: server.password }
            : {
                ...config(server),
                ssl: {
                  ca,
                  cert: readFileSync(files.clientCertificate, 'utf8'),
                  key: readFileSync(files.clientKey, 'utf8'),
                },
              };
        const bad = files === null ? { ...config(server), password: 'wrong' } : { ...config(server), ssl: { ca } };
        const client = new pg.Client(good as pg.ClientConfig);
        await client.connect();
        await client.end();
        const stranger = new pg.Client(bad as pg.ClientConfig);
        await expect(stranger.connect()).rejects.toThrow();
        await stranger.end();
      } finally {
        await server.stop();
      }
    });
  },
);

function config(server: { host: string; port: number; user: string }): pg.ClientConfig {
  return { host: server.host, port: server.port, user: server.user, database: 'postgres' };
}

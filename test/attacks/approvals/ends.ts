import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../eventually.ts';
import { clientBinaries, type ServerVersion } from '../../postgres/binaries.ts';
import { hoopctl } from '../../postgres/door.ts';
import { fieldsOf } from '../../postgres/frames.ts';
import type { Server } from '../../postgres/server.ts';
import { ASKS, frames, POLICIES, serverWithTables, shapeOf, Stage } from './stage.ts';

const psql = join(clientBinaries() ?? '/usr/bin', 'psql');
const TEXT = 'delete from app.items where id = 201';

/** How what is held ends other than by an answer. */
export function endings(version: ServerVersion): void {
  describe(`PostgreSQL ${version}: what is held`, () => {
    let server: Server;
    let stage: Stage;

    beforeAll(async () => {
      server = await serverWithTables(version);
    });

    async function open(policies: Readonly<Record<string, unknown>> = POLICIES): Promise<void> {
      stage = await Stage.before(server, policies);
    }

    afterEach(() => stage.close());
    afterAll(() => server.stop());

    function client(text: string): {
      readonly child: ChildProcess;
      readonly said: () => string;
      readonly closed: Promise<unknown>;
    } {
      const child = spawn(psql, ['-X', '-c', text, '-c', 'select 40 + 2 as answer'], {
        env: { ...stage.door.env('asks'), PATH: process.env['PATH'] },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
      return { child, said: () => said, closed: once(child, 'close') };
    }

    it('by psql runs when somebody approves in another terminal, and not when somebody denies there', async () => {
      await open();
      const mark = stage.mark();
      const { environment } = stage.door;
      for (const answer of ['approve', 'deny'] as const) {
        const { said, closed } = client(TEXT);
        await eventually(() => said().includes('held for approval'));
        const id = /request (\w{8})$/m.exec(said())?.[1] ?? '';
        expect((await hoopctl(environment, 'requests', 'list')).stdout).toContain(id);
        const more = answer === 'deny' ? ['--reason', 'once is enough'] : [];
        expect(await hoopctl(environment, answer, id, ...more)).toMatchObject({ code: 0 });
        await closed;
        expect(said()).toContain(answer === 'approve' ? 'DELETE 1' : 'ERROR:  a person denied this statement: once is');
        expect(said()).toContain('42');
        expect(await hoopctl(environment, 'approve', id)).toMatchObject({ code: 6 });
      }
      expect(stage.ran(mark)).toEqual([TEXT]);
    });

    it.each(['SIGINT', 'SIGKILL'] as const)('by psql is not sent when psql gets a %s', async (signal) => {
      await open();
      const mark = stage.mark();
      const { child, said, closed } = client(TEXT);
      await eventually(() => said().includes('held for approval'));
      const [request] = await stage.waiting();
      if (request === undefined) throw new Error('nothing waits');
      child.kill(signal);
      await eventually(async () => (await stage.waiting()).length === 0);
      expect(await stage.approve(request)).toMatchObject({ accepted: false });
      await closed;
      if (signal === 'SIGINT') expect(said()).toContain('canceling statement due to user request');
      expect(stage.ran(mark)).toEqual([]);
    });

    it('ends with the session, and is never sent', async () => {
      await open();
      const mark = stage.mark();
      const one = await stage.client();
      one.send(frames.query(TEXT));
      const request = await stage.held(one);
      stage.door.kill('SIGTERM');
      await stage.door.exit;
      await one.until('');
      expect(await stage.approve(request)).toMatchObject({ accepted: false });
      expect([one.closed, stage.ran(mark)]).toEqual([true, []]);
      const { code, stdout } = await hoopctl(stage.door.environment, 'sessions', 'verify');
      expect([code, stdout]).toEqual([0, expect.not.stringContaining('damaged')]);
    });

    it('ends with a hoopctl that is killed, whose socket is taken away by who comes next', async () => {
      await open();
      const mark = stage.mark();
      const one = await stage.client();
      one.send(frames.query(TEXT));
      const request = await stage.held(one);
      stage.door.kill('SIGKILL');
      await stage.door.exit;
      expect(await stage.waiting()).toEqual([]);
      expect(await stage.approve(request)).toMatchObject({ accepted: false });
      expect(stage.ran(mark)).toEqual([]);
    });

    it('is not sent when the policies were changed meanwhile, and nothing is asked under the old ones any more', async () => {
      await open();
      const mark = stage.mark();
      const one = await stage.client();
      one.send(frames.query(TEXT));
      const request = await stage.held(one);
      const { configuration } = stage.door;
      const before = readFileSync(configuration, 'utf8');
      writeFileSync(configuration, before.replaceAll('"write"', '"ddl"'));
      await stage.approve(request);
      const [error] = (await one.until('Z')).filter(({ type }) => type === 'E');
      expect(error && fieldsOf(error)['M']).toContain('or the policies, have changed');
      for (const text of ['not: [yaml', '']) {
        writeFileSync(configuration, text);
        expect(shapeOf(await one.query(TEXT))).toBe('E42501 ZI');
      }
      expect(stage.ran(mark)).toEqual([]);
      writeFileSync(configuration, `${before}\n# a remark changes nothing\n`);
      one.send(frames.query(TEXT));
      await stage.approve(await stage.held(one));
      expect(shapeOf(await one.until('Z'))).toBe('C ZI');
    });

    it('ends when the server dies, and the client hears of it', async () => {
      await open();
      const count = await stage.count();
      const one = await stage.client();
      one.send(frames.query(TEXT));
      const request = await stage.held(one);
      await stage.server.halt('immediate');
      await eventually(async () => (await stage.waiting()).length === 0);
      await one.until('');
      expect([one.closed, await stage.approve(request)]).toEqual([true, expect.objectContaining({ accepted: false })]);
      await stage.server.resume();
      expect(await stage.count()).toBe(count);
    });

    it('ends when the target ends a transaction that idles', async () => {
      await open();
      const one = await stage.client();
      const count = await stage.count();
      await one.query("set idle_in_transaction_session_timeout to '3s'");
      await one.query('begin');
      one.send(frames.query(TEXT));
      const request = await stage.held(one);
      await eventually(async () => (await stage.waiting()).length === 0);
      const last = (await one.until('')).filter(({ type }) => type === 'E');
      expect(last.map((error) => fieldsOf(error)['C'])).toEqual(['25P03']);
      expect(await stage.approve(request)).toMatchObject({ accepted: false });
      expect(await stage.count()).toBe(count);
    });

    it('may wait longer than a session may idle', async () => {
      await open({ asks: { ...ASKS, session: { ttl: '10m', idle: '3s' } } });
      const one = await stage.client();
      one.send(frames.query(TEXT));
      const request = await stage.held(one);
      const since = performance.now();
      await eventually(() => performance.now() - since > 4500);
      expect(await stage.approve(request)).toMatchObject({ accepted: true });
      expect(shapeOf(await one.until('Z'))).toBe('C ZI');
    });
  });
}

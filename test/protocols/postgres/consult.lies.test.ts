import { describe, expect, it } from 'vitest';
import { type Limits, LIMITS } from '../../../src/core/limits.ts';
import { consult } from '../../../src/protocols/postgres/catalog/consult.ts';
import { FINGERPRINT } from './catalog-answers.ts';
import { fakeServer, GREETING, type Peer } from './fake-server.ts';
import { fake } from './login.ts';
import { column, message, server as say } from './messages.ts';

/** What reading the catalog over a connection of its own comes to, with a server that answers like this. */
async function consulted(answer: (peer: Peer) => unknown, limits: Partial<Limits> = {}): Promise<unknown> {
  const server = await fakeServer(async (peer) => {
    await peer.startup();
    peer.send(...GREETING);
    for (;;) {
      await peer.next();
      await answer(peer);
    }
  });
  const target = fake(server.port, { limits: { ...LIMITS, ...limits } });
  const consultation = await consult(target, AbortSignal.any([]));
  try {
    return await consultation.catalog.read([]);
  } catch (error) {
    return error;
  } finally {
    consultation.close();
    await server.close();
  }
}

describe('a server that is asked for its catalog by the command line', () => {
  it('and is honest is believed', async () => {
    const rows = [FINGERPRINT, []].values();
    const honest = (peer: Peer): void => {
      const { value } = rows.next();
      const row = value === undefined || Array.isArray(value) ? [] : [say.row(JSON.stringify(value))];
      peer.send(say.columns(column('a')), ...row, say.complete('SELECT'), say.ready());
    };
    expect(await consulted(honest)).toMatchObject({ database: 'app', relations: [] });
  });

  it.each<[string, string, (peer: Peer) => unknown, Partial<Limits>?]>([
    ['says nothing', 'wire.deadline', () => undefined, { catalogWait: 100 }],
    [
      'does not stop',
      'wire.limit',
      (peer) => peer.send(...Array<Buffer>(40).fill(say.row('x'.repeat(32_768)))),
      { catalogSize: 1024 * 1024 },
    ],
    [
      'talks of something else and does not stop',
      'wire.limit',
      (peer) => peer.send(...Array<Buffer>(40).fill(say.notice('x'.repeat(32_768)))),
      { catalogSize: 1024 * 1024 },
    ],
    ['announces 2 GB', 'wire.limit', (peer) => peer.send(Buffer.from('447fffffff', 'hex'))],
    ['announces less than nothing', 'postgres.protocol', (peer) => peer.send(Buffer.from('44ffffffff', 'hex'))],
    ['closes', 'postgres.closed', (peer) => void peer.socket.destroy()],
    ['closes in the middle', 'postgres.closed', (peer) => (peer.send(say.row('x').subarray(0, 8)), peer.socket.end())],
    ['refuses', 'postgres.catalog', (peer) => peer.send(say.error('\u001B[2J'), say.ready())],
    ['gives nonsense', 'postgres.catalog', (peer) => peer.send(say.row('}{'), say.ready())],
    ['gives what is no row', 'postgres.catalog', (peer) => peer.send(message('D'), say.ready())],
    ['gives nothing', 'postgres.catalog', (peer) => peer.send(say.ready())],
  ])('and %s is given up: %s', async (_what, code, answer, limits) => {
    const error = await consulted(answer, limits);
    expect(error).toMatchObject({ code });
    expect(String((error as Error).message)).not.toContain('\u001B');
  });
});

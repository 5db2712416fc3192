import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/core/limits.ts';
import { eventually } from '../../eventually.ts';
import { serverVersions } from '../../postgres/binaries.ts';
import { frames, startupPacket } from '../../postgres/frames.ts';
import { dial } from '../../postgres/wire-client.ts';
import { types, value, sqlstate, refusedWith, request, SSL, GSSENC, knock } from './knocking.ts';
import { Scene } from './scene.ts';

describe.each(serverVersions())('a connection to PostgreSQL %i that comes to the door', (version) => {
  const scene = new Scene({ version, authentication: 'scram-sha-256' });

  describe('at the door', () => {
    it.each(['protocol 3.0', 'protocol 3.2'])(
      'is let in with the secret, in %s, under the target’s own user',
      async (name) => {
        const client = await scene.connect({ protocol: name === 'protocol 3.0' ? 196608 : 196610 });
        expect(value(await client.query('select current_user'))).toBe(scene.server.user);
        expect(client.key?.secret.length).toBe(name === 'protocol 3.0' ? 4 : 32);
        expect(client.parameters.get('standard_conforming_strings')).toBe('on');
        expect(client.messages.filter((message) => message.type === 'v')).toEqual([]);
      },
    );

    it.each([
      ['a wrong password', { password: 'wrong' }],
      ['no password', { password: '' }],
      ['the target’s own password', { password: 'correct horse battery staple' }],
      ['another user', { user: 'somebody' }],
      ['the target’s own user', { user: 'guarded' }],
    ])('turns away %s before the target hears of it', async (_what, more) => {
      const mark = scene.server.log.mark();
      await expect(scene.door.connect(more)).rejects.toEqual(refusedWith('28P01'));
      expect(scene.server.log.since(mark)).toEqual([]);
    });

    it('leads to one database only, and says which once the secret is shown', async () => {
      await expect(scene.door.connect({ database: 'template1' })).rejects.toMatchObject({
        fields: { C: '3D000', H: expect.stringContaining('"postgres"') as unknown },
      });
      await expect(scene.door.connect({ database: 'template1', password: 'wrong' })).rejects.toEqual(
        refusedWith('28P01'),
      );
    });

    it.each(['options', 'search_path', 'role', 'session_authorization', 'REPLICATION'])(
      'refuses the start-up parameter %s before it asks for a password (R20)',
      async (name) => {
        const client = await dial('127.0.0.1', scene.door.options.port);
        client.send(startupPacket({ user: 'visitor', database: 'postgres', [name]: 'database' }));
        const answer = await client.until('Z');
        expect([types(answer), sqlstate(answer)]).toEqual(['E', '42501']);
      },
    );

    it('hands on the settings it lets through, and its own', async () => {
      const parameters = { application_name: 'my app', TimeZone: 'Europe/Berlin', client_encoding: 'SQL_ASCII' };
      const client = await scene.connect({ parameters });
      const seen = await client.query(
        "select concat_ws(' ', current_setting('application_name'), current_setting('timezone'), current_setting('client_encoding'))",
      );
      expect(value(seen)).toBe('my app Europe/Berlin UTF8');
    });

    it('makes the server read-only where the policy is', async () => {
      await scene.withDoor({ readOnly: true }, async (own) => {
        const client = await own.connect();
        expect(sqlstate(await client.query('create table nope ()'))).toBe('25006');
        client.destroy();
      });
    });

    it.each([
      ['3.9999', 196608 + 9999, {}, 196610, []],
      ['3.0 with options', 196608, { '_pq_.new': 'x' }, 196608, ['_pq_.new']],
      ['3.2 with options', 196610, { '_pq_.a': 'x', '_pq_.b': 'y' }, 196610, ['_pq_.a', '_pq_.b']],
    ])('negotiates down from protocol %s', async (_what, protocol, parameters, spoken, options) => {
      const client = await scene.connect({ protocol, parameters });
      const [negotiation] = client.messages;
      expect(negotiation?.type).toBe('v');
      expect(negotiation?.body.readInt32BE(0)).toBe(spoken);
      expect(negotiation?.body.toString('utf8', 8).split('\0').slice(0, -1)).toEqual(options);
      expect(value(await client.query('select 1'))).toBe('1');
    });

    it('says no to encryption it does not have, and goes on in plain', async () => {
      const client = scene.keep(await dial('127.0.0.1', scene.door.options.port));
      const answers: Buffer[] = [];
      const listen = (chunk: Buffer): void => void answers.push(chunk);
      client.socket.removeAllListeners('data').on('data', listen);
      client.socket.write(GSSENC);
      await eventually(
        () => Buffer.concat(answers).toString(),
        (heard) => heard === 'N',
      );
      client.socket.write(SSL);
      await eventually(
        () => Buffer.concat(answers).toString(),
        (heard) => heard === 'NN',
      );
      client.socket.write(startupPacket({ user: 'visitor', database: 'postgres' }));
      await eventually(
        () => Buffer.concat(answers).toString('latin1'),
        (heard) => heard.includes('SCRAM-SHA-256'),
      );
    });

    it.each([
      ['SSLRequest and a start-up packet at once', [SSL, startupPacket({ user: 'visitor' })]],
      ['GSSENCRequest and a start-up packet at once', [GSSENC, startupPacket({ user: 'visitor' })]],
      ['SSLRequest twice at once', [SSL, SSL]],
      ['SSLRequest with a byte behind it', [SSL, Buffer.from('x')]],
    ])('drops who sends bytes before encryption is agreed on: %s (R19)', async (_what, parts) => {
      const heard = await knock(scene.door, Buffer.concat(parts));
      expect(heard.toString('latin1')).not.toContain('SCRAM');
      expect(heard.toString('latin1')).toContain('before encryption was agreed on');
    });

    it.each([
      ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')],
      ['HTTP POST', Buffer.from('POST /query HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello')],
      ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
      ['TLS without a request', Buffer.from('160301020001000200', 'hex')],
      ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n')],
      ['MySQL', Buffer.from('4a0000010a382e302e3336', 'hex')],
      ['a packet of 2 GB', Buffer.from('7fffffff00030000', 'hex')],
      ['a packet of negative length', Buffer.from('ffffffff00030000', 'hex')],
      ['a packet too short for its code', Buffer.from('0000000400030000', 'hex')],
      ['a packet of 10 001 bytes', Buffer.concat([Buffer.from('0000271100030000', 'hex'), Buffer.alloc(100)])],
      ['protocol 2.0', startupPacket({ user: 'visitor' }, 131072)],
      ['the same parameter twice', request(196608, Buffer.from('user\0a\0user\0b\0\0'))],
    ])('drops %s at once, with a message that quotes nothing (R14)', async (_what, bytes) => {
      const started = performance.now();
      const heard = (await knock(scene.door, bytes)).toString('latin1');
      // Not when the time to log in is over.
      expect(performance.now() - started).toBeLessThan(LIMITS.login);
      expect(heard).toContain('FATAL');
      expect(heard).not.toMatch(/GET|POST|Host|SSH|SCRAM/);
    });

    it('drops a TLS client that did not ask first', async () => {
      const socket = connectTls({ host: '127.0.0.1', port: scene.door.options.port, rejectUnauthorized: false });
      await expect(
        new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject)),
      ).rejects.toThrow();
    });

    it.each([
      ['a query instead of its proof', frames.query('select 1')],
      ['another mechanism', frames.raw('p', Buffer.from('PLAIN\0\0\0\0\0'))],
      ['a mechanism with channel binding', frames.raw('p', Buffer.from('SCRAM-SHA-256-PLUS\0\0\0\0\0'))],
      ['a length that is too long', frames.raw('p', Buffer.from('SCRAM-SHA-256\0\0\0\0\u00ffn,,n=,r=a'))],
      ['a length of -1', frames.raw('p', Buffer.from('SCRAM-SHA-256\0\xff\xff\xff\xff', 'latin1'))],
      ['its password in clear', frames.raw('p', Buffer.from('a secret of this session only\0'))],
      ['a message of 2 GB', Buffer.from('707fffffff', 'hex')],
      ['nothing more', frames.terminate()],
    ])('does not let in who answers with %s', async (_what, answer) => {
      const heard = await knock(scene.door, startupPacket({ user: 'visitor', database: 'postgres' }), answer);
      expect(heard.toString('latin1')).not.toContain('v=');
      expect(heard.at(-1)).not.toBe('I'.charCodeAt(0));
      expect(heard.toString('latin1')).toContain('FATAL');
    });

    it('does not wait for who is too slow to log in (R15)', async () => {
      await scene.withDoor({ limits: { login: 100 } }, async (own) => {
        const packet = startupPacket({ user: 'visitor', database: 'postgres' });
        for (const part of [Buffer.alloc(0), packet.subarray(0, 7), packet]) {
          const started = performance.now();
          await knock(own, part);
          expect(performance.now() - started).toBeLessThan(LIMITS.login);
        }
        const dripping = await dial('127.0.0.1', own.options.port);
        const drip = setInterval(() => dripping.send(Buffer.from([0])), 10);
        await eventually(() => dripping.closed, Boolean);
        clearInterval(drip);
        expect(await Promise.all(own.ends)).toEqual(Array(4).fill(expect.objectContaining({ cause: 'protocol' })));
        expect(own.guards).toEqual([]);
      });
    });
  });
});

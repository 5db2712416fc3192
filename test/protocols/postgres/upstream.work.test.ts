import type * as crypto from 'node:crypto';
import { pbkdf2 } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { login } from '../../../src/protocols/postgres/upstream.ts';
import { startServer } from '../../postgres/server.ts';
import { targetOf } from './scripted.ts';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, pbkdf2: vi.fn<typeof real.pbkdf2>(real.pbkdf2) };
});

it('derives the key of a target’s password once for as many logins as there are', async () => {
  const server = await startServer({ authentication: 'scram-sha-256' });
  try {
    const target = targetOf(server);
    for (let time = 0; time < 3; time += 1) {
      const upstream = await login(target, new Map(), AbortSignal.timeout(10_000));
      expect(upstream.authentication).toBe('scram-sha-256');
      upstream.socket.destroy();
    }
    expect(vi.mocked(pbkdf2)).toHaveBeenCalledTimes(1);
  } finally {
    await server.stop();
  }
});

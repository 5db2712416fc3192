import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { LIMITS } from '../../../src/core/limits.ts';
import { against } from './login.ts';
import { LOGIN_STEPS } from './login-steps.ts';
import { server as say } from './messages.ts';

const SHORT = { ...LIMITS, connect: 150 };

describe.each(LOGIN_STEPS)('a server that stops after $after', ({ after, play, tls }) => {
  // Where nothing was said, or TLS was being set up, that is what fails.
  const closing = after === 'nothing' ? /closed|unreachable/ : tls === undefined ? /closed/ : /closed|tls/;
  const target = { limits: SHORT, ...(tls === undefined ? {} : { tls }) };

  it('and says nothing more is waited for as long as the limit says, and left', async () => {
    const { outcome, seen } = await against(async (peer) => {
      await play(peer);
      await peer.rest();
      return 'left';
    }, target);
    expect(outcome).toMatchObject({
      code: 'postgres.unreachable',
      message: 'reaching target pg-test took longer than 0.15 s',
    });
    expect(seen).toBe('left');
  });

  it.each(['closes', 'resets'])('and %s the connection is said to have closed it', async (how) => {
    const { outcome } = await against(
      async (peer) => {
        await play(peer);
        if (how === 'resets') peer.socket.resetAndDestroy();
      },
      { ...target, limits: { ...LIMITS, connect: 5000 } },
    );
    expect(outcome).toMatchObject({ code: expect.stringMatching(closing) as unknown });
  });

  it('and says no is believed, but its words are not repeated (R18)', async () => {
    const { outcome } = await against(async (peer) => {
      await play(peer);
      peer.send(say.error('57P03', 'the secrets of the database', 'FATAL'));
      await peer.rest();
    }, target);
    expect(outcome).toBeInstanceOf(HoopError);
    expect(inspect(outcome, { depth: 10 })).not.toContain('secrets');
  });
});

import { inspect } from 'node:util';
import { expect } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import type { Target, TargetTls } from '../../../src/core/target.ts';
import { login, type Upstream } from '../../../src/protocols/postgres/upstream.ts';
import { fakeServer, type Peer } from './fake-server.ts';
import { targetOf } from './scripted.ts';

export const PASSWORD = 'correct horse battery staple';

export const tls = (
  mode: TargetTls['mode'],
  ca: string | null = null,
  certificate: TargetTls['certificate'] = null,
): TargetTls => ({
  mode,
  ca,
  certificate,
});

export function fake(port: number, more: Partial<Target> = {}): Target {
  return targetOf({ port, user: 'app', password: PASSWORD }, more);
}

export async function attempt(target: Target): Promise<Upstream | HoopError> {
  try {
    const upstream = await login(target, new Map([['client_encoding', 'UTF8']]), AbortSignal.timeout(10_000));
    upstream.socket.destroy();
    return upstream;
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    // Whatever went wrong: nothing of the credential is in it, however it is printed.
    const printed = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + String(error.stack);
    expect(printed).not.toContain(PASSWORD);
    return error;
  }
}

export async function failure(target: Target): Promise<HoopError> {
  const outcome = await attempt(target);
  if (!(outcome instanceof HoopError)) throw new Error('the login succeeded');
  return outcome;
}

/** Runs a login against a server that says what the script says, and gives its failure (or success). */
export async function against(
  script: (peer: Peer) => Promise<unknown>,
  more: Partial<Target> = {},
): Promise<{ outcome: Upstream | HoopError; seen: unknown }> {
  const server = await fakeServer(script);
  try {
    const outcome = await attempt(fake(server.port, more));
    return { outcome, seen: await server.outcomes[0] };
  } finally {
    await server.close();
  }
}

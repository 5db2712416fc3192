import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import type { Profiles } from '../../../src/core/profile.ts';
import type { Provider } from '../../../src/core/provider.ts';
import { confirmedLogin } from '../../../src/identity/confirmed.ts';
import { openProfiles } from '../../../src/identity/profiles.ts';
import { openProvider } from '../../../src/identity/provider.ts';
import { openSecretStore } from '../../../src/local/secrets/store.ts';
import { eventually } from '../../eventually.ts';
import { confirmCode } from '../provider/pages.ts';
import { RealProvider } from '../provider/real.ts';

const SHARER = fileURLToPath(new URL('sharer.ts', import.meta.url));
const { signal } = new AbortController();

/** A process that shares the login. */
class Sharer {
  readonly said: string[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exit: Promise<unknown>;

  constructor(state: string, { settings }: Provider) {
    this.#child = spawn(process.execPath, [SHARER, JSON.stringify({ state, settings })], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.said.push(line));
    this.#exit = once(this.#child, 'close');
  }

  async finish(): Promise<readonly string[]> {
    this.#child.stdin.end();
    await this.#exit;
    return this.said;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }
}

let real: RealProvider;
let state: string;
let provider: Provider;
let profiles: Profiles;
let sharers: Sharer[];

beforeEach(async () => {
  real = await RealProvider.start();
  state = await mkdtemp(join(tmpdir(), 'hoopctl-shared-'));
  provider = openProvider(real.settings({ recheck: 400 }), { clock: systemClock });
  profiles = openProfiles({ state, secrets: openSecretStore({ kind: 'login', state, env: {}, home: state }) });
  sharers = [];
  const tokens = await provider.loginByDevice({
    freshness: null,
    signal,
    prompt: ({ url, userCode }) => void confirmCode(url, userCode, 'ada'),
  });
  const confirmation = await provider.confirm(tokens, null, signal);
  await profiles.keep(confirmedLogin('default', provider.settings, { tokens, confirmation, said: Date.now() }), tokens);
});

afterEach(async () => {
  for (const sharer of sharers) await sharer.kill();
  await real.close();
  await rm(state, { recursive: true });
});

function share(): Sharer {
  const sharer = new Sharer(state, provider);
  sharers.push(sharer);
  return sharer;
}

const renewals = (): number => real.requests.filter((one) => one === '/token refresh_token').length;

describe('a provider that ends a login whose refresh token is sent twice', () => {
  it('ends none that five processes share through many renewals', async () => {
    const all = [share(), share(), share(), share(), share()];
    await eventually(() => all.every(({ said }) => said.includes('up')));
    const before = renewals();
    await eventually(() => renewals() >= before + 30, Boolean, 60_000);
    for (const said of await Promise.all(all.map((one) => one.finish()))) expect(said).toEqual(['up', 'over']);
    const profile = await profiles.read('default');
    expect(profile).toMatchObject({ spent: false, renewable: true });
    // It is alive still.
    if (profile !== null) await provider.refresh(await profiles.tokens(profile), signal);
  });

  it('does, which this test could not do without', async () => {
    const profile = await profiles.read('default');
    if (profile === null) throw new Error('nobody is logged in');
    const tokens = await profiles.tokens(profile);
    const fresh = await provider.refresh(tokens, signal);
    await expect(provider.refresh(tokens, signal)).rejects.toMatchObject({ code: 'identity.login' });
    await expect(provider.refresh(fresh, signal)).rejects.toMatchObject({ code: 'identity.login' });
  });

  it('ends it when a process is killed before its answer is there, and the others say what happened', async () => {
    const gate = Promise.withResolvers<void>();
    real.answers = gate.promise;
    const killed = share();
    await eventually(() => renewals() > 0);
    expect(await profiles.read('default')).toMatchObject({ spent: true });
    await killed.kill();
    real.answers = null;
    gate.resolve();
    // The lock died with it.
    const other = share();
    await eventually(() =>
      other.said.some((line) => line.includes('its answer to an earlier renewal was lost on the way')),
    );
  });

  it('lets it go on when a process is killed before the provider heard of it', async () => {
    const profile = await profiles.read('default');
    if (profile === null) throw new Error('nobody is logged in');
    await profiles.note({ ...profile, spent: true });
    const other = share();
    await eventually(async () => (await profiles.read('default'))?.spent === false);
    expect(await other.finish()).toEqual(['up', 'over']);
  });

  it('hears out a process that ends in the middle of a renewal', async () => {
    const gate = Promise.withResolvers<void>();
    real.answers = gate.promise;
    const ending = share();
    await eventually(() => renewals() > 0);
    const over = ending.finish();
    gate.resolve();
    real.answers = null;
    expect(await over).toEqual(['up', 'over']);
    const profile = await profiles.read('default');
    expect(profile).toMatchObject({ spent: false });
    if (profile !== null) await provider.refresh(await profiles.tokens(profile), signal);
  });
});

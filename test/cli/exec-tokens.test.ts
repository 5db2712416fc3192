import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { RealProvider, SERVICE_AUDIENCE, SERVICE_CLIENT } from '../identity/provider/real.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { lastLine, Place } from './command-line.ts';
import { logInAt } from './login/logged-in.ts';

const CANARY = 'canary-of-an-access-token-4711';

let server: Server;
let real: RealProvider;
let place: Place;

beforeAll(async () => {
  server = await startServer({ authentication: 'trust' });
  real = await RealProvider.start();
  place = new Place(`version: 1
identity:
  issuer: "${real.issuer}"
  client_id: hoopctl
  scopes: [openid, profile, email, groups, offline_access]
  recheck: 2s
  services: { nightly: { audience: "${SERVICE_AUDIENCE}", subject: ${SERVICE_CLIENT.id} } }
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, tls: disable, policy: [p] }
policies:
  p: { default: allow, session: { sandbox: optional } }
`);
});
afterAll(async () => {
  place?.remove();
  await real?.close();
  await server?.stop();
});

/** What it prints, and what is on record of that. */
async function shown(...command: readonly string[]): Promise<readonly [printed: string, recorded: string]> {
  const ran = await place.run('exec', '--target', 'pg', '--no-sandbox', '--', ...command);
  if (ran.code !== 0) throw new Error(ran.stderr);
  const id = /hoopctl replay (\S+)/.exec(lastLine(ran.stderr))?.[1] ?? '';
  return [ran.stdout, (await place.run('replay', '--text', id)).stdout];
}

async function serviceToken(): Promise<string> {
  const settings = real.settings({
    clientId: SERVICE_CLIENT.id,
    clientSecret: new Secret(SERVICE_CLIENT.secret),
    services: [{ name: 'nightly', issuer: real.issuer, audience: SERVICE_AUDIENCE, claims: [], groups: [] }],
  });
  const provider = openProvider(settings, { clock: systemClock });
  const { accessToken } = await provider.loginAsClient(new AbortController().signal);
  return accessToken?.reveal() ?? '';
}

describe('what a program prints of the tokens that hoopctl holds', () => {
  it('is neither shown nor recorded when they were given in a file', async () => {
    const token = await serviceToken();
    const file = join(place.directory, 'token');
    writeFileSync(file, token);
    place.env['HOOPCTL_TOKEN_FILE'] = file;
    const [printed, recorded] = await shown('cat', file);
    delete place.env['HOOPCTL_TOKEN_FILE'];
    expect(printed).toBe('[secret]');
    expect(recorded).not.toContain(token);
  });

  it('is neither shown nor recorded when they were given in a variable, each by itself', async () => {
    const token = await serviceToken();
    place.env['HOOPCTL_TOKEN'] = JSON.stringify({ id_token: token, access_token: CANARY });
    const [printed, recorded] = await shown('echo', token.slice(0, -1), token, CANARY);
    delete place.env['HOOPCTL_TOKEN'];
    expect(printed).toBe(`${token.slice(0, -1)} [secret] [secret]\n`);
    expect(recorded).not.toContain(CANARY);
  });

  it('is neither shown nor recorded of those that were renewed while it ran', async () => {
    await logInAt(place, real, 'ada', 'default');
    const kept = readdirSync(place.state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes('"refreshToken"'))
      .map((entry) => join(entry.parentPath, entry.name));
    expect(kept).toHaveLength(1);
    const [printed, recorded] = await shown(
      'sh',
      '-c',
      'old=$(cat "$0"); while test "$old" = "$(cat "$0")"; do sleep 0.1; done; cat "$0"',
      kept[0] ?? '',
    );
    const text = readFileSync(kept[0] ?? '', 'utf8');
    const { idToken, accessToken, refreshToken } = JSON.parse(text.slice(text.indexOf('{"version"'))) as Record<
      string,
      string
    >;
    for (const token of [idToken, accessToken, refreshToken]) {
      expect(token?.length).toBeGreaterThan(10);
      expect(printed).not.toContain(token);
      expect(recorded).not.toContain(token);
    }
    expect(printed.match(/\[secret\]/g)).toHaveLength(3);
  });
});

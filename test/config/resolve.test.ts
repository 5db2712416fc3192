import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../src/config/load.ts';
import { resolveTarget, secretSources } from '../../src/config/resolve.ts';
import { minimal } from './examples.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hoopctl-resolve-'));
});
afterEach(() => rm(directory, { recursive: true }));

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n';
const TLS = '    tls: { mode: verify-full, ca: ca.pem, cert: client.pem, key: client.key }';

function configOf(text: string): Config {
  return { path: join(directory, 'hoopctl.yaml'), ...parseConfig(text, 'hoopctl.yaml') };
}

const resolve = (config: Config, name = 'pg'): ReturnType<typeof resolveTarget> =>
  resolveTarget(
    config,
    name,
    secretSources(config, { PW: 'canary-1' }, directory, { get: () => Promise.resolve(null) }),
  );

async function certificates(key = KEY): Promise<void> {
  await writeFile(join(directory, 'ca.pem'), CERTIFICATE);
  await writeFile(join(directory, 'client.pem'), CERTIFICATE);
  await writeFile(join(directory, 'client.key'), key, { mode: 0o600 });
}

it('gives a target with its password and certificates fetched, from beside the file', async () => {
  await certificates();
  const target = await resolve(configOf(minimal({ target: `    password: { env: PW }\n${TLS}` })));
  expect(target).toMatchObject({ name: 'pg', protocol: 'postgres', host: 'localhost', port: 5432, user: 'me' });
  expect(target.password?.reveal()).toBe('canary-1');
  expect(target.tls).toMatchObject({ mode: 'verify-full', ca: CERTIFICATE, certificate: { cert: CERTIFICATE } });
  expect(target.tls.certificate?.key.reveal()).toBe(KEY);
  expect(JSON.stringify(target)).not.toMatch(/canary-1|PRIVATE KEY/u);
});

it('needs no password where none is named', async () => {
  expect((await resolve(configOf(minimal()))).password).toBeNull();
});

it('refuses a certificate or key that is missing, open to others, or something else', async () => {
  const config = configOf(minimal({ target: TLS }));
  await expect(resolve(config)).rejects.toThrow(/the authority of pg is to come from .*ca\.pem, which does not exist/u);
  await certificates(CERTIFICATE);
  await expect(resolve(config)).rejects.toThrow(/the private key of pg .* holds no PEM of a private key/u);
  await certificates();
  await chmod(join(directory, 'client.key'), 0o644);
  await expect(resolve(config)).rejects.toThrow(/which others may read/u);
  await writeFile(join(directory, 'ca.pem'), 'nothing');
  await expect(resolve(config)).rejects.toThrow(/holds no PEM of a certificate/u);
});

it('refuses unknown targets', async () => {
  await expect(resolve(configOf(minimal()), 'gp')).rejects.toMatchObject({ code: 'config.target' });
  await expect(resolve(configOf(minimal()), '__proto__')).rejects.toMatchObject({ code: 'config.target' });
});

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../src/config/load.ts';
import { resolveTarget, secretSources } from '../../src/config/resolve.ts';
import { minimal, minimalSsh } from './examples.ts';

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

const OPENSSH = '-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----\n';

describe('a target of SSH', () => {
  const ssh = (target: string, env: Readonly<Record<string, string>> = {}): ReturnType<typeof resolveTarget> => {
    const config = configOf(minimalSsh({ target }));
    return resolveTarget(config, 'web', secretSources(config, env, directory, { get: () => Promise.resolve(null) }));
  };

  it('comes with its key, passphrase and known hosts, from beside the file', async () => {
    await writeFile(join(directory, 'id'), OPENSSH, { mode: 0o600 });
    await writeFile(join(directory, 'hosts'), 'web-1 ssh-ed25519 AAAA\n');
    const login = 'key: { file: id }\npassphrase: { env: PHRASE }\npassword: { env: PW }\nknown_hosts: hosts';
    const target = await ssh(login, { PHRASE: 'canary-2', PW: 'canary-1' });
    expect(target).toMatchObject({ protocol: 'ssh', host: 'web-1.internal', port: 22, user: 'deploy', database: '' });
    expect(target.tls).toEqual({ mode: 'disable', ca: null, certificate: null });
    expect(target.password?.reveal()).toBe('canary-1');
    expect(target.ssh?.key?.reveal()).toBe(OPENSSH.trimEnd());
    expect(target.ssh?.passphrase?.reveal()).toBe('canary-2');
    expect(target.ssh?.agent).toBeNull();
    expect(target.ssh?.hostKeys).toEqual({
      kind: 'known-hosts',
      path: join(directory, 'hosts'),
      text: 'web-1 ssh-ed25519 AAAA\n',
    });
    expect(JSON.stringify(target)).not.toMatch(/canary|OPENSSH/u);
  });

  it('comes with a certificate: what is named, or what lies beside the key', async () => {
    const known = 'host_key: SHA256:uNiVztksCsDhcc0u9e8BrENJXAslzgXBUK3+pLGdVSc';
    const certificateOf = async (login: string): Promise<unknown> =>
      (await ssh(`${login}\n${known}`, { K: OPENSSH, C: 'printed' })).ssh?.certificate;
    await writeFile(join(directory, 'id'), OPENSSH, { mode: 0o600 });
    expect(await certificateOf('key: { file: id }')).toBeNull();
    // Anybody may read it: it is no secret.
    const beside = join(directory, 'id-cert.pub');
    await writeFile(beside, 'beside\n', { mode: 0o644 });
    expect(await certificateOf('key: { file: id }')).toEqual({ text: 'beside\n', from: beside, isNamed: false });
    expect(await certificateOf('key: { env: K }')).toBeNull();
    expect(await certificateOf('key: { file: id }\ncertificate: { env: C }')).toEqual({
      text: 'printed',
      from: 'env',
      isNamed: true,
    });
    await expect(certificateOf('key: { file: id }\ncertificate: { file: other }')).rejects.toMatchObject({
      code: 'config.target',
      message: `the certificate of web is to come from ${join(directory, 'other')}, which does not exist`,
    });
    await expect(certificateOf('key: { file: id }\ncertificate: { file: . }')).rejects.toThrow('which is not a file');
    await writeFile(beside, Buffer.alloc(64 * 1024 + 1));
    await expect(certificateOf('key: { file: id }')).rejects.toThrow('which is larger than 64 KiB');
  });

  it('reads ~/.ssh/known_hosts where nothing is said, and nothing where keys are pinned', async () => {
    const pinned = 'agent: true\nhost_key: SHA256:uNiVztksCsDhcc0u9e8BrENJXAslzgXBUK3+pLGdVSc';
    const env = { SSH_AUTH_SOCK: '/run/agent' };
    expect((await ssh(pinned, env)).ssh).toMatchObject({ agent: '/run/agent', hostKeys: { kind: 'pinned' } });
    await expect(ssh('agent: true', env)).rejects.toMatchObject({
      code: 'config.target',
      message: `the known hosts of web are to come from ${directory}/.ssh/known_hosts, which does not exist`,
      hint: 'write host_key: "SHA256:…", or known_hosts: FILE',
    });
    await mkdir(join(directory, '.ssh'));
    await writeFile(join(directory, '.ssh', 'known_hosts'), '# none\n');
    expect((await ssh('agent: true', env)).ssh?.hostKeys).toMatchObject({ kind: 'known-hosts', text: '# none\n' });
  });

  it('refuses known hosts that others may change, or that are no file', async () => {
    const path = join(directory, 'hosts');
    const login = 'agent: /a\nknown_hosts: hosts';
    await writeFile(path, 'web-1 ssh-ed25519 AAAA\n');
    await chmod(path, 0o664);
    await expect(ssh(login)).rejects.toMatchObject({
      message: `the known hosts of web are to come from ${path}, which others may change`,
      hint: `chmod go-w ${path}`,
    });
    await chmod(path, 0o644);
    expect((await ssh(login)).ssh).toMatchObject({ agent: '/a', hostKeys: { kind: 'known-hosts', path } });
    await rm(path);
    await mkdir(path);
    await expect(ssh(login)).rejects.toThrow(/which is not a file/u);
  });

  it('refuses an agent that is not there, and a key that is none, without a word of it', async () => {
    await expect(ssh('agent: true', { SSH_AUTH_SOCK: '' })).rejects.toMatchObject({
      code: 'config.target',
      message: 'web is logged in to by your SSH agent, and SSH_AUTH_SOCK is not set',
    });
    const key = 'key: { env: KEY }\nknown_hosts: hosts';
    await expect(ssh(key, { KEY: 'ssh-ed25519 canary' })).rejects.toMatchObject({
      code: 'config.secret',
      message: 'the key of web is no private key as OpenSSH or PEM writes it',
    });
    await expect(ssh('key: { file: id }')).rejects.toThrow(
      /the key of web is to come from .*\/id, which does not exist/u,
    );
    await writeFile(join(directory, 'id'), OPENSSH, { mode: 0o644 });
    await expect(ssh('key: { file: id }')).rejects.toThrow(/which others may read/u);
  });
});

it('refuses unknown targets', async () => {
  await expect(resolve(configOf(minimal()), 'gp')).rejects.toMatchObject({ code: 'config.target' });
  await expect(resolve(configOf(minimal()), '__proto__')).rejects.toMatchObject({ code: 'config.target' });
});

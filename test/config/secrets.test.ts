import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import type { SecretReference } from '../../src/config/reference.ts';
import { resolveSecret, type SecretSources } from '../../src/config/secrets.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hoopctl-secrets-'));
});
afterEach(() => rm(directory, { recursive: true }));

function sources(with_: Partial<SecretSources> = {}): SecretSources {
  const env = { PATH: process.env['PATH'], HOME: directory, ...with_.env };
  return {
    home: directory,
    directory,
    commandDeadline: 20_000,
    kept: { get: () => Promise.resolve(null) },
    ...with_,
    env,
  };
}

async function resolve(reference: SecretReference, with_: Partial<SecretSources> = {}): Promise<string> {
  return (await resolveSecret('the password of pg', reference, sources(with_))).reveal();
}

/** The error's message and hint, once it is sure that nothing about it shows the canary. */
async function refusal(reference: SecretReference, with_: Partial<SecretSources> = {}): Promise<string> {
  const error: unknown = await resolve(reference, with_).then(
    () => new Error('it was resolved'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof HoopError)) throw error;
  const shown = inspect(error, { depth: 9, showHidden: true }).includes('canary-1') ? ' | shows the secret' : '';
  return `${error.code}: ${error.message} | ${error.hint}${shown}`;
}

const script = (code: string): SecretReference => ({ from: 'exec', command: [process.execPath, '-e', code] });

async function file(text: string | Uint8Array, mode = 0o600): Promise<SecretReference> {
  await writeFile(join(directory, 'secret'), text);
  await chmod(join(directory, 'secret'), mode);
  return { from: 'file', path: 'secret' };
}

describe('a secret from the environment', () => {
  it('is the value of the variable', async () => {
    expect(await resolve({ from: 'env', variable: 'PW' }, { env: { PW: ' s3cret ' } })).toBe(' s3cret ');
  });

  it.each([undefined, ''])('is an error when the variable is %j', async (value) => {
    expect(await refusal({ from: 'env', variable: 'PW' }, { env: { PW: value } })).toBe(
      'config.secret: the password of pg is to come from the variable PW, which is not set | export PW first',
    );
  });

  it('is an error when it is nothing but a line break, or holds NUL', async () => {
    expect(await refusal({ from: 'env', variable: 'PW' }, { env: { PW: '\n' } })).toContain('is empty');
    expect(await refusal({ from: 'env', variable: 'PW' }, { env: { PW: 'canary-1\0' } })).toContain(
      'holds a NUL character',
    );
  });
});

describe('a secret from a file', () => {
  it.each([
    ['s3cret', 's3cret'],
    ['s3cret\n', 's3cret'],
    ['s3cret\r\n', 's3cret'],
    ['s3cret\n\n', 's3cret\n'],
    [' s3cret ', ' s3cret '],
  ])('%j is %j: one line break at the end is taken off', async (text, expected) => {
    expect(await resolve(await file(text))).toBe(expected);
  });

  it.each([0o640, 0o604, 0o644, 0o620, 0o666])('is refused with mode %o, with what to do about it', async (mode) => {
    const told = await refusal(await file('canary-1', mode));
    expect(told).toBe(
      `config.secret: the password of pg is to come from ${directory}/secret, which others may read | chmod 600 ${directory}/secret`,
    );
  });

  it('may be in the home directory, and behind a link', async () => {
    await file('s3cret', 0o400);
    await symlink(join(directory, 'secret'), join(directory, 'link'));
    expect(await resolve({ from: 'file', path: '~/link' }, { directory: '/' })).toBe('s3cret');
  });

  it('is an error when there is none, when it is a directory, too large, empty or no text', async () => {
    expect(await refusal({ from: 'file', path: 'gone' })).toContain('gone, which does not exist');
    expect(await refusal({ from: 'file', path: '.' })).toContain('which is not a file');
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    expect(await refusal({ from: 'file', path: 'pipe' })).toContain('which is not a file');
    expect(await refusal(await file('x'.repeat(65_537)))).toContain('which is larger than 64 KiB');
    expect(await refusal(await file(''))).toContain('is empty');
    expect(await refusal(await file(Buffer.from([0xff, 0xfe])))).toContain('is not UTF-8 text');
  });
});

describe('a secret from a command', () => {
  it('is what it prints, without a shell and with its arguments as they are', async () => {
    const command = [process.execPath, '-e', 'console.log(process.argv[1])', '$(id); `id` "*"'];
    expect(await resolve({ from: 'exec', command })).toBe('$(id); `id` "*"');
  });

  it('runs with a minimal environment, in the directory of the configuration, without input', async () => {
    const code = `process.stdin.on('data', () => {}).on('end', () => console.log(JSON.stringify([Object.keys(process.env).sort(), process.cwd()])))`;
    const env = { LANG: 'C', AWS_SECRET_ACCESS_KEY: 'canary-1', HOOPCTL_TOKEN: 'canary-1', PGPASSWORD: 'canary-1' };
    const [names, cwd] = JSON.parse(await resolve(script(code), { env })) as [string[], string];
    expect(names).toEqual(['HOME', 'LANG', 'PATH']);
    expect(cwd).toBe(directory);
  });

  it.each([
    ['fails', `console.log('canary-1'); console.error('canary-1'); process.exit(3)`, 'failed with status 3'],
    ['is killed', `console.log('canary-1'); process.kill(process.pid, 'SIGTERM')`, 'was ended by a signal'],
    ['prints too much', `console.log('canary-1'.repeat(10000))`, 'printed more than 64 KiB'],
    ['prints nothing', `console.error('canary-1')`, 'is empty'],
    ['prints no text', `process.stdout.write(Buffer.from([255, 254]))`, 'is not UTF-8 text'],
  ])('is an error when it %s, and shows nothing of what was printed', async (_what, code, expected) => {
    const told = await refusal(script(code));
    expect(told).toContain(expected);
    expect(told).not.toContain('shows the secret');
  });

  it('is an error when it takes too long, even when something it started lives on', async () => {
    const command = ['/bin/sh', '-c', 'echo canary-1; sleep 30 & wait'];
    const started = performance.now();
    const told = await refusal({ from: 'exec', command }, { commandDeadline: 200 });
    expect(told).toContain('which did not end within 0.2 seconds | run it by hand to see why');
    expect(told).not.toContain('shows the secret');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('is an error when there is no such command, or it may not be run', async () => {
    expect(await refusal({ from: 'exec', command: ['no-such-command-of-mine'] })).toContain('which does not exist');
    await file('x');
    expect(await refusal({ from: 'exec', command: ['./secret'] })).toContain('which may not be run');
  });
});

describe('a secret that is kept by name', () => {
  const reference: SecretReference = { from: 'keychain', name: 'pg' };

  it('is the one of that name', async () => {
    const kept = { get: (name: string) => Promise.resolve(new Secret(`secret of ${name}\n`)) };
    expect(await resolve(reference, { kept })).toBe('secret of pg');
  });

  it('is an error when there is none, with the command that keeps one', async () => {
    expect(await refusal(reference)).toBe(
      'config.secret: the password of pg is to come from the keychain, and neither it nor a file holds "pg" | hoopctl targets secret set TARGET',
    );
  });

  it('is an error when the place cannot be read, with what to do about that', async () => {
    const locked = new HoopError('local.secrets', 'the keychain is locked', { hint: 'unlock it' });
    expect(await refusal(reference, { kept: { get: () => Promise.reject(locked) } })).toBe(
      'config.secret: the password of pg cannot be fetched: the keychain is locked | unlock it',
    );
  });
});

it('prints as nothing but a mark', async () => {
  const secret = await resolveSecret('it', { from: 'env', variable: 'PW' }, sources({ env: { PW: 'canary-1' } }));
  expect(`${String(secret)} ${JSON.stringify({ secret })} ${inspect({ secret }, { showHidden: true })}`).not.toContain(
    'canary-1',
  );
});

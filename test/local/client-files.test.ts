import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientFile } from '../../src/core/protocol.ts';
import { fileVariables, writeClientFiles } from '../../src/local/client-files.ts';

const FILES: readonly ClientFile[] = [
  { name: 'config', variable: 'HOOPCTL_SSH_CONFIG', text: (directory) => `IdentityFile ${directory}/id` },
  { name: 'id', variable: null, text: () => 'the key' },
];

describe('what clients of a door read', () => {
  let home: string;
  let runtime: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'hoopctl-files-'));
    runtime = join(home, 'run');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('lies in a directory of the door’s own, for its owner alone', async () => {
    const { directory } = await writeClientFiles(runtime, FILES);
    expect(statSync(directory ?? '').mode & 0o777).toBe(0o700);
    for (const name of ['config', 'id']) expect(statSync(join(directory ?? '', name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory ?? '', 'config'), 'utf8')).toBe(`IdentityFile ${directory}/id`);
  });

  it('is gone with the door', async () => {
    const written = await writeClientFiles(runtime, FILES);
    await written.remove();
    await written.remove();
    expect(readdirSync(runtime)).toEqual([]);
  });

  it('leaves nothing behind when it cannot be written', async () => {
    const broken: ClientFile = { name: 'missing/id', variable: null, text: () => '' };
    await expect(writeClientFiles(runtime, [...FILES, broken])).rejects.toThrow();
    expect(readdirSync(runtime)).toEqual([]);
  });

  it('takes no directory where there is none of it', async () => {
    expect(await writeClientFiles(runtime, [])).toMatchObject({ directory: null });
    expect(readdirSync(home)).toEqual([]);
  });

  it('is found by variables', () => {
    expect(fileVariables(FILES, '/run/x')).toEqual({ HOOPCTL_SSH_CONFIG: '/run/x/config' });
    expect(fileVariables([], null)).toEqual({});
  });
});

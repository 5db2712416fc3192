import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings, type SettingsStore } from '../../src/config/settings.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hoopctl-settings-'));
});
afterEach(() => rm(home, { recursive: true }));

const opened = (): Promise<SettingsStore> => openSettings({ XDG_CONFIG_HOME: join(home, 'config') }, home);

async function put(text: string): Promise<void> {
  await mkdir(join(home, 'config/hoopctl'), { recursive: true });
  await writeFile(join(home, 'config/hoopctl/settings.json'), text);
}

describe('the settings of a user', () => {
  it('are the defaults, and nothing is written, before any is set', async () => {
    expect((await opened()).read()).toEqual({ color: 'auto', ttl: null, replaySpeed: 1 });
    expect(await readdir(join(home, 'config/hoopctl'))).toEqual([]);
  });

  it('last, in a file that only the user may read, until they are reset', async () => {
    const store = await opened();
    store.set('color', 'never');
    store.set('ttl', '1h');
    expect((await opened()).read()).toEqual({ color: 'never', ttl: '1h', replaySpeed: 1 });
    expect(store.path).toBe(join(home, 'config/hoopctl/settings.json'));
    expect((await stat(store.path)).mode & 0o777).toBe(0o600);
    store.reset('color');
    expect((await opened()).read().color).toBe('auto');
  });

  it.each([
    ['color', 'blue', 'color must be auto, always or never'],
    ['ttl', '30', 'ttl must be a duration such as 30m'],
    ['ttl', '0m', 'ttl must be a duration such as 30m'],
    ['replaySpeed', 0, 'replaySpeed must be a number above 0, at most 100'],
    ['replaySpeed', Number.NaN, 'replaySpeed must be a number above 0, at most 100'],
    ['colour', 'never', 'there is no setting "colour": did you mean "color"?'],
    ['__proto__', 'x', 'there is no setting "__proto__"'],
  ])('refuse %s = %j', async (name, value, expected) => {
    const store = await opened();
    expect(() => store.set(name, value)).toThrow(expected);
    expect(store.read()).toEqual({ color: 'auto', ttl: null, replaySpeed: 1 });
  });

  it.each(['{', '{ "color": "blue" }', '{ "x": 1 }', '[]x'])('are not guessed when the file says %j', async (text) => {
    await put(text);
    await expect(opened().then((store) => store.read())).rejects.toMatchObject({ code: 'config.invalid' });
  });
});

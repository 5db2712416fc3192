import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram, type Program } from '../../../src/local/sandbox/program.ts';

let home: string;
let workdir: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hoopctl-program-'));
  workdir = join(home, 'project');
  mkdirSync(workdir);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function program(path: string): string {
  const whole = join(home, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, '#!/bin/sh\n');
  chmodSync(whole, 0o755);
  return whole;
}

function find(command: string, path: string): Program {
  return findProgram({ command, path, workdir, guarded: [home] });
}

const seen = ({ mounts }: Program): readonly string[] => mounts.map(({ at }) => at);

describe('a program', () => {
  it('of the system needs nothing more to be seen', () => {
    expect(find('sh', '/usr/bin:/bin')).toMatchObject({ path: '/usr/bin/sh', mounts: [] });
  });

  it('of the project needs nothing more to be seen', () => {
    const path = program('project/tool');
    expect(find('./tool', '')).toMatchObject({ path, mounts: [] });
  });

  it('from elsewhere comes with its directory, and with the libraries beside it', () => {
    const path = program('runtime/bin/tool');
    mkdirSync(join(home, 'runtime', 'lib'));
    mkdirSync(join(home, 'runtime', 'share'));
    const found = find('tool', `${join(home, 'runtime', 'bin')}:/usr/bin`);
    expect(seen(found)).toEqual([dirname(path), join(home, 'runtime', 'lib')]);
    expect(found.searched.split(':')[0]).toBe(dirname(path));
  });

  it('comes with what a link to it leads to', () => {
    const path = program('versions/3/bin/tool');
    mkdirSync(join(home, 'links'));
    symlinkSync(path, join(home, 'links', 'tool'));
    expect(seen(find('tool', join(home, 'links')))).toEqual([join(home, 'links'), dirname(path)]);
  });

  it('that a link in the project leads to comes with other programs, and with nothing else', () => {
    symlinkSync(program('other/run'), join(workdir, 'run'));
    expect(seen(find('./run', ''))).toEqual([join(home, 'other', 'run')]);
    symlinkSync(program('versions/3/bin/tool'), join(workdir, 'tool'));
    expect(seen(find('./tool', ''))).toEqual([join(home, 'versions', '3', 'bin')]);
  });

  it('in a directory of many comes alone', () => {
    const path = join('/tmp', `hoopctl-program-${process.pid}`);
    writeFileSync(path, '', { mode: 0o755 });
    const found = find(path, '');
    rmSync(path);
    expect(seen(found)).toEqual([path]);
  });

  it('in the home directory itself comes alone', () => {
    const path = program('tool');
    expect(seen(find(path, ''))).toEqual([path]);
  });

  it('is searched for as a shell does: what cannot be executed is passed over', () => {
    program('one/tool');
    chmodSync(join(home, 'one', 'tool'), 0o644);
    const path = program('two/tool');
    mkdirSync(join(home, 'three', 'tool'), { recursive: true });
    expect(find('tool', ['three', 'one', 'two'].map((name) => join(home, name)).join(':')).path).toBe(path);
  });

  it('that is not there is an error that says so', () => {
    expect(() => find('no-such-tool', '/usr/bin')).toThrow(/no-such-tool was not found/);
  });

  it('finds in PATH only what is seen inside, and always what a system has', () => {
    const { searched } = find('sh', `/root/secret/bin:/usr/local/sbin:/usr/bin:relative`);
    expect(searched).toBe('/usr/local/sbin:/usr/bin:/usr/local/bin:/bin:/run/hoopctl/bin');
  });
});

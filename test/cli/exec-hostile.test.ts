import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { ExecStage } from './exec-stage.ts';

let stage: ExecStage;
beforeAll(async () => {
  stage = await ExecStage.open();
  mkdirSync(join(stage.place.state, 'sessions'), { recursive: true });
});
afterAll(() => stage.close());

describe('a name that nobody has', () => {
  const ODD: readonly (readonly [what: string, name: string])[] = [
    ['a line of its own', 'count\nwarning: all is well'],
    ['a sequence for the terminal', 'count\u001b[2J\u009b8m'],
    ['a way up', '../count'],
    ['a character that turns others round', 'count\u202etnuoc'],
    ['too many letters', 'x'.repeat(100_000)],
    ['nothing at all', ''],
    ['what every object has', '__proto__'],
    ['half a character', '\udc80'],
  ];
  // eslint-disable-next-line no-control-regex -- those are what is looked for
  const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u0080-\u009f\u202e]/;

  it.each(ODD)('runs no script, asks for no agent and reaches no target when it is %s', async (_, name) => {
    const before = readdirSync(join(stage.place.state, 'sessions'));
    for (const args of [
      ['exec', name],
      ['exec', '--target', name, '--', 'touch', 'odd'],
      ['exec', '--target', 'pg-one', '--as', name, '--', 'touch', 'odd'],
      ['exec', 'count', '--as', name],
    ]) {
      const { code, stdout, stderr } = await stage.run(...args);
      expect([code, stdout], stderr).toEqual([2, '']);
      expect(stderr).not.toMatch(UNSAFE);
      expect(stderr).not.toMatch(/^warning: all is well/m);
    }
    expect(readdirSync(join(stage.place.state, 'sessions'))).toEqual(before);
  });

  it('is the program’s own after --', async () => {
    const { stdout } = await stage.exec(['printf', '%s|', '--', '--target', '', '--json', 'a b', '$HOME']);
    expect(stdout).toBe('--|--target||--json|a b|$HOME|');
  });
});

describe('a configuration in a directory that a script may write to', () => {
  it('is neither read, changed nor put out of its place', async () => {
    const place = join(stage.project, 'conf');
    const config = join(place, 'mine.yaml');
    const script =
      'cat conf/mine.yaml; echo x >>conf/mine.yaml; mv conf gone; rm -rf conf; echo x >conf/other && ls conf';
    const text = readFileSync(join(stage.place.directory, 'hoopctl.yaml'), 'utf8');
    mkdirSync(place);
    writeFileSync(
      config,
      `${text}  tamper: { command: [sh, -c, ${JSON.stringify(script)}], targets: [pg-one], workdir: read-write }\n`,
    );
    const written = readFileSync(config, 'utf8');
    const { stdout } = await stage.run('exec', 'tamper', '--config', config);
    expect(stdout).toBe('mine.yaml\nother\n');
    expect(readFileSync(config, 'utf8')).toBe(written);
    rmSync(place, { recursive: true });
  });
});

describe('hoopctl that is killed', () => {
  it('leaves nothing that ran in the sandbox, however it hides', async () => {
    const hidden = `killed-outside-${process.pid}`;
    const hide = `setsid -f bash -c 'trap "" HUP TERM; exec -a ${hidden} sleep 600'; echo up; sleep 600`;
    const { child, outcome } = stage.start('exec', '--target', 'pg-one', '--', 'bash', '-c', hide);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    await eventually(() => running(hidden) > 0);
    child.kill('SIGKILL');
    expect((await outcome).signal).toBe('SIGKILL');
    await eventually(() => running(hidden) === 0);
  });
});

/** Processes that are called so. */
function running(name: string): number {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).startsWith(name)).length;
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

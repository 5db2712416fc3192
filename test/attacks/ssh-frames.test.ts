import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { framedCommand, framedMove } from '../../src/core/command-frame.ts';
import { readLine } from '../../src/policy/shell/line.ts';

/** Login shells that understand POSIX syntax. */
const SHELLS = ['bash', 'dash', 'zsh', 'ksh', 'mksh', 'yash', 'busybox sh'].map((shell) => shell.split(' '));

/** What a line may be that tries to run somewhere else than in its directory. zsh, for one, ends a group at any `}`. */
const LINES = [
  'touch ran',
  'echo }; touch ran; echo {',
  'true }\ntouch ran\necho {',
  'true || touch ran; touch ran',
  'if true; then echo }; fi; touch ran',
  'cat <<END >/dev/null\n}\ntouch ran\n{\nEND\ntouch ran',
  'touch ran &\nwait',
  '(touch ran)',
  'case x in x) touch ran;; esac',
];

describe('a line in its frame, when its directory is not what it was', () => {
  let home: string;
  const place = (): string => join(home, 'place');

  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'hoopctl-frames-')));
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
  });

  function run([program = '', ...args]: readonly string[], text: string) {
    const env = { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C.UTF-8' };
    return spawnSync(program, [...args, '-c', text], { cwd: home, env, encoding: 'utf8', timeout: 10_000 });
  }

  describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('in %s', (_, shell) => {
    it.each(LINES)('does not run where it is gone: %j', (line) => {
      expect(readLine(line).kind).toBe('whole');
      for (const frame of [framedCommand, framedMove]) expect(run(shell, frame(line, place())).status).not.toBe(0);
      expect(readdirSync(home)).toEqual([]);
    });

    it.each(LINES)('does not run where a link leads that took its place: %j', (line) => {
      mkdirSync(join(home, 'other'));
      symlinkSync('other', place());
      for (const frame of [framedCommand, framedMove]) {
        const { status, stdout } = run(shell, frame(line, place()));
        expect(status).not.toBe(0);
        expect(stdout).toBe('');
      }
      expect([...readdirSync(home), ...readdirSync(join(home, 'other'))]).toEqual(['other', 'place']);
    });

    it('says so, and runs where all is as it was', () => {
      mkdirSync(place());
      expect(run(shell, framedCommand('pwd; touch ran; exit 3', place()))).toMatchObject({
        status: 3,
        stdout: `${place()}\n`,
        stderr: '',
      });
      expect(readdirSync(place())).toEqual(['ran']);
      expect(run(shell, framedMove('cd ..', place())).stdout).toBe(`${home}\n`);
      rmSync(place(), { recursive: true });
      symlinkSync('.', place());
      expect(run(shell, framedCommand('true', place())).stderr).toContain('a link leads elsewhere by now');
    });

    it.each(["it's", 'a b', '$(touch ran)', '`touch ran`', '-P', '"; touch ran; "', '*', '~', 'ü'])(
      'goes to a directory of any name: %j',
      (name) => {
        mkdirSync(join(home, name));
        expect(run(shell, framedCommand('pwd -P', join(home, name))).stdout).toBe(`${join(home, name)}\n`);
        expect(readdirSync(home)).toEqual([name]);
      },
    );
  });
});

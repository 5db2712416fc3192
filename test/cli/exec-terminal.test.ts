import { spawn } from '@lydell/node-pty';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../tui/stage.ts';
import { root } from './command-line.ts';
import { ExecStage } from './exec-stage.ts';

let stage: ExecStage;
beforeAll(async () => {
  stage = await ExecStage.open();
});
afterAll(() => stage.close());

/** Runs a command on a terminal, and draws what it shows. */
function open(command: readonly string[], options: readonly string[] = ['--target', 'pg-one']) {
  const args = [join(root, 'src', 'cli', 'main.ts'), 'exec', ...options, '--', ...command];
  const env = { ...stage.place.env, TERM: 'xterm-256color' };
  const child = spawn(process.execPath, args, { cols: 100, rows: 24, cwd: stage.project, env });
  const screen = new Stage(100, 24);
  let all = '';
  child.onData((data) => {
    all += data;
    screen.draw(data);
  });
  const ended = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
  return { child, screen, ended, shown: () => all };
}

const WAYS = [
  ['in the sandbox', ['--target', 'pg-one']],
  ['without a sandbox', ['--target', 'pg-free', '--no-sandbox']],
] as const;

describe.each(WAYS)('a program on a terminal, %s', (_, options) => {
  it('has a terminal of the same size, and hears when that changes', async () => {
    const { child, screen, ended } = open(
      [
        'bash',
        '-c',
        'trap "stty size; exit 0" WINCH; test -t 0 && test -t 1 && test -t 2 && stty size; while :; do sleep 0.05; done',
      ],
      options,
    );
    await screen.until((text) => text.includes('24 100'));
    child.resize(70, 20);
    expect(await ended).toBe(0);
    await screen.until((text) => text.includes('20 70'));
  });

  it('hears of Ctrl-C once, and goes on if it wants to', async () => {
    const { child, screen, ended } = open(
      [
        'bash',
        '-c',
        `n=0; trap 'n=$((n+1)); echo heard $n' INT; echo up; while :; do read -r line && echo "got $line"; [ "$line" = end ] && exit 5; done`,
      ],
      options,
    );
    await screen.until((text) => text.includes('up'));
    child.write('\u0003');
    await screen.until((text) => text.includes('heard 1'));
    child.write('end\r');
    expect(await ended).toBe(5);
    expect(screen.text()).not.toContain('heard 2');
  });

  it('ends with Ctrl-C where it does not care, with the code that says so', async () => {
    const { child, screen, ended } = open(['sh', '-c', 'echo up; exec sleep 600'], options);
    await screen.until((text) => text.includes('up'));
    child.write('\u0003');
    expect(await ended).toBe(130);
  });

  it('is ended, and its terminal given back, with SIGTERM', async () => {
    const { child, screen, ended } = open(['sh', '-c', 'echo up; exec sleep 600'], options);
    await screen.until((text) => text.includes('up'));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });

  it('keeps what is typed without echo out of the record', async () => {
    const { child, screen, ended } = open(
      ['bash', '-c', 'read -rsp "Password: " word; echo; read -rp "Name: " name; echo "${#word} $name"'],
      options,
    );
    await screen.until((text) => text.includes('Password:'));
    child.write('hunter2-typed\r');
    await screen.until((text) => text.includes('Name:'));
    child.write('Ada\r');
    expect(await ended).toBe(0);
    await screen.until((text) => text.includes('On record'));
    const session = /hoopctl replay (\S+)/.exec(screen.text())?.[1] ?? '';
    const { stdout } = await stage.run('replay', '--json', session);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly type: string; readonly text?: string });
    const shown = events.map(({ type, text }) => (type === 'terminal' ? text : '')).join('');
    expect(shown).toContain('Name: Ada');
    expect(shown).toContain('13 Ada');
    expect(stdout).not.toContain('hunter2-typed');
  });

  it('shows no secret, however slowly it comes', async () => {
    const slow =
      'import os,sys,time\nfor c in os.environ["PGPASSWORD"]:\n  sys.stdout.write(c); sys.stdout.flush(); time.sleep(0.12)\nprint(" end")';
    const { screen, ended, shown } = open(['/usr/bin/python3', '-c', slow], options);
    expect(await ended).toBe(0);
    await screen.until((text) => text.includes('[secret] end'));
    expect(
      shown()
        .replace(/\[secret\][^]*/, '')
        .trim().length,
    ).toBeLessThanOrEqual(3);
  });

  it('is a client of databases as ever', async () => {
    const { child, screen, ended } = open(['psql'], options);
    await screen.until((text) => text.includes('=>') || text.includes('=#'));
    child.write('select 6 * 7 as answer;\r');
    await screen.until((text) => text.includes('42'));
    child.write('\\q\r');
    expect(await ended).toBe(0);
  });
});

describe.each(WAYS)('the terminal after a program, %s', (_, options) => {
  const print = (text: string): readonly string[] => ['printf', text];

  it.each([
    ['hides what follows', '\\033[8m'],
    ['has begun a title', '\\033]0;swallowing'],
    ['has left the screen', '\\033[?1049h\\033[2J'],
    ['has changed letters, keys and the region', '\\033(0\\033[?1h\\033[?2004h\\033[?1003h\\033[2;3r\\033[?25l'],
  ])('shows the summary when it %s', async (__, left) => {
    const { screen, ended } = open(print(`last words\\n${left}`), options);
    expect(await ended).toBe(0);
    await screen.until((text) => text.includes('On record'));
    expect(screen.alternate).toBe(false);
    const { active } = screen.terminal.buffer;
    const row = screen.rows().findIndex((text) => text.includes('On record'));
    expect(
      active
        .getLine(active.baseY + row)
        ?.getCell(0)
        ?.isInvisible(),
    ).toBe(0);
    expect(screen.terminal.modes).toMatchObject({
      applicationCursorKeysMode: false,
      bracketedPasteMode: false,
      mouseTrackingMode: 'none',
    });
  });

  it('is sent nothing when nothing was left, and answers nothing', async () => {
    const { ended, shown, screen } = open(print('last words\\n'), options);
    expect(await ended).toBe(0);
    await screen.until((text) => text.includes('On record'));
    expect(shown()).not.toContain('\u001b');
    expect(screen.deeds).toEqual([]);
  });

  it('is not left with answers that nobody reads', async () => {
    const { child, screen, ended, shown } = open(['printf', '\\033[c'], options);
    let asked = false;
    // As a terminal far away answers: after the program has ended, in order.
    await screen.until(() => {
      asked ||= shown().includes('\u001b[5n');
      return asked;
    });
    child.write('\u001b[?62;c\u001b[0n');
    expect(await ended).toBe(0);
    await screen.until((text) => text.includes('On record'));
    expect(shown()).not.toContain('62;c');
  });
});

describe('a program whose output goes elsewhere', () => {
  it('reads what is typed, and cannot write to the terminal past whoever looks on', async () => {
    const command = [process.execPath, join(root, 'src', 'cli', 'main.ts'), 'exec', '--target', 'pg-one', '--'];
    const program = `read -r line; echo "got $line"; echo past >&0; test -t 0 && echo terminal; exit 4`;
    const child = spawn(
      'bash',
      ['-c', '"$@" | cat; exit ${PIPESTATUS[0]}', 'bash', ...command, 'bash', '-c', program],
      {
        cols: 100,
        rows: 24,
        cwd: stage.project,
        env: stage.place.env,
      },
    );
    const screen = new Stage(100, 24);
    child.onData((data) => screen.draw(data));
    const ended = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
    child.write('hello\r');
    expect(await ended).toBe(4);
    await screen.until((text) => text.includes('got hello'));
    expect(screen.text()).not.toMatch(/^(?:past|terminal)/m);
  });
});

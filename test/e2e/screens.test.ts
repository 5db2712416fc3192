import { spawn } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { builtProgram } from '../cli/built.ts';
import { Place } from '../cli/command-line.ts';
import { HOSTILE_PARTS, hostileRecord } from '../tui/replay/hostile.ts';
import { tell } from '../tui/replay/tale.ts';

const place = new Place(null);
let main: string;
let session: string;

beforeAll(async () => {
  main = builtProgram();
  session = await tell(place.state);
});

afterAll(() => {
  place.remove();
});

/** hoopctl in a terminal of its own. */
class Session {
  readonly terminal = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  readonly #pty;
  readonly ended: Promise<{ exitCode: number; signal?: number | undefined }>;
  #sent = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.terminal.write('before\r\n');
    this.#pty = spawn(process.execPath, [main, ...args], {
      cols: 80,
      rows: 24,
      cwd: place.directory,
      env: { ...place.env, TERM: 'xterm-256color', ...env },
    });
    this.#pty.onData((text) => {
      this.#sent += text;
      this.terminal.write(text);
    });
    this.ended = new Promise((resolve) => this.#pty.onExit(resolve));
    let over = false;
    void this.ended.then(() => (over = true));
    onTestFinished(() => {
      if (!over) this.#pty.kill('SIGKILL');
    });
  }

  get sent(): string {
    return this.#sent;
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.#pty.pid, name);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  text(): string {
    const { active } = this.terminal.buffer;
    const rows = Array.from({ length: this.terminal.rows }, (_, row) => active.getLine(active.baseY + row));
    return rows.map((row) => row?.translateToString(true) ?? '').join('\n');
  }

  async until(holds: (text: string) => boolean): Promise<string> {
    const ends = performance.now() + 20_000;
    while (!holds(this.text())) {
      if (performance.now() > ends) throw new Error(`the screen stayed at:\n${this.text()}`);
      await new Promise<void>((resolve) => {
        const again = this.terminal.onWriteParsed(() => done());
        const timer = setTimeout(() => done(), 200);
        const done = (): void => {
          clearTimeout(timer);
          again.dispose();
          resolve();
        };
      });
    }
    return this.text();
  }

  /** What was on the terminal is back, and it does what it did. */
  async restored(): Promise<void> {
    await this.until((text) => text.startsWith('before') && this.terminal.buffer.active.type === 'normal');
    expect(this.terminal.modes).toMatchObject({
      wraparoundMode: true,
      bracketedPasteMode: false,
      mouseTrackingMode: 'none',
    });
    expect(this.#sent.lastIndexOf('\u001b[?25h')).toBeGreaterThan(this.#sent.lastIndexOf('\u001b[?25l'));
  }
}

describe('hoopctl replay on a terminal', () => {
  it('draws a screen, follows its size, and gives the terminal back', async () => {
    const run = new Session(['replay', session]);
    await run.until((text) => text.includes('reason  ticket 4711'));
    expect(run.terminal.buffer.active.type).toBe('alternate');
    run.resize(140, 45);
    await run.until((text) => /│ ── #0 ─/.test(text));
    run.resize(20, 5);
    await run.until((text) => text.includes('? help') && !text.includes('──'));
    run.resize(80, 24);
    await run.until((text) => text.includes('\n── #0'));
    run.type('q');
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    await run.restored();
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('gives the terminal back on %s', async (name, code) => {
    const run = new Session(['replay', session]);
    await run.until((text) => text.includes('? help'));
    run.signal(name);
    expect(await run.ended).toMatchObject({ exitCode: code });
    await run.restored();
  });

  it('gives it back on Ctrl-C, too', async () => {
    const run = new Session(['replay', session]);
    await run.until((text) => text.includes('? help'));
    run.type('\u0003');
    expect(await run.ended).toMatchObject({ exitCode: 130 });
    await run.restored();
  });

  it('prints lines where it is asked to, and where a terminal can show no screen', async () => {
    for (const [args, env] of [
      [['replay', session, '--text'], {}],
      [['replay', session], { TERM: 'dumb' }],
      [['replay', session], { CI: '1' }],
    ] as const) {
      const run = new Session(args, env);
      expect(await run.ended).toMatchObject({ exitCode: 0 });
      await run.until((text) => text.includes('ended 2026'));
      expect(run.sent).not.toContain('\u001b[?1049h');
    }
  });

  it('leaves the terminal around it alone, whatever the record says', async () => {
    const hostile = await hostileRecord(place.state, HOSTILE_PARTS.join(''));
    const run = new Session(['replay', hostile]);
    const deeds: string[] = [];
    run.terminal.onTitleChange((title) => deeds.push(title));
    run.terminal.onBell(() => deeds.push('bell'));
    run.terminal.onData((answer) => deeds.push(answer));
    run.terminal.parser.registerOscHandler(52, (data) => deeds.push(data) > 0);
    await run.until((text) => text.includes('U+001B'));
    for (const at of ['── #1 ', '── #2 ', '── #3 ', '── #9 ']) {
      run.type('j');
      await run.until((text) => text.includes(at));
    }
    run.type('q');
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    await run.restored();
    expect(deeds).toEqual([]);
  });
});

describe('hoopctl sessions on a terminal', () => {
  it('lists the records, and replays one', async () => {
    const run = new Session(['sessions'], { NO_COLOR: '1' });
    await run.until((text) => text.includes('pg-prod') && text.includes('STARTED'));
    expect(run.sent).not.toMatch(/\u001b\[(?:\d+;)*(?:3|4|9|10)[0-7]m/);
    run.type('/');
    await run.until((text) => text.includes('filter ('));
    run.type('target:pg-prod');
    await run.until((text) => text.includes('target:pg-prod'));
    run.type('\r');
    await run.until((text) => text.includes('Enter replay'));
    run.type('\r');
    await run.until((text) => text.includes('── #0'));
    run.type('q');
    await run.until((text) => text.includes('STARTED'));
    run.type('q');
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    await run.restored();
  });

  it('takes a command where a terminal can show no screen', async () => {
    const run = new Session(['sessions'], { TERM: 'dumb' });
    expect(await run.ended).toMatchObject({ exitCode: 2 });
    await run.until((text) => text.includes('takes a command') && text.includes('Try: hoopctl sessions --help'));
  });
});

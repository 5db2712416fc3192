import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNGUARDED } from '../../../src/policy/unguarded.ts';
import { type SshServer, startSshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

let server: SshServer;
let stage: SshStage;

beforeEach(async () => {
  server = await startSshServer();
});
afterEach(async () => {
  await stage.close();
  await server.stop();
});

async function open(record: Partial<(typeof UNGUARDED)['record']>): Promise<void> {
  stage = await openSshStage(server.target(), [{ ...UNGUARDED, record: { ...UNGUARDED.record, ...record } }]);
}

const typed = (): string =>
  stage.of('terminal').reduce((all, { stream, text }) => (stream === 'input' ? all + text : all), '');

/** Types into a terminal on the server, each when what it waits for is shown. */
async function converse(command: readonly string[], steps: readonly (readonly [string, string])[]): Promise<string> {
  const child = spawn('ssh', ['-F', stage.config, '-tt', 'web-1', ...command], { env: { PATH: process.env['PATH'] } });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const closed = new Promise((resolve) => child.once('close', resolve));
  for (const [prompt, keys] of steps) {
    await eventually(
      () => shown,
      (text) => text.includes(prompt),
    );
    child.stdin.write(keys);
  }
  await closed;
  return shown;
}

const ASKING = "stty -echo; printf 'Password: '; read p; stty echo; printf '\\nName: '; read n; echo done";

describe('what is typed into a terminal over SSH', () => {
  it('is on record as far as it was echoed, and a password is not', async () => {
    await open({ input: 'full' });
    const shown = await converse(
      [ASKING],
      [
        ['Password: ', 'hunter2\r'],
        ['Name: ', 'ada\r'],
      ],
    );
    expect(shown).toContain('done');
    expect(typed()).toBe('‹7 keys not shown›\rada\r');
    expect(JSON.stringify(stage.recorder.events)).not.toContain('hunter2');
  });

  it('is nowhere when policies do not want it', async () => {
    await open({});
    await converse(
      [ASKING],
      [
        ['Password: ', 'hunter2\r'],
        ['Name: ', 'ada\r'],
      ],
    );
    expect(typed()).toBe('');
  });

  it('is known though bash echoes it in its own way, and not what read -s takes', async () => {
    await open({ input: 'full' });
    const asking = 'read -s -p "To""ken: " t; echo ta""ken';
    await converse(
      ["env PS1='ready> ' bash --norc -i"],
      [
        ['ready> ', `${asking}\r`],
        ['Token: ', 'sesame\r'],
        ['taken', 'exit\r'],
      ],
    );
    expect(typed()).toContain(`${asking}\r‹6 keys not shown›\r`);
    expect(JSON.stringify(stage.recorder.events)).not.toContain('sesame');
  });

  it('of a command without a terminal is what it is known by', async () => {
    await open({ input: 'full' });
    expect((await stage.ssh(['web-1', 'wc -c'], { input: 'secret stdin' })).stdout.trim()).toBe('12');
    expect(stage.of('transfer')).toEqual([
      expect.objectContaining({ direction: 'in', path: null, stream: 'input', bytes: 12, complete: true }),
    ]);
    expect(JSON.stringify(stage.recorder.events)).not.toContain('secret stdin');
  });

  it('and what is shown is left out under a summary, but for its size and hash', async () => {
    await open({ results: 'summary' });
    await stage.ssh(['web-1', 'echo out; echo err >&2']);
    await converse(['printf shown; read x'], [['shown', 'typed\r']]);
    expect(stage.of('terminal')).toEqual([]);
    const known = stage.of('transfer').map(({ direction, stream, bytes }) => `${direction} ${stream} ${bytes}`);
    expect(known.toSorted()).toEqual(['out errors 4', 'out output 12', 'out output 4']);
  });
});

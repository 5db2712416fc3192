import { type IPty, spawn } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNGUARDED } from '../../../src/policy/unguarded.ts';
import { enter, run } from '../../ssh/client.ts';
import { type SshServer, startSshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

const REDACT = { column: null, field: null, detect: ['aws-key'], except: null, with: 'redact' } as const;
const [HEAD, TAIL] = ['AKIAIOSF', 'ODNN7EXAMPLE'];

let server: SshServer;
let stage: SshStage;
let pty: IPty | null = null;

beforeEach(async () => {
  server = await startSshServer();
  stage = await openSshStage(server.target(), [{ ...UNGUARDED, mask: [REDACT] }]);
});
afterEach(async () => {
  pty?.kill();
  await stage.close();
  await server.stop();
});

/** A line that ends with the first half where a row of so many cells does, and the other half in the next. */
const broken = (columns: number): string => `${'x'.repeat(columns - HEAD.length - 1)} ${HEAD}\\n${TAIL} ok\\n`;

describe('the terminal of a command over SSH', () => {
  it('has as many columns as the client says, and those that it says later', async () => {
    const script = [`stty -echo`, `printf '${broken(40)}'`, 'read go', `printf '${broken(24)}'`, 'echo over'].join(
      '; ',
    );
    let shown = '';
    pty = spawn('ssh', ['-F', stage.config, '-tt', 'web-1', script], { cols: 40, rows: 10, name: 'xterm' });
    pty.onData((text) => (shown += text));
    await eventually(
      () => shown,
      (text) => text.includes(' ok'),
    );
    pty.resize(24, 10);
    await eventually(
      () => stage.of('resize'),
      (resizes) => resizes.some(({ columns }) => columns === 24),
    );
    pty.write('\r');
    await eventually(
      () => shown,
      (text) => text.includes('over'),
    );
    const record = stage
      .of('terminal')
      .map(({ text }) => text)
      .join('');
    for (const text of [shown, record]) {
      expect(text).not.toContain(HEAD);
      expect(text).not.toContain(TAIL);
      expect(text.match(/\*{12} ok/g)).toHaveLength(2);
    }
  });

  it('does what the client’s does: its keys, its characters of several bytes', async () => {
    const ssh = `exec ssh -F '${stage.config}' -tt web-1 'stty -a; echo over'`;
    let shown = '';
    pty = spawn('sh', ['-c', `stty erase ^H iutf8 -ixon; ${ssh}`], { cols: 80, rows: 10, name: 'xterm' });
    pty.onData((text) => (shown += text));
    await eventually(
      () => shown,
      (text) => text.includes('over'),
    );
    expect(shown).toMatch(/\berase = \^H;[^]*\s-ixon\b[^]*\siutf8\b/);
  });

  it('is no terminal of a kind with letters that no kind has', async () => {
    const client = await enter(stage);
    await expect(run(client, 'echo $TERM', { pty: { term: 'xterm 256' } })).rejects.toThrow(
      'Unable to request a pseudo-terminal',
    );
    client.end();
  });
});

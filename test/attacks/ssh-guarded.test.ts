import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientChannel } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/policy/rules.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { answerTo } from '../session/asking.ts';
import { askRule } from '../policy/examples.ts';
import { rule } from '../policy/shell/judging.ts';
import { openScene, type Scene } from '../protocols/ssh/guarded/scene.ts';
import { openTypist, type Typist } from '../protocols/ssh/guarded/terminal.ts';
import { enter, outcomeOf, run } from '../ssh/client.ts';
import { startSshServer, type SshServer } from '../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../ssh/stage.ts';

const GUARDED: Policy = { ...UNGUARDED, name: 'guarded', shell: 'guarded' };

/** A server that gives each command line to this shell, as if it were the account's. */
function withShell(shell: string): Promise<SshServer> {
  return startSshServer({ settings: [`ForceCommand ${shell} -c "$SSH_ORIGINAL_COMMAND"`] });
}

describe('a guarded shell before login shells that read lines in ways of their own', () => {
  it.each(['/usr/bin/tcsh', '/usr/bin/fish'])('runs nothing where it is %s, and says so', async (shell) => {
    const server = await withShell(shell);
    const stage = await openSshStage(server.target(), [GUARDED]);
    const typist = openTypist(stage);
    const shown = await typist.until((text) => text.includes('no line was run'));
    expect(shown).toContain('hoopctl: the target does not say in which directory its commands start');
    expect(await typist.ended).toBe(255);
    await typist.close();
    await stage.close();
    await server.stop();
  });

  it.each(['/bin/dash', '/usr/bin/zsh', '/bin/ksh', '/usr/bin/mksh'])(
    'runs lines where they belong with %s',
    async (shell) => {
      const server = await withShell(shell);
      const stage = await openSshStage(server.target(), [GUARDED]);
      const typist = openTypist(stage);
      await typist.line('cd /usr/bin');
      expect((await typist.line('pwd; exit 3')).split('\n').slice(-2)).toEqual([
        '/usr/bin',
        'hoopctl web-1:/usr/bin [3]$',
      ]);
      await typist.close();
      await stage.close();
      await server.stop();
    },
  );
});

/** Programs that start a pager by themselves where what they show does not fit into the window. */
const PAGING = ['dpkg -l', 'dpkg-query -l', 'systemctl list-unit-files', 'systemd-cgls --all'].filter((line) =>
  existsSync(`/usr/bin/${line.split(' ')[0] ?? ''}`),
);

describe('what is typed into a pager that a program started by itself', () => {
  let server: SshServer;
  let stage: SshStage;

  beforeAll(async () => {
    // As systemd's programs are for whoever has logged in as the user that they run as.
    const settings = ['SetEnv SHLVL=1 SYSTEMD_PAGERSECURE=0'];
    server = await startSshServer({ settings });
    stage = await openSshStage(server.target(), [{ ...GUARDED, opaque: 'deny' }]);
  });
  afterAll(async () => {
    await stage.close();
    await server.stop();
  });

  it.each(PAGING)('is not run from a guarded shell: %s', async (line) => {
    const typist = openTypist(stage, 80, 10);
    await typist.prompt();
    typist.send(`${line}\r`);
    await typist.until((shown) => /^lines 1-\d|^:$/mu.test(shown));
    typist.send('!');
    await typist.until((shown) => /ommand not available/u.test(shown));
    typist.send('\rq');
    await typist.prompt();
    await typist.close();
  });

  it.each([...PAGING, 'journalctl', 'sudo systemctl status', 'apt list'])(
    'cannot be known beforehand of a command with a terminal: %s',
    async (line) => {
      const { code, stderr } = await stage.ssh(['-tt', 'web-1', line]);
      expect(code).toBe(126);
      expect(stderr).toContain('cannot be known before it runs');
    },
  );

  it.each(PAGING)('is nothing where there is no terminal, or no pager: %s', async (line) => {
    expect((await stage.ssh(['web-1', line])).code).toBe(0);
    expect((await stage.ssh(['-tt', 'web-1', line.replace(' ', ' --no-pager ')])).code).toBe(0);
    expect((await stage.ssh(['-tt', 'web-1', `${line} | head -3`])).code).toBe(0);
  });

  it.each([
    'env -i dpkg -l',
    'env -u LESSSECURE dpkg -l',
    'sudo dpkg -l',
    'LESSSECURE=0 dpkg -l',
    'unset PAGER; dpkg -l',
  ])('is not let out by taking away what restrains pagers: %s', async (line) => {
    const typist = openTypist(stage, 80, 10);
    expect(await typist.line(line)).toMatch(/\[126\]\$$/u);
    await typist.close();
  });
});

describe('a terminal that a program has left in another state', () => {
  let server: SshServer;
  let stage: SshStage;
  let typist: Typist;

  beforeAll(async () => {
    server = await startSshServer();
    stage = await openSshStage(server.target(), [GUARDED]);
    typist = openTypist(stage, 60, 12);
    await typist.line('cd /usr');
  });
  afterAll(async () => {
    await typist.close();
    await stage.close();
    await server.stop();
  });

  /** As an operator would: what is in a file that is shown does the same. */
  it.each([
    ['letters drawn as lines', '\\033(0'],
    ['letters drawn as lines, from the second set', '\\033)0\\016'],
    ['rows that do not wrap', '\\033[?7l'],
    ['letters that push others on', '\\033[4h'],
    ['a part of the window that scrolls', '\\033[2;4r\\033[3;1H'],
    ['the other screen', '\\033[?1049h'],
    ['letters nobody sees', '\\033[8m'],
    ['a mouse that reports', '\\033[?1000h\\033[?1003h\\033[?1006h'],
    ['another kind of keys', '\\033[?1h\\033='],
  ])('shows lines as they are: %s', async (_, codes) => {
    await typist.prompt();
    const long = `echo ${'0123456789'.repeat(6)}`;
    const before = stage.of('complete').length;
    typist.send(`printf '${codes}'\r`);
    await eventually(
      () => stage.of('complete').length,
      (count) => count > before,
    );
    await typist.prompt();
    typist.send(long);
    await typist.until((shown) => shown.endsWith(`hoopctl web-1:/usr$ ${long}`));
    typist.send('\u0001X');
    await typist.until((shown) => shown.endsWith(`hoopctl web-1:/usr$ X${long}`));
    expect(typist.modes()).toMatchObject({
      applicationCursorKeysMode: false,
      insertMode: false,
      mouseTrackingMode: 'none',
      sendFocusMode: false,
      wraparoundMode: true,
    });
    typist.send('\u0003');
    // What is on record is seen alike.
    expect(stage.shown('output')).toContain('\u001b(B\u000f');
  });
});

const READ = "bash -c 'read -s -p Secret: x; echo; echo over'";
/** Programs that read a secret without showing it, after `Secret:`, and what is typed then. */
const SECRETIVE: readonly (readonly [string, string, readonly string[]])[] = [
  ['read -s', READ, ['hunter2\r']],
  ['letter by letter', READ, Array.from('hunter2\r')],
  ['stty -echo', 'stty -echo; printf Secret:; read x; stty echo; echo over', ['hunter2\r']],
  ['ahead of its prompt', 'stty -echo; printf Secret:; sleep 0.3; printf more; read x; echo over', ['hunter2\r']],
  [
    'stars for letters',
    `bash -c 'printf Secret:; while read -s -n1 c && [ -n "$c" ]; do printf "*"; done; echo; echo over'`,
    Array.from('hunter2\r'),
  ],
  ['behind Escape', READ, ['\u001bPhunter2\r']],
  ['behind Escape, apart', READ, ['\u001b', ']', 'hunter2\r']],
  ['with corrections', READ, ['hunter2x\u007f\t\u0015hunter2\r']],
  ['pasted', READ, ['\u001b[200~hunter2\u001b[201~\r']],
  ['given up', READ, ['hunter2\u0003']],
  ['ended', READ, ['hunter2\u0004', '\u0004']],
  ['never read', 'stty -echo; printf Secret:; sleep 0.3; echo over', ['hunter2\r']],
];

describe('a secret that is typed without echo in a guarded shell whose policy records what is typed', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await openScene({ ...GUARDED, record: { ...GUARDED.record, input: 'full' } }, 160, 40);
    await scene.typist.line(`cd ${scene.directory}`);
  });
  afterAll(() => scene.close());

  it.each(SECRETIVE)('is nowhere in the record: %s', async (_, line, pieces) => {
    const { stage, typist } = scene;
    const shown = await typist.prompt();
    const ended = stage.of('complete').length;
    typist.send(`${line}\r`);
    const asked = (text: string): boolean => /\nSecret:/u.test(text.slice(shown.length));
    await typist.until(asked);
    for (const piece of pieces) typist.send(piece);
    await eventually(
      () => stage.of('complete').length,
      (count) => count > ended,
    );
    await typist.prompt();
    const said = JSON.stringify(stage.recorder.events);
    for (const part of ['hunter2', 'unter2', 'hunter', 'nter']) expect(said).not.toContain(part);
  });

  it('is known there by the number of its letters alone', () => {
    const typed = scene.stage.of('terminal').flatMap(({ stream, text }) => (stream === 'input' ? [text] : []));
    expect(typed.filter((text) => text.includes('7 keys not shown')).length).toBeGreaterThan(5);
  });
});

describe('a line of a guarded shell that is taken back before it is sent', () => {
  it('does not run, though it was decided', async () => {
    const server = await startSshServer();
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'hoopctl-taken-')));
    const stage = await openSshStage(server.target(), [GUARDED]);
    const client = await enter(stage);
    const shell = await new Promise<ClientChannel>((resolve, reject) => {
      client.shell({ term: 'xterm' }, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
    });
    let said = '';
    shell.on('data', (bytes: Buffer) => void (said += bytes.toString()));
    await eventually(
      () => said,
      (text) => text.includes('$ '),
    );
    // The record is slow to take it.
    const gate = Promise.withResolvers<void>();
    stage.recorder.gate = gate.promise;
    shell.write(`touch ${directory}/ran\r`);
    await eventually(
      () => stage.of('statement').at(-1)?.text,
      (text) => text?.startsWith('touch') === true,
    );
    shell.write('\u0003');
    // What comes behind it on the connection is answered: so it has arrived.
    const other = await run(client, 'true');
    stage.recorder.gate = null;
    gate.resolve();
    await outcomeOf(other);
    await eventually(
      () => said,
      (text) => text.includes('[130]$ '),
    );
    expect(readdirSync(directory)).toEqual([]);
    expect(stage.of('complete').map(({ tag }) => tag)).toContain('taken back');
    client.end();
    await stage.close();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });
});

describe('a line of a guarded shell that waits', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await openScene({ ...GUARDED, ask: [{ ...askRule({}), ...rule({ program: ['touch'] }) }] }, 200, 50);
  });
  afterAll(() => scene.close());

  it('does not run where a link leads that took the place of its directory meanwhile', async () => {
    const { stage, typist, directory } = scene;
    mkdirSync(join(directory, 'approved'));
    mkdirSync(join(directory, 'other'));
    await typist.line(`cd ${directory}/approved`);
    await typist.prompt();
    typist.send('touch ran\r');
    const [request] = await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    if (request === undefined) throw new Error('nothing is held');
    expect(request).toMatchObject({ text: 'touch ran', directory: join(directory, 'approved') });
    rmSync(join(directory, 'approved'), { recursive: true });
    symlinkSync('other', join(directory, 'approved'));
    await stage.register.answer(answerTo(request), null);
    await typist.until((text) => text.includes('a link leads elsewhere by now: nothing was run'));
    await typist.prompt();
    expect(readdirSync(join(directory, 'other'))).toEqual([]);
  });
});

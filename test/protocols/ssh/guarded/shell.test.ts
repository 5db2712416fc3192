import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../../src/policy/unguarded.ts';
import { askRule } from '../../../policy/examples.ts';
import { rule } from '../../../policy/shell/judging.ts';
import { startSshServer, type SshServer } from '../../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../../ssh/stage.ts';
import { answerTo } from '../../../session/asking.ts';
import { openTypist, type Typist } from './terminal.ts';

describe('a guarded shell on a real sshd, with OpenSSH’s client in a terminal', () => {
  let server: SshServer;
  let stage: SshStage;
  let typist: Typist;
  let directory: string;

  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'hoopctl-guarded-')));
    mkdirSync(join(directory, 'one'));
    mkdirSync(join(directory, 'secret'));
    writeFileSync(join(directory, 'secret', 'hidden.txt'), '');
    writeFileSync(join(directory, 'kept.txt'), 'kept\n');
    writeFileSync(join(directory, 'with space.txt'), 'spaced\n');
    const policy: Policy = {
      ...UNGUARDED,
      name: 'guarded',
      shell: 'guarded',
      deny: [
        { ...rule({ program: ['rm'] }), message: 'nothing is removed here' },
        rule({ path: [`${directory}/secret/**`], operation: ['list'] }),
      ],
      ask: [{ ...askRule({}), ...rule({ program: ['touch'] }) }],
      allow: [...UNGUARDED.allow, rule({ program: ['systemctl', 'journalctl'] })],
    };
    stage = await openSshStage(server.target(), [policy]);
    typist = openTypist(stage);
    await typist.line(`cd ${directory}`);
  });
  afterEach(async () => {
    await typist.close();
    await stage.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** What was decided after the shell was opened and went to the directory. */
  const decided = (): readonly (readonly [string | null, string])[] =>
    stage
      .of('statement')
      .slice(2)
      .map(({ text, decision }) => [text, decision.verdict]);

  const at = (rest: string, place = directory): string => `hoopctl web-1:${place}${rest}`;

  it('runs a line in the directory of the prompt, and keeps how it ended there', async () => {
    const shown = await typist.line('pwd; exit 3');
    expect(shown.split('\n').slice(-3)).toEqual([at('$ pwd; exit 3'), directory, at(' [3]$')]);
    expect(decided()).toEqual([['pwd; exit 3', 'allow']]);
    expect(stage.of('statement').at(-1)?.directory).toBe(directory);
    expect(stage.of('complete').at(-1)?.tag).toBe('exit 3');
    expect(await typist.line('true')).toMatch(/\$ true\n.*[^\]]\$$/u);
  });

  it('knows the home directory for what it is, wherever a line runs', async () => {
    const shown = await typist.line('ls -1d ~ "$HOME/."');
    const { homedir: home } = userInfo();
    expect(shown.split('\n').slice(-3, -1)).toEqual([home, `${home}/.`]);
    const listed = stage
      .of('statement')
      .at(-1)
      ?.effects.filter(({ action }) => action === 'list');
    expect(listed?.map(({ name }) => name)).toEqual([home, home]);
  });

  it('refuses in words what the policy denies, runs nothing of the line, and goes on', async () => {
    const shown = await typist.line('echo before; rm kept.txt');
    expect(shown).toContain('hoopctl: nothing is removed here');
    expect(shown.split('\n').at(-1)).toBe(at(' [126]$'));
    expect(shown).not.toContain('\nbefore');
    expect(existsSync(join(directory, 'kept.txt'))).toBe(true);
    expect(decided()).toEqual([['echo before; rm kept.txt', 'deny']]);
    expect(await typist.line('cat kept.txt')).toContain('\nkept\n');
  });

  it('holds what is asked for, and runs it when it is approved', async () => {
    await typist.prompt();
    typist.send('touch made\r');
    await typist.until((shown) => shown.includes('held for approval'));
    // What is typed meanwhile means nothing.
    typist.send('echo unseen\r');
    const [request] = await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    if (request === undefined) throw new Error('nothing is held');
    expect(request).toMatchObject({ text: 'touch made', directory });
    expect(existsSync(join(directory, 'made'))).toBe(false);
    await stage.register.answer(answerTo(request), null);
    await typist.prompt();
    expect(existsSync(join(directory, 'made'))).toBe(true);
    expect(decided()).toEqual([['touch made', 'ask']]);
  });

  it('takes back with Ctrl-C what waits', async () => {
    await typist.prompt();
    typist.send('touch made\r');
    await typist.until((shown) => shown.includes('held for approval'));
    typist.send('\u0003');
    await typist.prompt();
    expect(typist.text().split('\n').at(-1)).toBe(at(' [130]$'));
    expect(existsSync(join(directory, 'made'))).toBe(false);
    expect(await typist.line('echo there')).toContain('\nthere\n');
  });

  it('gives the program the terminal while it runs: keys, size and Ctrl-C', async () => {
    await typist.prompt();
    typist.send('echo ready; read line; stty size; echo "got $line"; cat\r');
    await typist.until((shown) => shown.includes('\nready'));
    typist.resize(90, 20);
    typist.send('typed\r');
    await typist.until((shown) => shown.includes('got typed'));
    expect(typist.text()).toContain('\n20 90\n');
    typist.send('\u0003');
    expect((await typist.prompt()).split('\n').at(-1)).toBe(at(' [130]$'));
    expect(stage.of('complete').at(-1)?.tag).toMatch(/^(?:signal INT|exit 130)$/u);
  });

  it('never runs what was typed ahead: it goes to the program, and what came along with Enter waits to be seen', async () => {
    await typist.prompt();
    typist.send('sleep 0.3\recho ahead > ahead.txt\r');
    await typist.until((shown) => shown.endsWith('$ echo ahead > ahead.txt'));
    expect(existsSync(join(directory, 'ahead.txt'))).toBe(false);
    expect(decided()).toEqual([['sleep 0.3', 'allow']]);
    typist.send('\r');
    await typist.until((shown) => shown.endsWith('ahead.txt\n' + at('$')));
    expect(existsSync(join(directory, 'ahead.txt'))).toBe(true);
  });

  it('shows each line of a paste before it can be run', async () => {
    await typist.prompt();
    typist.send('\u001b[200~echo first\necho second\nrm kept.txt\n\u001b[201~');
    await typist.until((shown) => shown.endsWith('$ echo first'));
    expect(decided()).toEqual([]);
    typist.send('\r');
    await typist.until((shown) => shown.endsWith(at(' [1 more pasted]$ echo second')));
    typist.send('\r');
    await typist.until((shown) => shown.endsWith('$ rm kept.txt'));
    expect(decided()).toEqual([
      ['echo first', 'allow'],
      ['echo second', 'allow'],
    ]);
    typist.send('\u0003');
    await typist.prompt();
    expect(existsSync(join(directory, 'kept.txt'))).toBe(true);
  });

  it('goes on reading while quotes, heredocs and pipelines are open', async () => {
    await typist.prompt();
    typist.send('cat <<END |\r');
    await typist.until((shown) => shown.endsWith('\n>'));
    typist.send('b\r');
    await typist.until((shown) => shown.endsWith('> b\n>'));
    typist.send('a\r');
    await typist.until((shown) => shown.endsWith('> a\n>'));
    typist.send('END\r');
    await typist.until((shown) => shown.endsWith('> END\n>'));
    typist.send('sort\r');
    expect(await typist.prompt()).toContain('> sort\na\nb\n');
    // It is recalled, and on record, as it was written.
    typist.send('\u001b[A');
    await typist.until((text) => text.endsWith(at('$ cat <<END |\n> b\n> a\n> END\n> sort')));
    typist.send('\u0003');
    await typist.prompt();
    expect(stage.shown('output')).toContain('> END\r\n> sort\r\n');
    expect(decided()).toEqual([['cat <<END |\nb\na\nEND\nsort', 'allow']]);
  });

  it('changes the directory by what the target says of it, and back', async () => {
    expect((await typist.line('cd one')).split('\n').at(-1)).toBe(at('$', `${directory}/one`));
    expect((await typist.line('cd -')).split('\n').slice(-2)).toEqual([directory, at('$')]);
    const shown = await typist.line('cd nowhere');
    expect(shown).toMatch(/hoopctl: .*cd.*nowhere/u);
    expect(shown.split('\n').at(-1)).toMatch(/ \[\d\]\$$/u);
    await typist.line('cd "one"/.././one');
    expect((await typist.line('pwd')).split('\n').at(-2)).toBe(`${directory}/one`);
  });

  it('recalls and searches the lines of this shell', async () => {
    await typist.line('echo alpha');
    await typist.line('echo beta');
    await typist.prompt();
    typist.send('\u001b[A\u001b[A');
    await typist.until((shown) => shown.endsWith('$ echo alpha'));
    typist.send('\u0003');
    await typist.prompt();
    typist.send('\u0012bet');
    await typist.until((shown) => shown.endsWith('(search: bet) echo beta'));
    typist.send('\r');
    expect((await typist.prompt()).split('\n').slice(-3)).toEqual([
      expect.stringContaining('echo beta'),
      'beta',
      at('$'),
    ]);
    expect(await typist.line('history')).toContain('\necho alpha\necho beta\nhistory\n');
  });

  it('completes paths that may be listed, and programs of the policy', async () => {
    await typist.prompt();
    typist.send('cat wi\t');
    await typist.until((shown) => shown.endsWith(String.raw`$ cat with\ space.txt`));
    typist.send('\r');
    await typist.until((shown) => shown.includes('\nspaced\n'));
    await typist.prompt();
    typist.send('ls se\t\t');
    await typist.until((shown) => shown.endsWith('$ ls secret/'));
    await eventually(
      () => decided(),
      (all) => all.some(([text, verdict]) => text === `list ${directory}/secret` && verdict === 'deny'),
    );
    expect(typist.text()).not.toContain('hidden');
    typist.send('\u0003');
    await typist.prompt();
    typist.send('syst\t');
    await typist.until((shown) => shown.endsWith('$ systemctl'));
    expect(decided()).toContainEqual([`list ${directory}`, 'allow']);
    expect(stage.of('complete').some(({ tag, rows }) => /^list \d+$/u.test(tag) && rows === 0)).toBe(true);
  });

  it('says in words what does not last beyond a line, and runs none of it', async () => {
    expect(await typist.line('export A=b')).toContain('do not last beyond it');
    expect(await typist.line('A=b')).toContain('do not last beyond it');
    expect(await typist.line('jobs')).toContain('there are no jobs');
    expect(await typist.line('true &')).toContain('may end with its line');
    expect(await typist.line('ls )')).toContain('this line cannot be read');
    expect(decided()).toEqual([['true &', 'allow']]);
  });

  it('ends with the status of the last line, or the one that is named', async () => {
    await typist.line('false');
    typist.send('\u0004');
    expect(await typist.ended).toBe(1);
    // The recorder counts from 1.
    const opened = 1 + stage.recorder.events.findIndex((event) => event.type === 'statement' && event.text === 'shell');
    expect(stage.of('complete').at(-1)).toMatchObject({ tag: 'exit 1', statement: opened });
    const second = openTypist(stage);
    await second.prompt();
    second.send('exit 7\r');
    expect(await second.ended).toBe(7);
  });

  it('records the lines that were submitted as they were seen, and nothing that was not', async () => {
    await typist.prompt();
    typist.send('echo oops-a-password');
    await typist.until((shown) => shown.endsWith('password'));
    typist.send('\u0015');
    await typist.line('echo fine');
    await eventually(
      () => stage.shown('output'),
      (text) => text.includes(`${at('$ echo fine')}\r\nfine\r\n`),
    );
    expect(JSON.stringify(stage.recorder.events)).not.toContain('oops');
  });

  it('draws a long line over several rows, also when the window changes', async () => {
    await typist.prompt();
    const long = `echo ${'0123456789'.repeat(12)}`;
    typist.send(long);
    await typist.until((shown) => shown.endsWith(`$ ${long}`));
    typist.resize(60, 20);
    typist.send('\u0001\u001b[C\u001b[C\u001b[C\u001b[CX');
    await typist.until((shown) => shown.endsWith(`$ echoX ${'0123456789'.repeat(12)}`));
    typist.send('\u0003');
    await typist.prompt();
  });

  it('reads no lines where there is no terminal, and runs commands as ever', async () => {
    const piped = await stage.ssh(['-T', 'web-1'], { input: 'rm kept.txt\n' });
    expect(piped.code).toBe(126);
    expect(piped.stderr).toContain('command lines are read from a terminal alone');
    expect(existsSync(join(directory, 'kept.txt'))).toBe(true);
    expect(await stage.ssh(['web-1', 'echo there'])).toMatchObject({ code: 0, stdout: 'there\n' });
    expect((await stage.ssh(['web-1', 'rm kept.txt'])).code).toBe(126);
  });

  it.each([
    ['while a line is written', 'echo half'],
    ['while a program runs', 'sleep 100\r'],
    ['while somebody is asked', 'touch made\r'],
  ])('ends with the session, and says so, %s', async (_, keys) => {
    const before = await typist.prompt();
    typist.send(keys);
    await typist.until((shown) => shown !== before && !typist.isReady());
    await stage.session.end('expired');
    await typist.until((shown) => shown.includes('\nhoopctl: the hoopctl session has ended'));
    expect(await typist.ended).toBe(255);
    expect(existsSync(join(directory, 'made'))).toBe(false);
    expect(stage.of('complete').map(({ tag }) => tag)).not.toContain('client gone');
    expect(stage.of('complete').at(-1)).toMatchObject({ tag: 'stopped by hoopctl' });
  });

  it.each([
    ['while a line is written', 'echo half'],
    ['while a program runs', 'sleep 100\r'],
  ])('says so when the target breaks off, and ends, %s', async (_, keys) => {
    const before = await typist.prompt();
    typist.send(keys);
    await typist.until((shown) => shown !== before && !typist.isReady());
    server.breakOff();
    await typist.until((shown) => shown.includes('\nhoopctl: web-1 closed the connection'));
    expect(await typist.ended).toBe(255);
  });

  it('shows what the policy masks as masked, in what a program says and in what is on record', async () => {
    await typist.close();
    await stage.close();
    const detect = { column: null, field: null, detect: ['aws-key'], except: null, with: 'redact' } as const;
    stage = await openSshStage(server.target(), [{ ...UNGUARDED, shell: 'guarded', mask: [detect] }]);
    typist = openTypist(stage);
    const shown = await typist.line(`printf 'key AKIA%s end\\n' IOSFODNN7EXAMPLE`);
    expect(shown).toMatch(/^key \S*redacted\S* end$/mu);
    expect(stage.shown('output')).not.toContain('AKIAIOSFODNN7EXAMPLE');
  });

  it('ends what runs when the client goes away', async () => {
    await typist.prompt();
    typist.send('sleep 100\r');
    await eventually(
      () => stage.of('statement').length,
      (count) => count === 3,
    );
    await typist.close();
    await eventually(
      () => server.connections(),
      (left) => left.length === 0,
    );
    // The record may come behind the end of the connection.
    await eventually(
      () => stage.of('complete').map(({ tag }) => tag),
      (tags) => tags.includes('client gone'),
    );
  });
});

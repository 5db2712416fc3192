import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine } from './command-line.ts';
import { ExecStage, TARGET_PASSWORD } from './exec-stage.ts';

let stage: ExecStage;
beforeAll(async () => {
  stage = await ExecStage.open();
});
afterAll(() => stage.close());

/** Of the session that the summary names. */
const replay = async (stderr: string): Promise<string> =>
  (await stage.run('replay', '--text', /hoopctl replay (\S+)/.exec(stderr)?.[1] ?? '')).stdout;

describe('the output of a program', () => {
  it('is shown and recorded without secrets, wherever they are cut', async () => {
    stage.write(
      'leak.py',
      `import os, sys, time
secret = os.environ['PGPASSWORD']
for letter in 'door ' + secret + ' target ${TARGET_PASSWORD} end\\n':
    sys.stdout.write(letter); sys.stdout.flush(); time.sleep(0.002)
`,
    );
    const ran = await stage.exec(['/usr/bin/python3', 'leak.py']);
    expect(ran.stdout).toBe('door [secret] target [secret] end\n');
    expect(await replay(ran.stderr)).toContain('door [secret] target [secret] end');
  });

  it('is on record beside the statements, on one line of time', async () => {
    const ran = await stage.exec(['sh', '-c', 'echo before; psql -Atc "select 6*7"; echo after']);
    const told = await replay(ran.stderr);
    const places = ['before', 'select 6*7', 'after'].map((what) => told.indexOf(what));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it('is recorded with what policies look for masked, and shown as it is', async () => {
    const ran = await stage.exec(['echo', 'card 4111111111111111 end']);
    expect(ran.stdout).toBe('card 4111111111111111 end\n');
    const told = await replay(ran.stderr);
    expect(told).toContain('end');
    expect(told).not.toContain('4111111111111111');
  });

  it('is recorded masked also when it comes by letters, with pauses', async () => {
    stage.write(
      'slow.py',
      `import sys, time
for at, letter in enumerate('card 4111111111111111 end\\n'):
    sys.stdout.write(letter); sys.stdout.flush(); time.sleep(0.3 if at in (9, 15) else 0)
`,
    );
    const told = await replay((await stage.exec(['/usr/bin/python3', 'slow.py'])).stderr);
    // As wide as what it stands for, so that what a terminal shows stays in its place.
    expect(told).toContain('card [redacted]****** end');
    expect(told).not.toMatch(/card \d|1{5}/);
  });

  it('is on record with every target', async () => {
    const ran = await stage.run('exec', '--target', 'pg-one', '--target', 'pg-two', '--', 'echo', 'both');
    const ids = [...ran.stderr.matchAll(/hoopctl replay (\S+)/g)].map(([, id]) => id ?? '');
    expect(ids).toHaveLength(2);
    for (const id of ids) expect((await stage.run('replay', '--text', id)).stdout).toContain('both');
  });

  it('goes to stderr with --json, where stdout has the events', async () => {
    const ran = await stage.exec(['sh', '-c', 'echo hello; psql -c "select 1" >/dev/null; exit 3'], '--json');
    const events = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event }) => event)).toEqual(['ready', 'decision', 'end', 'exit']);
    expect(events.at(-1)).toEqual({ version: 1, event: 'exit', code: 3, exceeded: null });
    expect(ran).toMatchObject({ code: 3, stderr: 'hello\n' });
    expect(ran.stdout).not.toContain('PGPASSWORD');
  });

  it('of megabytes comes whole', async () => {
    const ran = await stage.exec(['sh', '-c', 'seq 1 300000']);
    expect(ran.stdout.split('\n')).toHaveLength(300_001);
    expect(lastLine(ran.stdout)).toBe('300000');
  });
});

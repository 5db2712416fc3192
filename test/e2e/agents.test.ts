import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentStage } from './agents/stage.ts';

let stage: AgentStage;
beforeAll(async () => {
  stage = await AgentStage.open();
}, 120_000);
afterAll(() => stage.close());

/** The rehearsal's model, with all that it is given printed, in an alphabet in which it is not taken for what others say. */
const WITNESS = `import { model as rehearsal } from './rehearsal.mjs';
export const model = {
  getResponse: (request) => {
    process.stdout.write('GIVEN ' + Buffer.from(JSON.stringify(request)).toString('base64') + '\\n');
    return rehearsal.getResponse(request);
  },
};
`;

/** Resolves with the id of the first request that waits, as it is told on stderr. */
function firstHeld(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (part: Buffer) => {
      said += part.toString('utf8');
      const id = /hoopctl approve (\S+)\n/.exec(said)?.[1];
      if (id !== undefined) resolve(id);
    });
    child.once('close', () => reject(new Error(`nothing was held: ${said}`)));
  });
}

/** Resolves with what was printed once this has been among it. */
function saidBy(child: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (part: Buffer) => {
      said += part.toString('utf8');
      if (what.test(said)) resolve(said);
    });
    child.once('close', () => reject(new Error(`it never said ${what.source}: ${said}`)));
  });
}

const sessionOf = (stderr: string): string => /hoopctl replay (\S+)/.exec(stderr)?.[1] ?? '';

/** Where each of these is first said, in this order and none missing. */
function expectInOrder(text: string, ...parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    expect(at, `${part} after ${text.slice(0, from).slice(-80)}`).toBeGreaterThanOrEqual(0);
    from = at + part.length;
  }
}

interface Given {
  readonly systemInstructions: string;
  readonly input: readonly Readonly<Record<string, unknown>>[];
}

describe('the example agent', () => {
  let stdout = '';
  let stderr = '';
  let given: readonly Given[] = [];
  let planWhileHeld: unknown;
  let session = '';

  beforeAll(async () => {
    stage.write('witness.mjs', WITNESS);
    const command = ['node', 'agent.mjs', '--model', 'witness.mjs', 'Move Grace to the plan pro.'];
    const { child, outcome } = stage.start('exec', '--target', 'pg-prod', '--as', 'reporter', '--', ...command);
    const id = await firstHeld(child);
    planWhileHeld = await stage.planOf('Grace');
    expect(await stage.run('approve', id)).toMatchObject({ code: 0, stderr: `Approved ${id}: it runs now.\n` });
    const ended = await outcome;
    ({ stdout, stderr } = ended);
    expect(ended).toMatchObject({ code: 0 });
    session = sessionOf(stderr);
    given = [...stdout.matchAll(/^GIVEN (\S+)$/gm)].map(
      ([, text = '']) => JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Given,
    );
  });

  /** What the model was given as the last tool's result, at its turn. */
  const resultAt = (turn: number): string => JSON.stringify(given[turn]?.input.at(-1));

  it('is told where it is and what a denial means, in its system prompt', () => {
    expect(given).toHaveLength(4);
    expect(given[0]?.systemInstructions).toContain('**pg-prod**: postgres, database postgres');
    expect(given[0]?.systemInstructions).toContain('Stop there: do not send variants of the statement');
    expect(given[0]?.systemInstructions).toContain('Some statements are held until a person has answered');
  });

  it('reads rows that are masked', () => {
    expect(resultAt(1)).toContain('Grace');
    expect(resultAt(1)).toContain('@example.com');
    expect(stdout).not.toContain('grace@');
  });

  it('is told that a refusal is policy, and stops instead of trying variants', async () => {
    for (const part of ['ERROR 42501: schema changes go through migrations', 'DETAIL: ', 'HINT: '])
      expect(resultAt(2)).toContain(part);
    expect(resultAt(2)).toContain('This is policy, not a fault: do not retry variants.');
    expect(stdout).not.toMatch(/\[(?:query|shell)\] \{[^\n]*drop table if exists/i);
    expect(
      await stage.server.admin('postgres', `select to_regclass('app.customers_2019') is not null as there`),
    ).toEqual([{ there: true }]);
  });

  it('waits for a change until a person has approved it outside', async () => {
    expect(planWhileHeld).toBe('free');
    expect(resultAt(3)).toContain('UPDATE 1');
    expect(await stage.planOf('Grace')).toBe('pro');
    expect(stderr).toMatch(/^pg-prod: 3 statements, 1 refused, 1 held for approval/m);
  });

  it('is on record, its words and its statements on one line of time', async () => {
    const { stdout: told } = await stage.run('replay', '--text', session);
    expectInOrder(
      told,
      '[query] {',
      '[1] > SELECT id, name, email, plan FROM app.customers ORDER BY id',
      '| [query] [{"id":1,',
      '[2] > DROP TABLE app.customers_2019',
      'schema changes go through migrations',
      '[shell] {',
      `[3] > UPDATE app.customers SET plan = 'pro' WHERE id = 2`,
      'The old table stays',
    );
    expect(told).not.toContain('grace@');
  });

  it('is on record as an agent that acts for whoever started it', async () => {
    const { stdout: told } = await stage.run('replay', '--json', session);
    const events = told
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).toMatchObject({ header: { identity: { kind: 'agent', actsFor: { kind: 'person' } } } });
    const kinds = events.map(({ type }) => type);
    const firstWords = kinds.indexOf('terminal');
    const [first, last] = [kinds.indexOf('statement'), kinds.lastIndexOf('statement')];
    expect(firstWords).toBeGreaterThan(0);
    expect(first).toBeGreaterThan(firstWords);
    expect(kinds.slice(first, last)).toContain('terminal');
    expect(kinds.lastIndexOf('terminal')).toBeGreaterThan(last);
    expect(kinds).toEqual(expect.arrayContaining(['request']));
    expect(await stage.run('sessions', 'verify', session)).toMatchObject({ code: 0 });
  });

  it.each(['asciicast', 'ndjson', 'html'])('is exported as %s with both', async (format) => {
    const { code, stdout: exported } = await stage.run('sessions', 'export', session, '--format', format);
    expect(code).toBe(0);
    expect(exported).toContain('The old table stays');
    // Once as the agent says it, and once as it was asked.
    expect(exported.split('DROP TABLE app.customers_2019').length).toBeGreaterThan(2);
    expect(exported).not.toContain('grace@');
  });
});

/**
 * Has a change wait, tries to approve it with the very program that can do so outside, and then lets the model see what
 * came of the change.
 */
const approving = (state: string): string => `import { call, say, ScriptedModel } from './scripted-model.mjs';
const approve = (name, how) => how + ' node hoopctl/main.js approve $id 2>&1; echo "' + name + ' exits $?"';
export const model = new ScriptedModel([
  () => call('shell', { command: [
    \`psql -c "UPDATE app.customers SET plan = 'gold' WHERE id = 1" >/tmp/out 2>&1 </dev/null &\`,
    "until grep -q 'held for approval' /tmp/out; do sleep 0.1; done",
    "id=$(sed -n 's/.*held for approval: request //p' /tmp/out)",
    approve('as it is', ''),
    approve('without its mark', 'env -u HOOPCTL_SESSION'),
    approve('pointed to the state', 'env -u HOOPCTL_SESSION HOOPCTL_STATE_DIR=${state}'),
  ].join('\\n') }),
  () => call('shell', { command: 'until grep UPDATE /tmp/out; do sleep 0.1; done' }),
  () => say('tried'),
]);
`;

describe('an agent that would answer for itself', () => {
  it('cannot, by any way to the program that answers outside', async () => {
    stage.write('approving.mjs', approving(stage.state));
    const command = ['node', 'agent.mjs', '--model', 'approving.mjs', 'Approve it.'];
    const { child, outcome } = stage.start('exec', '--target', 'pg-prod', '--', ...command);
    const [id, tried] = await Promise.all([firstHeld(child), saidBy(child, /^pointed to the state exits \d+$/m)]);
    const codes = [...tried.matchAll(/^(.*) exits (\d+)$/gm)].map(([, name, code]) => [name, Number(code)]);
    expect(codes).toEqual([
      ['as it is', 5],
      ['without its mark', 6],
      ['pointed to the state', 6],
    ]);
    expect(await stage.planOf('Ada')).toBe('pro');
    // The same copy, outside.
    expect(await stage.runCopy('approve', id)).toMatchObject({ code: 0, stderr: `Approved ${id}: it runs now.\n` });
    expect(await outcome).toMatchObject({ code: 0 });
    expect(await stage.planOf('Ada')).toBe('gold');
  });
});

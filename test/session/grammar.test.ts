import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Grammar } from '../../src/core/grammar.ts';
import { openGrammar } from '../../src/session/grammar.ts';

const statements = (outcome: Awaited<ReturnType<Grammar['sql']>>): number =>
  outcome.ok ? ((outcome.tree as { stmts?: unknown[] }).stmts?.length ?? 0) : -1;

describe('the grammar', () => {
  let grammar: Grammar;
  beforeAll(() => {
    grammar = openGrammar();
  });
  afterAll(() => grammar.close());

  it('parses one statement, several and none', async () => {
    expect(statements(await grammar.sql('select 1'))).toBe(1);
    expect(statements(await grammar.sql('select 1; drop table t;'))).toBe(2);
    expect(statements(await grammar.sql('-- nothing'))).toBe(0);
  });

  it('parses functions of PL/pgSQL', async () => {
    const body = 'create function f() returns void language plpgsql as $$ begin perform 1; end $$';
    expect(await grammar.plpgsql(body)).toMatchObject({ ok: true });
    expect(await grammar.plpgsql(body.replace('end', 'ende'))).toMatchObject({ ok: false });
  });

  it('says where a text is wrong', async () => {
    expect(await grammar.sql('selec 1')).toMatchObject({ ok: false, reason: 'syntax', position: 0 });
  });

  it('does not parse a text with NUL: what follows would be sent and not judged (R30)', async () => {
    expect(await grammar.sql('select 1\0; drop table t')).toMatchObject({ ok: false, reason: 'failure' });
    expect(await grammar.plpgsql('\0')).toMatchObject({ ok: false, reason: 'failure' });
  });

  it('answers many at once, each its own', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_text, index) =>
        grammar.sql('select 1;'.repeat(index % 7) + (index % 5 === 0 ? 'x' : '')),
      ),
    );
    outcomes.forEach((outcome, index) => {
      expect(statements(outcome)).toBe(index % 5 === 0 ? -1 : index % 7);
    });
  });

  it.each([
    ['10 000 chained operators', `select ${'1+'.repeat(10_000)}1`],
    ['400 000 chained operators', `select ${'1+'.repeat(400_000)}1`],
    ['400 000 parentheses', `select ${'('.repeat(400_000)}`],
    ['200 000 negations', `select ${'not '.repeat(200_000)} true`],
    ['100 000 nested arrays', `select ${'array['.repeat(100_000)}`],
    ['50 000 nested sub-selects', `${'select ('.repeat(50_000)}`],
  ])('survives %s, three times over, and answers the next question', async (_what, text) => {
    const outcomes = [await grammar.sql(text), await grammar.sql(text), await grammar.sql(text)];
    for (const outcome of outcomes) {
      if (!outcome.ok) expect(['syntax', 'failure', 'limit', 'deadline']).toContain(outcome.reason);
    }
    expect(statements(await grammar.sql('select 1'))).toBe(1);
  });
});

describe('the grammar’s limits', () => {
  let grammar: Grammar | null = null;
  afterEach(async () => {
    await grammar?.close();
    grammar = null;
  });

  it('refuse what is too long without a look at it', async () => {
    grammar = openGrammar({ text: 20, deadline: 2000 });
    expect(statements(await grammar.sql('select 1'.padEnd(20)))).toBe(1);
    expect(await grammar.sql('select 1'.padEnd(21))).toMatchObject({ ok: false, reason: 'limit' });
  });

  it('end what takes too long, and only that', async () => {
    grammar = openGrammar({ text: 10_000_000, deadline: 2000 });
    const [slow, next] = await Promise.all([grammar.sql('/*'.repeat(400_000)), grammar.sql('select 1')]);
    expect(slow).toMatchObject({ ok: false, reason: 'deadline' });
    expect(statements(next)).toBe(1);
  });

  it('are over when it is closed: nothing is left waiting', async () => {
    grammar = openGrammar();
    const waiting = [grammar.sql('select 1'), grammar.sql('select 2')];
    await grammar.close();
    for (const outcome of await Promise.all(waiting)) expect(outcome).toMatchObject({ ok: false, reason: 'failure' });
    expect(await grammar.sql('select 3')).toMatchObject({ ok: false, reason: 'failure' });
  });
});

describe('a parser', () => {
  let directory: string;
  let grammar: Grammar | null = null;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hoopctl-grammar-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  afterEach(async () => {
    await grammar?.close();
    grammar = null;
  });
  const worker = (name: string, source: string): URL => {
    const path = join(directory, `${name}.mjs`);
    writeFileSync(path, `import { parentPort } from 'node:worker_threads';\n${source}`);
    return pathToFileURL(path);
  };
  const limits = { text: 1000, deadline: 20_000 };

  it('that does not load is a failure for who asks, not a busy loop, and is tried again', async () => {
    const loads = join(directory, 'loads-of-broken');
    const counted = `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(loads)}, 'one ');`;
    const file = worker('broken', `${counted} throw new Error('no');`);
    grammar = openGrammar(limits, file);
    expect(await grammar.sql('a')).toMatchObject({ ok: false, reason: 'failure' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(readFileSync(loads, 'utf8')).toBe('one ');
    worker(
      'broken',
      `parentPort.postMessage('ready'); parentPort.on('message', () => parentPort.postMessage('{"ok":true,"tree":1}'));`,
    );
    // The first one that asks finds the remains, or the repaired one.
    await grammar.sql('b');
    expect(await grammar.sql('c')).toEqual({ ok: true, tree: 1 });
  });

  it.each([
    ['exits', `process.exit(3)`],
    ['throws', `throw new Error('x')`],
    ['runs out of memory', `const all = []; for (;;) all.push(new Array(1e6).fill(0.5))`],
  ])('that %s over one text answers the others', async (name, crash) => {
    const source = `parentPort.postMessage('ready'); parentPort.on('message', ({ text }) => {
      if (text === 'crash') { ${crash} }
      parentPort.postMessage(JSON.stringify({ ok: true, tree: text }));
    });`;
    const crashing = openGrammar({ text: 1000, deadline: 20_000 }, worker(name.replaceAll(' ', '-'), source));
    grammar = crashing;
    const outcomes = await Promise.all(['a', 'crash', 'b', 'crash', 'c'].map((text) => crashing.sql(text)));
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, true, false, true]);
  });

  it('loads once, when it is told to', async () => {
    const loads = join(directory, 'loads');
    const source = `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(loads)}, 'once');
    parentPort.postMessage('ready'); parentPort.on('message', () => parentPort.postMessage('{"ok":true,"tree":1}'));`;
    grammar = openGrammar(limits, worker('counted', source));
    grammar.load();
    await expect.poll(() => existsSync(loads) && readFileSync(loads, 'utf8')).toBe('once');
    grammar.load();
    expect(await grammar.sql('a')).toEqual({ ok: true, tree: 1 });
    expect(readFileSync(loads, 'utf8')).toBe('once');
  });

  it('that answers nonsense is no answer', async () => {
    const source = `parentPort.postMessage('ready'); parentPort.on('message', () => parentPort.postMessage('{{{'));`;
    grammar = openGrammar(limits, worker('nonsense', source));
    expect(await grammar.sql('a')).toMatchObject({ ok: false });
  });
});

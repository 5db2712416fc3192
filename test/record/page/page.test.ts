import { createHash } from 'node:crypto';
import { statSync, truncateSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { recordPath } from '../../../src/record/layout.ts';
import type { Card, Part } from '../../../src/record/page/card.ts';
import { FLAG, INDEX_FIELDS } from '../../../src/record/page/card.ts';
import { openRecord } from '../../../src/record/writer.ts';
import { ANSWER, askedEvent, DRY_RUN, requestEvent, settledEvent, terminalEvent } from '../approvals.ts';
import {
  onRecord,
  refusedEvent,
  rowsEvent,
  stateDirectory,
  statementEvent,
  testClock,
  testHeader,
} from '../fixtures.ts';
import { exported, HOSTILE, INVISIBLE, record } from '../hostile.ts';

function blocks(page: string, attributes: string): unknown[] {
  const tags = page.matchAll(new RegExp(`<script type="application/json" ${attributes}>([^<]*)</script>`, 'g'));
  return [...tags].map(([, json = '']): unknown => JSON.parse(json));
}

function cardsOf(page: string): Card[] {
  return (blocks(page, 'class="cards"') as Card[][]).flat();
}

function partsOf<K extends Part['kind']>(cards: readonly Card[], kind: K): Extract<Part, { kind: K }>[] {
  return cards.flatMap(({ parts }) => parts).filter((part): part is Extract<Part, { kind: K }> => part.kind === kind);
}

/** Records what `write` does, and gives the page of it. */
async function pageOf(
  write: (recorder: Awaited<ReturnType<typeof openRecord>>) => Promise<void>,
  options: Parameters<typeof exported>[3] = {},
): Promise<string> {
  const state = stateDirectory();
  const header = testHeader();
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  await write(recorder);
  await recorder.close('client');
  return exported(state, header.session, 'html', options);
}

describe('a page', () => {
  test('stands alone: nothing in it is loaded, and no script runs but its own', async () => {
    const state = stateDirectory();
    const page = await exported(state, await record(state), 'html');
    const scripts = [...page.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes);
    expect(scripts.filter((attributes) => attributes?.includes('type="application/json"') === false)).toEqual(['']);
    expect(page).not.toContain('<img');
    const markup = page.replace(/<script[^]*?<\/script>|<style>[^]*?<\/style>/g, '');
    expect(markup).not.toMatch(/(?:src|href|url|action)\s*[=(]/i);
    expect(markup).not.toMatch(/<[a-z][^>]*(?: on[a-z]+|style)=/);
    const digest = (tag: string): string => {
      const inner = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? '';
      return `${tag}-src 'sha256-${createHash('sha256').update(inner).digest('base64')}'`;
    };
    expect(/Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.split('; ')).toEqual([
      "default-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      digest('style'),
      digest('script'),
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test('holds statements in a form that ends no script and shows no invisible character', async () => {
    const state = stateDirectory();
    const page = await exported(state, await record(state), 'html');
    const own = /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(page.replace(own, '').replaceAll('\n', '')).not.toMatch(INVISIBLE);
    expect(own.replaceAll(/[\n\t]/g, '')).not.toMatch(INVISIBLE);
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('</pre>\\u003c');
    const cards = cardsOf(page);
    expect(partsOf(cards, 'statement')[0]?.text).toContain('</script><script>alert(1)');
    expect(partsOf(cards, 'statement')[0]?.text).toContain('<U+2028>');
    for (const text of JSON.stringify(cards).split('\n')) expect(text).not.toMatch(INVISIBLE);
  });

  test('puts results, errors and refusals with their statements, and says what is not in it', async () => {
    const state = stateDirectory();
    const session = await record(state);
    const cards = cardsOf(await exported(state, session, 'html'));
    const kinds = cards.map(({ parts }) => parts.map(({ kind }) => kind).join(' '));
    expect(kinds).toEqual([
      'lines',
      'statement result outcome',
      'statement result outcome',
      'statement refusal',
      'statement result outcome result error notice',
      'lines',
      'lines',
      'lines',
    ]);
    expect(partsOf(cards, 'result')).toMatchObject([{ left: 0 }, { left: 50 }, { columns: null }, { rows: null }]);
    const all = cardsOf(await exported(state, session, 'html', { maxRows: 100 }));
    expect(partsOf(all, 'result')[1]).toMatchObject({ left: 0, rows: { length: 100 } });
  });

  test('indexes what can be found without reading', async () => {
    const page = await pageOf(async (recorder) => {
      await onRecord(recorder, statementEvent('select 1'));
      await onRecord(recorder, refusedEvent('drop table t'));
      const asked = await onRecord(recorder, askedEvent('update t set a = 1'));
      await onRecord(recorder, requestEvent(asked));
      await onRecord(recorder, settledEvent(asked, 'expired'));
      await onRecord(recorder, terminalEvent('$ ', 'output', 2));
    });
    const [index] = blocks(page, 'class="index"') as number[][];
    const rows = Array.from({ length: (index?.length ?? 0) / INDEX_FIELDS }, (_, row) =>
      index?.slice(row * INDEX_FIELDS, (row + 1) * INDEX_FIELDS),
    );
    expect(rows.map((row) => [row?.[0], row?.[2], row?.[3]])).toEqual([
      [1, 1, FLAG.statement],
      [2, 1, FLAG.statement | FLAG.refused],
      [3, 1, FLAG.statement | FLAG.asked | FLAG.refused],
      [6, 2, FLAG.terminal],
      [7, -1, 0],
    ]);
  });

  test('shows of a request who was asked, what it would do, and who answered why', async () => {
    const cards = cardsOf(
      await pageOf(async (recorder) => {
        const asked = await onRecord(recorder, askedEvent(`update t -- ${HOSTILE}`));
        await onRecord(recorder, requestEvent(asked));
        const preview = { estimate: 4, dryRun: DRY_RUN, withheld: null };
        await onRecord(recorder, { type: 'preview', connection: 1, request: ANSWER.request, preview });
        // Another connection goes on meanwhile.
        await onRecord(recorder, statementEvent('select 2', { connection: 2 }));
        await onRecord(recorder, { type: 'answer', connection: 1, answer: { ...ANSWER, reason: HOSTILE } });
        await onRecord(recorder, settledEvent(asked, 'approved'));
        await onRecord(recorder, {
          type: 'complete',
          connection: 1,
          statement: asked,
          tag: 'UPDATE 3',
          rows: 3,
          bytes: 1,
        });
        const by = ANSWER.by;
        await onRecord(recorder, { type: 'revoked', request: ANSWER.request, by, reason: 'enough' });
      }),
    );
    expect(cards[0]?.parts.map(({ kind }) => kind)).toEqual([
      'statement',
      'request',
      'preview',
      'answer',
      'settled',
      'outcome',
      'revoked',
    ]);
    expect(partsOf(cards, 'preview')[0]).toMatchObject({
      lines: ['expected rows: about 4', 'on trial: 3 rows, an undo script can be kept'],
      tables: [
        { name: 'app.customers', updated: 3 },
        { name: 'app.audit', inserted: 3, deleted: 1 },
      ],
      sample: { columns: ['id', 'plan'], rows: [{ before: ['1', 'free'], after: ['1', 'paid'] }, {}, { after: null }] },
    });
    expect(partsOf(cards, 'answer')[0]).toMatchObject({
      verdict: 'approve',
      by: 'Bob (person, https://idp.example.com)',
      reason: expect.stringContaining('<U+202E>'),
      bounds: ['5 times', 'until 2026-01-01T00:30:00.000Z', 'only with the effect that was shown'],
    });
  });

  test('keeps a text that is executed again and again once', async () => {
    const text = `select ${'1, '.repeat(2000)}1`;
    const cards = cardsOf(
      await pageOf(async (recorder) => {
        const prepared = await onRecord(recorder, statementEvent(text, { phase: 'prepare' }));
        for (let time = 0; time < 3; time += 1)
          await onRecord(recorder, statementEvent('', { phase: 'execute', text: null, prepared }));
      }),
    );
    const statements = partsOf(cards, 'statement');
    expect(statements[0]).toMatchObject({ text, left: 0, wholeAt: null });
    for (const again of statements.slice(1)) {
      expect(again).toMatchObject({ text: text.slice(0, 1000), left: text.length - 1000, wholeAt: cards[0]?.number });
    }
  });

  test('gives what comes late a card of its own that names the statement', async () => {
    const cards = cardsOf(
      await pageOf(async (recorder) => {
        const first = await onRecord(recorder, statementEvent('select first'));
        const done = { type: 'complete', connection: 1, tag: 'SELECT 0', rows: 0, bytes: 0 } as const;
        await onRecord(recorder, { ...done, statement: first });
        for (let more = 0; more < 100; more += 1) {
          const statement = await onRecord(recorder, statementEvent('select more'));
          await onRecord(recorder, { ...done, statement });
        }
        const said = { code: '57014', message: 'late', severity: 'ERROR' };
        await onRecord(recorder, { type: 'error', connection: 1, statement: first, ...said });
      }),
    );
    expect(cards.find(({ parts }) => parts[0]?.kind === 'error')?.parts).toEqual([
      expect.objectContaining({ message: 'late' }),
      { kind: 'lines', role: 'note', lines: ['of #1'] },
    ]);
    const numbers = cards.map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  test('holds what a terminal showed only as far as it draws, and loses nothing when much is shown', async () => {
    const page = await pageOf(async (recorder) => {
      await onRecord(recorder, { type: 'resize', connection: 1, columns: 80, rows: 24 });
      for (let line = 0; line < 3000; line += 1) {
        await onRecord(recorder, terminalEvent(`\u001b]0;owned\u0007line ${line}\r\n`));
        if (line % 100 === 0) await onRecord(recorder, statementEvent('select 1', { connection: 2 }));
      }
    });
    const pieces = partsOf(cardsOf(page), 'terminal').flatMap((part) => part.pieces);
    const shown = pieces.flatMap(([, text]) => (typeof text === 'string' ? [text] : [])).join('');
    expect(shown).toBe(Array.from({ length: 3000 }, (_, line) => `line ${line}\r\n`).join(''));
    expect(pieces[0]).toEqual([expect.any(Number), 80, 24]);
    expect(page).not.toContain('owned');
  });

  test('says that its record was cut', async () => {
    const state = stateDirectory();
    const session = await record(state);
    const path = recordPath(state, session);
    truncateSync(path, statSync(path).size - 1);
    const page = await exported(state, session, 'html');
    expect(blocks(page, 'id="end"')).toEqual([{ state: 'cut', events: expect.any(Number) }]);
    expect(page).toContain('not on record: the session is running, or was cut');
  });

  test('is written in blocks, whatever the record’s size', async () => {
    const page = await pageOf(async (recorder) => {
      for (let number = 0; number < 300; number += 1) {
        await onRecord(recorder, statementEvent(`select '${'x'.repeat(4000)}'`));
        await recorder.write(rowsEvent(Buffer.from('1\n'), null));
      }
    });
    const sizes = blocks(page, 'class="cards"').map((cards) => JSON.stringify(cards).length);
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThan(300 * 1024);
  });
});

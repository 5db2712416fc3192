import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRecord } from '../../../src/record/writer.ts';
import { ANSWER, askedEvent, DRY_RUN, requestEvent, settledEvent, terminalEvent } from '../approvals.ts';
import { onRecord, refusedEvent, rowsEvent, stateDirectoryOfFile, statementEvent, testHeader } from '../fixtures.ts';
import { columns, exported, HOSTILE, MARKUP } from '../hostile.ts';
import { Chromium } from './chromium.ts';

const STATEMENTS = 2000;
const SECOND = 1_000_000;
const state = stateDirectoryOfFile();
const header = testHeader();
let browser: Chromium;

/** A session of half an hour, with a refusal, a request, a terminal, and two thousand statements. */
async function recorded(): Promise<void> {
  let at = 0;
  const clock = { now: () => Date.UTC(2026, 0, 1) + at / 1000, monotonic: () => at };
  const recorder = await openRecord({ state, header, clock, sync: 'process' });
  await onRecord(recorder, { type: 'open', connection: 1, application: 'psql', peer: 'local' });
  at += SECOND;
  await onRecord(recorder, refusedEvent(`drop table t -- ${HOSTILE}${MARKUP}`));
  at += SECOND;
  const asked = await onRecord(recorder, askedEvent('update app.customers set plan = 1'));
  await onRecord(recorder, requestEvent(asked));
  const preview = { estimate: 3, dryRun: DRY_RUN, withheld: null };
  await onRecord(recorder, { type: 'preview', connection: 1, request: ANSWER.request, preview });
  await onRecord(recorder, { type: 'answer', connection: 1, answer: ANSWER });
  await onRecord(recorder, settledEvent(asked, 'approved'));
  for (let number = 0; number < STATEMENTS; number += 1) {
    at += SECOND;
    const statement = await onRecord(
      recorder,
      statementEvent(`select ${number}\n  as needle_${number}`, { connection: 2 }),
    );
    if (number !== 5) continue;
    await onRecord(recorder, { type: 'columns', connection: 2, statement, columns });
    await recorder.write({ ...rowsEvent(Buffer.from(`1,${MARKUP}\n~,two\n`), statement), connection: 2 } as never);
    await onRecord(recorder, { type: 'complete', connection: 2, statement, tag: 'SELECT 2', rows: 2, bytes: 1 });
  }
  await onRecord(recorder, terminalEvent('$ ls\r\n\u001b[1mfile\u001b[0m', 'output', 3));
  await recorder.close('client');
}

const text = (selector: string): Promise<unknown> =>
  browser.value(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? null`);
const current = `document.querySelector('[aria-current=true] .place')?.textContent ?? ''`;

/** Chooses, and waits until so many are found. */
async function choose(id: string, value: string, found: string): Promise<void> {
  await browser.value(`(() => {
    const chosen = document.getElementById('${id}');
    chosen.value = '${value}';
    chosen.dispatchEvent(new Event('change'));
  })()`);
  await browser.until(`document.getElementById('count').textContent === '${found}'`);
}

beforeAll(async () => {
  await recorded();
  const path = join(state, 'session.html');
  writeFileSync(path, await exported(state, header.session, 'html'));
  browser = await Chromium.open(path);
});

afterAll(() => browser?.close());

describe('a page in a browser', () => {
  test('runs under its own policy, asks for nothing, and takes no statement for markup', async () => {
    await browser.until(`document.getElementById('count').textContent === '2,005 of 2,005'`);
    expect(await browser.value(`document.querySelectorAll('img, iframe, article script').length`)).toBe(0);
    expect(await text('article.refused pre')).toContain('</pre></script><script>alert(1)</script>');
    expect(browser.requests).toHaveLength(1);
    expect(browser.complaints).toEqual([]);
  });

  test('draws only what is in sight, wherever that is', async () => {
    expect(await browser.value(`document.querySelectorAll('article').length`)).toBeLessThan(60);
    await browser.value(`document.getElementById('list').scrollTop = 1e9`);
    await browser.until(`document.querySelector('article:last-of-type')?.textContent.includes('ended')`);
    expect(await browser.value(`document.querySelectorAll('article').length`)).toBeLessThan(60);
    expect(await text('article:last-of-type pre, article:last-of-type .lines')).toContain('2002 statements, 1 refused');
    await browser.value(`document.getElementById('list').scrollTop = 0`);
    await browser.until(`document.querySelector('article')?.textContent.includes('psql')`);
  });

  test('finds statements by their text, kind and connection', async () => {
    await browser.press('/');
    await browser.type('NEEDLE_77');
    // 77 and 770 to 779.
    await browser.until(`document.getElementById('count').textContent === '11 of 2,005'`);
    expect(await browser.value(`document.querySelectorAll('article mark').length`)).toBe(11);
    await browser.value(`document.getElementById('query').value = ''`);
    await choose('kind', 'refused', '1 of 2,005');
    await choose('kind', 'asked', '1 of 2,005');
    expect(await text('article')).toMatch(
      /Held: request k7m2p9qx.*2 members of dba or leads.*before.*free.*Approved by Bob.*Reason: ticket 4711/s,
    );
    await choose('kind', 'all', '2,005 of 2,005');
    await choose('connection', '1', '3 of 2,005');
    await choose('connection', '', '2,005 of 2,005');
  });

  test('shows results as tables, and NULL as what it is', async () => {
    await browser.value(`document.getElementById('query').value = 'two'`);
    await choose('kind', 'statements', '1 of 2,005');
    expect(await browser.value(`[...document.querySelectorAll('tbody td')].map((cell) => cell.className)`)).toEqual([
      '',
      '',
      'null',
      '',
    ]);
    expect(await text('caption')).toBe('2 rows');
    await browser.value(`document.getElementById('query').value = ''`);
    await choose('kind', 'all', '2,005 of 2,005');
  });

  test('plays, seeks and goes from mark to mark by keys', async () => {
    await browser.value(`document.activeElement.blur()`);
    await browser.press('n');
    await browser.until(`(${current}).includes('refused')`);
    await browser.press('n');
    await browser.until(`(${current}).includes('asked')`);
    await browser.press('p');
    await browser.until(`(${current}).includes('refused')`);
    for (let time = 0; time < 4; time += 1) await browser.press('+');
    expect(await browser.value(`document.getElementById('speed').value`)).toBe('16');
    const before = await text('#clock');
    await browser.press(' ');
    await browser.until(`document.getElementById('clock').textContent !== ${JSON.stringify(before)}`);
    expect(await text('#play')).toBe('Pause');
    await browser.until(`(${current}).includes('connection 2')`);
    await browser.press(' ');
    expect(await text('#play')).toBe('Play');
    const stands = await text('#clock');
    await browser.press('ArrowRight');
    expect(await text('#clock')).not.toBe(stands);
  });

  test('seeks anywhere on its timeline, and shows the terminal of that moment', async () => {
    await browser.press('Home');
    expect(await browser.value(`document.getElementById('screen').hidden`)).toBe(true);
    await browser.value(`(() => {
      const slider = document.getElementById('position');
      slider.value = '500';
      slider.dispatchEvent(new Event('input'));
    })()`);
    await browser.until(`(${current}).includes('connection 2')`);
    expect(await text('#clock')).toMatch(/^16:4\d\.\d of 33:22\.0, #\d+$/);
    await browser.press('End');
    expect(await browser.value(`document.getElementById('screen').hidden`)).toBe(false);
    expect(await text('#cells')).toMatch(/^\$ ls\nfile\n/);
  });

  test('has a name for everything that can be reached', async () => {
    const { nodes } = await browser.send('Accessibility.getFullAXTree');
    const controls = (nodes as { role?: { value: string }; name?: { value: string }; ignored: boolean }[]).filter(
      ({ role, ignored }) =>
        !ignored && /^(?:button|slider|searchbox|combobox|checkbox|article)$/.test(role?.value ?? ''),
    );
    expect(controls.length).toBeGreaterThan(10);
    expect(controls.filter(({ name }) => (name?.value ?? '') === '')).toEqual([]);
  });

  test('prints what is listed', async () => {
    await choose('kind', 'refused', '1 of 2,005');
    const { data } = await browser.send('Page.printToPDF', {});
    expect(Buffer.from(String(data), 'base64').toString('latin1', 0, 5)).toBe('%PDF-');
    expect(browser.complaints).toEqual([]);
  });
});

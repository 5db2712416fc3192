import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTENDERS } from '../../bench/contenders/catalogue.ts';
import { type Findings, fillTemplate } from '../../bench/report/document.ts';
import { cellsOf, overviewOf, rowsOf } from '../../bench/report/rows.ts';
import { markdownTable, textTable } from '../../bench/report/table.ts';
import { outcome, series } from './samples.ts';

const mebibyte = 1024 * 1024;

const transactions = outcome(
  'transaction',
  series(
    'direct',
    { rate: 1000, p50: 100, p99: 200 },
    { rate: 100, p50: 110, p99: 900 },
    { rate: 2000, p50: 90, p99: 210 },
  ),
  series('pgbouncer', { rate: 800, cpu: 20 }, { rate: 80, cpu: 10 }, { rate: 1600, cpu: 30 }),
  series(
    'hoopctl-rules',
    { rate: 500, p50: 5, p99: 7, cpu: 30, peak: 9 * mebibyte, resident: 3 * mebibyte },
    { rate: 60, p50: 6, p99: 8, cpu: 15, peak: 7 * mebibyte, resident: 4 * mebibyte },
    { rate: 800, p50: 7, p99: 9, cpu: 60, peak: 8 * mebibyte, resident: 2 * mebibyte },
  ),
);

const bytes = outcome('byte', series('direct', { rate: 300 }), series('pgbouncer', { rate: 270, cpu: 1.5 }));

describe('a row', () => {
  it('has medians, ratios of the same rounds, and the most memory of any', () => {
    expect(rowsOf(transactions)[2]).toEqual({
      contender: 'hoopctl-rules',
      failed: false,
      rate: 500,
      toDirect: { median: 0.5, least: 0.4, most: 0.6 },
      toPgbouncer: { median: 0.625, least: 0.5, most: 0.75 },
      p50: 6,
      p99: 8,
      cpu: 30,
      cpuToPgbouncer: { median: 1.5, least: 1.5, most: 2 },
      peak: 9 * mebibyte,
      resident: 4 * mebibyte,
    });
  });

  it('compares with nobody who is not there', () => {
    const [row] = rowsOf(outcome('byte', series('haproxy', { rate: 1, cpu: 2 })));
    expect(row).toMatchObject({ rate: 1, cpu: 2, toDirect: null, toPgbouncer: null, cpuToPgbouncer: null });
  });
});

describe('a table', () => {
  it('lines up for a terminal', () => {
    expect(textTable(cellsOf(transactions)).split('\n')).toEqual([
      'contender      transactions/s          × direct       × pgbouncer  p50 µs  p99 µs  CPU µs/transaction   CPU × pgbouncer  peak MiB  RSS MiB',
      'direct                   1000              1.00              1.25     100     210                   –                 –         –        –',
      'pgbouncer                 800              0.80              1.00       –       –                20.0              1.00         –        –',
      'hoopctl-rules             500  0.50 (0.40–0.60)  0.63 (0.50–0.75)       6       8                30.0  1.50 (1.50–2.00)         9        4',
    ]);
  });

  it('of bytes has no latencies, and processor time a gigabyte', () => {
    expect(cellsOf(bytes)).toEqual([
      ['contender', 'MB/s', '× direct', '× pgbouncer', 'CPU s/GB', 'CPU × pgbouncer', 'peak MiB', 'RSS MiB'],
      ['direct', '300', '1.00', '1.11', '–', '–', '–', '–'],
      ['pgbouncer', '270', '0.90', '1.00', '1.500', '1.00', '–', '–'],
    ]);
  });

  it('says who failed', () => {
    const failed = { ...series('haproxy', { rate: 1 }), failure: 'it broke' };
    expect(cellsOf(outcome('byte', failed))[1]?.[0]).toBe('haproxy (failed)');
  });

  it('is Markdown for the page', () => {
    expect(
      markdownTable([
        ['a', 'b'],
        ['x', '1'],
      ]),
    ).toBe('| a | b |\n|---|---:|\n| x | 1 |');
  });

  it('shows one ratio of everybody under every workload', () => {
    expect(overviewOf([transactions, { ...bytes, workload: { ...bytes.workload, name: 'v' } }], 'toDirect')).toEqual([
      ['workload', 'direct', 'pgbouncer', 'hoopctl-rules'],
      ['w', '1.00', '0.80', '0.50'],
      ['v', '1.00', '0.90', '–'],
    ]);
  });
});

describe('the page', () => {
  const findings: Findings = {
    facts: [['Processor', 'a fast one, 2 cores']],
    command: 'npm run bench -- --write',
    date: new Date('2026-01-02T03:04:05Z'),
    rounds: 3,
    pace: { seconds: 4, results: 2, connections: 50 },
    contenders: CONTENDERS,
    outcomes: [transactions, bytes],
  };

  it('is the template with everything that was found', () => {
    const template = readFileSync(new URL('../../bench/report/performance.template.md', import.meta.url), 'utf8');
    const page = fillTemplate(template, findings);
    expect(page).not.toMatch(/\{\{|undefined|NaN/);
    for (const part of ['Measured on 2026-01-02, 3 rounds', '- Processor: a fast one, 2 cores', '### A workload']) {
      expect(page).toContain(part);
    }
    for (const { name, title } of CONTENDERS) expect(page).toContain(`| ${name} | ${title} |`);
    expect(page).toContain(markdownTable(cellsOf(transactions)));
  });

  it('is not written from a template that asks for something else, or leaves something out', () => {
    expect(() => fillTemplate('{{nothing}}', findings)).toThrow('asks for nothing');
    expect(() => fillTemplate('{{date}}', findings)).toThrow('leaves out command');
  });
});

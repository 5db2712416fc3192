import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellMask, CopyFormat, MaskMethod } from '../../../../src/core/mask.ts';
import { cellMask } from '../../../../src/policy/mask/values/masks.ts';
import { Chance, SEED } from '../../../chance.ts';
import { serverVersions } from '../../../postgres/binaries.ts';
import { type Server, startServer } from '../../../postgres/server.ts';
import { type WireClient, wireClient, wireOptions } from '../../../postgres/wire-client.ts';
import { copied } from './copy-data.ts';
import { Marking, marked } from './marks.ts';

/** Pieces of values that a format could mistake for something else. */
const HOSTILE = [
  '',
  'NULL',
  '\\N',
  '\\.',
  '\\.\n',
  'null',
  'n/a',
  '"',
  '""',
  "'",
  "''",
  ',',
  ';',
  '|',
  '\t',
  '~',
  '^',

  '\n',
  '\r',
  '\r\n',
  '\\',
  '\\\\',
  '\\n',
  '\b',
  '\f',
  '\v',
  '\u0001',
  '\u001f',
  '\u007f',
  ' ',
  'ä',
  '漢',
  '😀',
  '0',
  'plain',
  'a b',
  '\\x41',
  '\\101',
  'end\\',
  '"quoted"',
  'a,b',
  'a"b',
  "a'b",
  '\n\\.\n',
];

interface Case {
  readonly options: string;
  readonly format: CopyFormat;
}

const byte = (letter: string): number => letter.charCodeAt(0);
const text = { kind: 'text', delimiter: 9, null: '\\N', header: false } as const;
const csv = {
  kind: 'csv',
  delimiter: byte(','),
  null: '',
  header: false,
  quote: byte('"'),
  escape: byte('"'),
  forceQuote: new Set<number>(),
} as const;

const CASES: readonly Case[] = [
  { options: 'format text', format: text },
  { options: 'format text, header', format: { ...text, header: true } },
  { options: "format text, delimiter '|'", format: { ...text, delimiter: byte('|') } },
  { options: "format text, delimiter ',', null '\\!'", format: { ...text, delimiter: byte(','), null: '\\!' } },
  { options: "format text, delimiter E'\\x01'", format: { ...text, delimiter: 1 } },
  { options: 'format csv', format: csv },
  { options: 'format csv, header', format: { ...csv, header: true } },
  { options: "format csv, null 'n/a'", format: { ...csv, null: 'n/a' } },
  { options: "format csv, delimiter ';', quote ''''", format: { ...csv, delimiter: byte(';'), quote: 39, escape: 39 } },
  { options: "format csv, escape '\\'", format: { ...csv, escape: byte('\\') } },
  { options: "format csv, escape 'x'", format: { ...csv, escape: byte('x') } },
  {
    options: "format csv, quote '~', escape '^', delimiter E'\\t'",
    format: { ...csv, quote: byte('~'), escape: byte('^'), delimiter: 9 },
  },
  { options: 'format csv, force_quote *', format: { ...csv, forceQuote: 'all' } },
  { options: 'format csv, force_quote (clear, secret)', format: { ...csv, forceQuote: new Set([0, 1]) } },
  { options: 'format binary', format: { kind: 'binary' } },
];

/** Adds what has to be quoted. */
const HOSTILE_MARK = new Marking(
  (value) => value && Buffer.concat([Buffer.from('\\.\n"\t,;|\'~^'), value, Buffer.from('\\')]),
);
const KEY = Buffer.alloc(32, 'k');

function ofPolicy(method: MaskMethod): CellMask {
  const mask = cellMask({ exposure: { kind: 'masked', with: method }, type: 25, format: 'text' }, KEY);
  if (mask === null) throw new Error('there is no mask');
  return mask;
}

const MASKS: readonly (readonly [string, CellMask])[] = [
  ['a hostile mark', HOSTILE_MARK],
  ...(['redact', 'hash', 'token', { partial: 2 }, 'null'] as const).map(
    (method) => [JSON.stringify(method), ofPolicy(method)] as const,
  ),
  ['a constant for NULL, too', new Marking(() => Buffer.from('withheld'))],
  ['what looks like the end', new Marking(() => Buffer.from('\\.'))],
  ['what looks like NULL', new Marking((value) => value && Buffer.from('n/a'))],
  ['nothing', new Marking((value) => value && Buffer.alloc(0))],
];

const literal = (value: string | null): string => (value === null ? 'null' : `'${value.replaceAll("'", "''")}'`);

function valuesOf(chance: Chance): (string | null)[][] {
  const value = (): string | null => {
    if (chance.happens(0.15)) return null;
    return Array.from({ length: chance.between(0, 3) }, () => chance.among(HOSTILE)).join('');
  };
  const alone = [null, ...HOSTILE].map((one) => [one, one, one]);
  return [...alone, ...Array.from({ length: 150 }, () => [value(), value(), value()])];
}

describe.each(serverVersions())('the data of COPY from PostgreSQL %i', (version) => {
  const chance = new Chance(SEED);
  const rows = valuesOf(chance.another());
  let server: Server;
  let client: WireClient;

  beforeAll(async () => {
    server = await startServer({ version });
    client = await wireClient(wireOptions(server.environment('postgres')));
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  async function store(table: string, values: readonly (readonly (string | null)[])[]): Promise<void> {
    const columns = ['clear', 'secret', 'third'].slice(0, values[0]?.length);
    const list = values.map((row) => `(${row.map(literal).join(', ')})`).join(', ');
    const answer = await client.query(
      `drop table if exists ${table}; create table ${table} (${columns.map((one) => `${one} text`).join(', ')});
       insert into ${table} values ${list}`,
    );
    expect(answer.filter(({ type }) => type === 'E').map(({ body }) => body.toString())).toEqual([]);
  }

  async function copyOf(table: string, options: string): Promise<Buffer> {
    const answer = await client.query(`copy ${table} to stdout (${options})`);
    expect(answer.filter(({ type }) => type === 'E').map(({ body }) => body.toString())).toEqual([]);
    return Buffer.concat(answer.filter(({ type }) => type === 'd').map(({ body }) => body));
  }

  const through = (mask: CellMask, value: string | null): string | null =>
    marked(mask, value === null ? null : Buffer.from(value))?.toString('utf8') ?? null;

  it.each(MASKS)('is what the server would write of the masked values, under %s', async (_name, mask) => {
    await store('original', rows);
    await store(
      'masked',
      rows.map(([clear = null, secret = null, third = null]) => [clear, through(mask, secret), third]),
    );
    for (const { options, format } of CASES) {
      const data = await copyOf('original', options);
      const expected = await copyOf('masked', options);
      const cuttings = [
        { messages: [data.length], together: 1 },
        { messages: [chance.between(1, 40), chance.between(1, 200), 1], together: chance.between(1, 50) },
      ];
      for (const cutting of cuttings) {
        const shown = copied(data, format, [null, mask, null], cutting);
        expect([options, SEED, shown.toString('latin1')]).toEqual([options, SEED, expected.toString('latin1')]);
      }
    }
  });

  it('is what the server would write where a masked column stands alone', async () => {
    const alone = rows.map((row) => row.slice(0, 1));
    for (const [, mask] of MASKS) {
      await store('original', alone);
      await store(
        'masked',
        alone.map(([value = null]) => [through(mask, value)]),
      );
      for (const { options, format } of CASES) {
        if (options.includes('secret')) continue;
        const shown = copied(await copyOf('original', options), format, [mask], { messages: [3, 70], together: 20 });
        expect([options, shown.toString('latin1')]).toEqual([
          options,
          (await copyOf('masked', options)).toString('latin1'),
        ]);
      }
    }
  });

  it('does not say which values are equal to a text for NULL', async () => {
    await store('original', [
      ['alice', 'alice', null],
      ['bob', 'bob', null],
      [null, null, null],
    ]);
    for (const name of ['alice', 'al\\\\ice', 'b\\nb']) {
      const data = await copyOf('original', `format text, null '${name}'`);
      const redact = ofPolicy('redact');
      const shown = copied(data, { ...text, null: name }, [redact, redact, null], { messages: [9], together: 1 });
      expect(shown.toString()).toBe(`[redacted]\t[redacted]\t${name}\n`.repeat(3));
    }
  });

  it('takes empty values for NULL where NULL is written as nothing', async () => {
    await store('original', [
      ['', 'alice', 'a'],
      [null, '', 'b'],
    ]);
    const data = await copyOf('original', "format text, null ''");
    const redact = ofPolicy('redact');
    const shown = copied(data, { ...text, null: '' }, [redact, redact, null], { messages: [9], together: 1 });
    expect(shown.toString()).toBe('\t[redacted]\ta\n\t\tb\n');
  });
});

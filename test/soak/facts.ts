import { createHash } from 'node:crypto';
import { frames, type Message, valuesOf } from '../postgres/frames.ts';
import type { WireClient } from '../postgres/wire-client.ts';

/** Makes the tables: facts that never change, and what players write to. */
export const SCHEMA: readonly string[] = [
  'create schema app',
  'create schema other',
  'create table other.secret as select 1 as n',
  `create table app.facts as select id, md5(id::text) as word, (id * 7919 % 10007)::numeric / 100 as amount,
     timestamptz '2026-01-01 00:00:00+00' + id * interval '61 seconds' as stamp,
     decode(md5((id * 3)::text), 'hex') as data, nullif(id % 11, 0) as maybe
   from generate_series(1, 4000) id`,
  'alter table app.facts add primary key (id)',
  'create table app.counters as select id, 0 as n from generate_series(1, 8) id',
  'create table app.ledger (token text primary key, counter int not null)',
  'create table app.inbox (token text not null, n int not null)',
  'analyze',
];

/** A question whose answer never changes. */
export interface Question {
  /** Equal for those that differ in the value alone. */
  readonly shape: string;
  /** With its value written out, and as a parameter. */
  readonly simple: string;
  readonly prepared: string;
  readonly value: number;
}

const TEXTS: readonly string[] = [
  'select * from app.facts where id between $1 and $1 + 6 order by id',
  'select word, amount, maybe from app.facts where id % 97 = $1 order by id',
  'select count(*), sum(amount), min(word), max(stamp) from app.facts where id <= $1 * 31',
  'select f.id, g.word from app.facts f join app.facts g on g.id = f.id + $1 where f.id < 60 order by f.id',
  'select id, data from app.facts where id = $1',
  'select nothing.id from app.facts nothing where id = -$1',
];
const VALUES = 24;

/** A result of a few hundred kilobytes. */
export const LARGE: Question = {
  shape: 'large',
  simple: 'select id, repeat(word, 6), stamp from app.facts order by id',
  prepared: 'select id, repeat(word, $1), stamp from app.facts order by id',
  value: 6,
};

export const QUESTIONS: readonly Question[] = TEXTS.flatMap((prepared, shape) =>
  Array.from({ length: VALUES }, (_, index) => ({
    shape: `shape ${shape}`,
    prepared: prepared.replaceAll('$1', '$1::int'),
    simple: prepared.replaceAll('$1', String(index + 1)),
    value: index + 1,
  })),
);

export type Form = 'simple' | 'text' | 'binary' | 'copy';

/** Messages that ask a question in this form. `name`: of a statement that was prepared already. */
export function asking({ simple, prepared, value }: Question, form: Form, name: string | null = null): Buffer[] {
  if (form === 'simple') return [frames.query(simple)];
  if (form === 'copy') return [frames.query(`copy (${simple}) to stdout`)];
  const statement = name ?? '';
  return [
    ...(name === null ? [frames.parse(prepared)] : []),
    frames.bind({ statement, values: [String(value)], binary: form === 'binary' }),
    frames.describe('P'),
    frames.execute(),
    frames.sync(),
  ];
}

/** What tells one answer from another: what the server said of it, to the byte. */
export function digest(messages: readonly Message[]): string {
  const hash = createHash('sha256');
  for (const { type, body } of messages) if ('TDCHdcn'.includes(type)) hash.update(type).update(body);
  return hash.digest('base64');
}

/** The same of rows as texts. */
export function digestRows(rows: readonly (readonly (string | null)[])[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('base64');
}

/** Right answers, taken from the server itself. */
export class Answers {
  readonly #digests: Map<string, string>;

  constructor(entries: readonly (readonly [string, string])[] = []) {
    this.#digests = new Map(entries);
  }

  /** To make the same of, elsewhere. */
  entries(): [string, string][] {
    return [...this.#digests];
  }

  /** Asks everything in every form. `client` reaches the server directly. */
  static async of(client: WireClient): Promise<Answers> {
    const answers = new Answers();
    for (const question of [...QUESTIONS, LARGE]) {
      for (const form of ['simple', 'text', 'binary', 'copy'] as const) {
        client.send(...asking(question, form));
        const said = await client.until('Z');
        answers.#digests.set(`${form} ${question.simple}`, digest(said));
        if (form === 'simple') answers.#digests.set(`rows ${question.simple}`, digestRows(rowsOf(said)));
      }
    }
    return answers;
  }

  /** True when this is the right answer. */
  matches(question: Question, form: Form | 'rows', found: string): boolean {
    return this.#digests.get(`${form} ${question.simple}`) === found;
  }
}

function rowsOf(messages: readonly Message[]): (string | null)[][] {
  return messages
    .filter(({ type }) => type === 'D')
    .map((row) => valuesOf(row).map((value) => value?.toString('utf8') ?? null));
}

import { SYSTEM_COLUMNS } from '../scope.ts';
import { CLEAN, joined, oneOf, type Value } from './value.ts';

export interface Field {
  /** Null where the server's name for it is not known: it may be any. */
  readonly name: string | null;
  readonly value: Value;
  /** Computed by the server: COPY leaves it out. */
  readonly generated?: boolean;
}

/** The columns of something in FROM, or of a result. */
export interface Row {
  readonly fields: readonly Field[];
  /** What further columns hold, of which neither names nor number are known; undefined when there are none. */
  readonly rest?: Value;
}

/** Something in FROM: what `*` and plain names see of it, and what each qualifier stands for. */
export interface Range {
  readonly row: Row;
  readonly qualified: ReadonlyMap<string, Row>;
}

/** One query level. */
export interface Level {
  readonly parent: Level | null;
  readonly ranges: readonly Range[];
  /** The queries of WITH, by name. */
  readonly queries: ReadonlyMap<string, Row>;
}

export const TOP: Level = { parent: null, ranges: [], queries: new Map() };

export function under(parent: Level, ranges: readonly Range[] = []): Level {
  return { parent, ranges, queries: new Map() };
}

export const NO_ROW: Row = { fields: [] };

/** All that a row holds, as one value. */
export function wholeRow({ fields, rest }: Row): Value {
  return joined([...fields.map(({ value }) => value), rest ?? CLEAN], 'built');
}

export function isOpen(row: Row): boolean {
  return row.rest !== undefined;
}

/** The column of that name: all that it may be. Undefined when the row surely has none. */
export function fieldOf({ fields, rest }: Row, name: string): Value | undefined {
  const exact = fields.filter((field) => field.name === name);
  if (exact.length > 0) return oneOf(exact.map(({ value }) => value));
  const maybe = fields.filter((field) => field.name === null).map(({ value }) => value);
  if (rest !== undefined) maybe.push(rest);
  return maybe.length === 0 ? undefined : joined(maybe, 'final');
}

function certainly({ fields }: Row, name: string): boolean {
  return fields.some((field) => field.name === name);
}

/** What a name without a qualifier stands for; undefined when nothing is called so. */
export function lookUp(level: Level, name: string): Value | undefined {
  const found: Value[] = [];
  for (let at: Level | null = level; at !== null; at = at.parent) {
    for (const { row } of at.ranges) {
      const value = fieldOf(row, name);
      if (value !== undefined) found.push(value);
    }
    if (at.ranges.some(({ row }) => certainly(row, name))) return oneOf(found);
    // The name of something in FROM is its whole row, unless a column is called so.
    for (const { qualified } of at.ranges) {
      const row = qualified.get(name);
      if (row !== undefined) found.push(wholeRow(row));
    }
  }
  if (SYSTEM_COLUMNS.has(name) && found.every((value) => value === CLEAN)) return CLEAN;
  return found.length === 0 ? undefined : oneOf(found);
}

/** The row that a qualifier stands for; undefined when nothing is called so. */
export function rowCalled(level: Level, qualifier: string): Row | undefined {
  for (let at: Level | null = level; at !== null; at = at.parent) {
    for (const { qualified } of at.ranges) {
      const row = qualified.get(qualifier);
      if (row !== undefined) return row;
    }
  }
  return undefined;
}

/** All that can be seen from here, for a name that was not found. */
export function everything(level: Level): Value {
  const values: Value[] = [];
  for (let at: Level | null = level; at !== null; at = at.parent) {
    for (const { row, qualified } of at.ranges) values.push(wholeRow(row), ...[...qualified.values()].map(wholeRow));
  }
  return joined(values, 'final');
}

export function queryCalled(level: Level, name: string): Row | undefined {
  for (let at: Level | null = level; at !== null; at = at.parent) {
    const row = at.queries.get(name);
    if (row !== undefined) return row;
  }
  return undefined;
}

/** The first columns under other names. */
export function renamed(row: Row, names: readonly string[]): Row {
  if (names.length === 0) return row;
  const fields = row.fields.map((field, index) => ({ ...field, name: names[index] ?? field.name }));
  if (row.rest === undefined) return { fields };
  const further = names.slice(row.fields.length).map((name) => ({ name, value: row.rest ?? CLEAN }));
  return { fields: [...fields, ...further], rest: row.rest };
}

/** Rows of two queries one behind the other, column by column. */
export function stacked(one: Row, other: Row): Row {
  if (isOpen(one) || isOpen(other)) {
    return { fields: one.fields.map(({ name }) => ({ name, value: both(one, other) })), rest: both(one, other) };
  }
  const longer = one.fields.length >= other.fields.length ? one.fields : other.fields;
  return {
    fields: longer.map((_, index) => ({
      name: one.fields[index]?.name ?? null,
      value: oneOf([one.fields[index]?.value ?? CLEAN, other.fields[index]?.value ?? CLEAN]),
    })),
  };
}

function both(one: Row, other: Row): Value {
  return joined([wholeRow(one), wholeRow(other)], 'final');
}

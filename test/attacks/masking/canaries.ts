import { createHash } from 'node:crypto';

/** Two databases that differ in their masked values and in nothing else. */
export type World = 'one' | 'two';

export const worlds: readonly World[] = ['one', 'two'];

/** How many rows each table has. */
export const rowCounts = { customers: 8, orders: 12, staff: 4, events: 6, people: 6, mail: 2, vault: 3, contacts: 4 };

function digest(world: World, key: string): Buffer {
  return createHash('sha256').update(`canary ${world} ${key}`).digest();
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A word that stands nowhere else. The two worlds' words have other beginnings, orders and lengths. */
function word(world: World, key: string): string {
  const [first = 0, ...rest] = digest(world, key);
  const length = 14 + ((digest('one', `${key} length`)[0] ?? 0) % 3) + (world === 'two' ? 5 : 0);
  const body = rest.slice(0, length - 1).map((byte) => alphabet[byte % alphabet.length]);
  return [alphabet[first % 26], ...body].join('');
}

/** Eleven digits, the first of them no zero. */
function digits(world: World, key: string): string {
  const bytes = digest(world, key);
  return String(10_000_000_000n + (bytes.readBigUInt64BE(0) % 89_999_999_999n));
}

/** Less than a half: rounding leaves the digits in front as they are. */
function cents(world: World, n: number): string {
  return String(10 + ((digest(world, `cents ${n}`)[0] ?? 0) % 39));
}

/** A day of the nineteenth century. */
function day(world: World, key: string): string {
  const bytes = digest(world, key);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `18${pad(11 + ((bytes[0] ?? 0) % 77))}-${pad(1 + ((bytes[1] ?? 0) % 12))}-${pad(13 + ((bytes[2] ?? 0) % 15))}`;
}

/** Masked values of a world. What is the same in one world is the same in the other, and so is what is null. */
export interface Cells {
  /** Whole addresses: only what stands before the @ is secret. The last customer has none. */
  readonly email: (customer: number) => string | null;
  readonly ssn: (customer: number) => string | null;
  readonly phone: (customer: number) => string;
  readonly salary: (customer: number) => string;
  readonly notes: (customer: number) => string;
  readonly pin: (customer: number) => string;
  readonly level: (customer: number) => string;
  readonly tags: (customer: number) => readonly string[];
  readonly birth: (customer: number) => string;
  /** Sixteen bytes. */
  readonly photo: (customer: number) => Buffer;
  readonly street: (staff: number) => string;
  readonly zip: (staff: number) => string;
  readonly login: (staff: number) => string;
  readonly payload: (event: number) => string;
  readonly nickname: (person: number) => string;
  readonly mail: (row: number, column: string) => string;
  readonly code: (row: number) => string;
  readonly contact: (row: number) => string;
}

export function cellsOf(world: World): Cells {
  return {
    email: (n) => (n === 8 ? null : `${word(world, `email ${n}`)}@example.${n % 2 === 0 ? 'org' : 'com'}`),
    ssn: (n) => (n === 8 ? null : word(world, `ssn ${n === 4 ? 3 : n}`)),
    phone: (n) => `+${digits(world, `phone ${n}`)}`,
    salary: (n) => `${digits(world, `salary ${n}`)}.${cents(world, n)}`,
    notes: (n) => `${word(world, `note ${n}`)} ${word(world, `more ${n}`)}`,
    pin: (n) => word(world, `pin ${n}`),
    level: (n) => digits(world, `level ${n}`),
    tags: (n) => [word(world, `tag ${n}`), word(world, `other tag ${n}`)],
    birth: (n) => day(world, `birth ${n}`),
    photo: (n) => digest(world, `photo ${n}`).subarray(0, 16),
    street: (n) => word(world, `street ${n}`),
    zip: (n) => word(world, `zip ${n}`),
    login: (n) => word(world, `login ${n}`),
    payload: (n) => word(world, `payload ${n}`),
    nickname: (n) => word(world, `nickname ${n}`),
    mail: (n, column) => word(world, `mail ${n} ${column}`),
    code: (n) => word(world, `code ${n}`),
    contact: (n) => word(world, `contact ${n}`),
  };
}

/** The kinds of values, as they have to be looked for. */
export interface Canaries {
  readonly words: readonly string[];
  readonly numbers: readonly string[];
  readonly days: readonly string[];
  readonly bytes: readonly Buffer[];
}

const numbered = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Columns of `app."Mail Box"` that are masked. */
export const mailColumns = ['E-Mail', 'ſ', 'a.b', 'quo"te'] as const;

export function canariesOf(world: World): Canaries {
  const cells = cellsOf(world);
  const customers = numbered(rowCounts.customers);
  const words = [
    ...customers.flatMap((n) => [cells.email(n)?.split('@')[0] ?? [], cells.ssn(n) ?? []].flat()),
    ...customers.flatMap((n) => [...cells.notes(n).split(' '), cells.pin(n), ...cells.tags(n)]),
    ...numbered(rowCounts.staff).flatMap((n) => [cells.street(n), cells.zip(n), cells.login(n)]),
    ...numbered(rowCounts.events).map(cells.payload),
    ...numbered(rowCounts.people).map(cells.nickname),
    ...numbered(rowCounts.mail).flatMap((n) => mailColumns.map((column) => cells.mail(n, column))),
    ...numbered(rowCounts.vault).map(cells.code),
    ...numbered(rowCounts.contacts).map(cells.contact),
  ];
  return {
    words,
    numbers: customers.flatMap((n) => [cells.phone(n).slice(1), cells.salary(n).split('.')[0] ?? '', cells.level(n)]),
    days: customers.map(cells.birth),
    bytes: customers.map(cells.photo),
  };
}

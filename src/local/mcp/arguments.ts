import { HoopError } from '../../core/errors.ts';

/** Arguments of a tool, as they came: anything at all. */
export type Given = Readonly<Record<string, unknown>>;

const wrong = (message: string): HoopError =>
  new HoopError('cli.usage', message, { hint: 'Correct the arguments; they are described in the tool’s schema.' });

/** @throws HoopError `cli.usage` when one of them is not known */
export function onlyKnown(given: Given, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw wrong(`there is no argument ${JSON.stringify(unknown.slice(0, 64))}: ${known.join(', ')} are known`);
  }
}

/** @throws HoopError `cli.usage` when it is missing, no text, or no text that a server can be sent */
export function requiredText(given: Given, name: string): string {
  const text = optionalText(given, name);
  if (text === null || text.trim() === '') throw wrong(`${name} is missing`);
  return text;
}

/** Null when it is left out. @throws HoopError `cli.usage` */
export function optionalText(given: Given, name: string): string | null {
  const value = given[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw wrong(`${name} is no text`);
  return sendable(value, name);
}

/** A whole number within bounds; `otherwise` when it is left out. @throws HoopError `cli.usage` */
export function wholeNumber(
  given: Given,
  name: string,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const value = given[name] ?? otherwise;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw wrong(`${name} is a whole number from ${least} to ${most}`);
}

/** Values as text, as PostgreSQL reads them; null when they are left out. @throws HoopError `cli.usage` */
export function valuesGiven(given: Given, name: string, most: number): readonly (string | null)[] | null {
  const values = given[name];
  if (values === undefined || values === null) return null;
  if (!Array.isArray(values)) throw wrong(`${name} is no list`);
  if (values.length > most) throw wrong(`${name} has more than ${most} values`);
  return values.map((value: unknown, index) => {
    if (value === null) return null;
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number') return written(value, `${name}[${index}]`);
    if (typeof value === 'string') return sendable(value, `${name}[${index}]`);
    throw wrong(`${name}[${index}] is no text, number, boolean or null; write JSON and arrays as text`);
  });
}

/** Digits that a number of JSON surely keeps on its way through a double. */
const SURE_DIGITS = 15;

/** As it was written in JSON, where that can be told: the nearest double may name another row. */
function written(value: number, name: string): string {
  const text = String(value);
  const digits = text.replace(/e.*$/, '').replaceAll(/\D/g, '').replace(/^0+/, '').length;
  const fraction = Number.isFinite(value) && !Number.isInteger(value);
  if (Number.isSafeInteger(value) || (fraction && digits <= SURE_DIGITS)) return text;
  throw wrong(`${name} is a number that may not be kept as it was written: write it as text, "12345678901234567890"`);
}

/** What the protocol ends a text with, and what is no UTF-8, would be sent as something else than was meant. */
function sendable(text: string, name: string): string {
  if (text.includes('\0')) throw wrong(`${name} contains a NUL character`);
  if (!text.isWellFormed()) throw wrong(`${name} contains half of a surrogate pair`);
  return text;
}

import type { DetectorName } from '../detect/names.ts';
import { ALPHANUMERIC, is } from '../detect/text.ts';

/** Where something may begin that what comes next decides about. */
export interface Unfinished {
  /** All before is settled. */
  readonly from: number;
  /** From here on it looks so much like what is looked for that it may not be shown, however long that takes. */
  readonly sure: number;
}

/** Bytes of the longest finding that is one run of letters, with what may stand next to it; tokens of JSON go on for longer. */
const LONGEST_RUN = 640;
/** The same of what has blanks in it: numbers in groups. */
const LONGEST_GROUPS = 80;
/** A key's BEGIN line. */
const LONGEST_BEGIN = 96;
/** Bytes between a secret and the id of an access key behind it. */
const NEAR = 256;
const SECRET = 40;

const MARKS = new Set(Buffer.from('._%+-&@/=', 'latin1'));

/** What letters of a finding may be, where it has no blanks. */
const IN_RUN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || is(byte, ALPHANUMERIC) || MARKS.has(byte) ? 1 : 0,
);

/** Beginnings that hardly ever mean anything else. */
const SURE: Readonly<Partial<Record<DetectorName, RegExp>>> = {
  'aws-key': /A[KS]IA[A-Z0-9]+$/,
  'gcp-key': /AIza[\w-]+$/,
  'github-token': /(?:gh[oprsu]|github_pat)_\w+$/,
  'slack-token': /(?:xox[abeoprs]-[\w-]+|hooks\.slack\.com\/[\w+/-]+)$/,
  'openai-key': /sk-[\w-]{3,}$/,
  'stripe-key': /[sr]k_(?:live|test)_\w+$/,
  jwt: /eyJ[\w-]{4,}(?:\.[\w-]*){0,4}$/,
  email: /[\w.%+-]+@[\w-][\w.-]*$/,
  ssn: /\d{3}-\d{2}-?\d*$/,
  'high-entropy': /(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{14,}=*$/,
};

/** Numbers in groups, as far as they have come: what has blanks in it. */
const GROUPS: Readonly<Partial<Record<DetectorName, RegExp>>> = {
  'credit-card': /(?<!\d)[2-68]\d{3,}(?:[ -]\d{4,})*[ -]?\d*$/,
  iban: /[A-Z]{2}\d{2}(?: ?[A-Z0-9])* ?$/,
  phone:
    /(?:\(?\+\(?\d?[\d ()\-./]{0,32}|(?<!\d)\(?0[\d ()\-./]{1,32}|(?<!\d)(?:1[ .-])?\(?[2-9]\d\d\)?[ .-]{0,2}(?:\d{1,3}(?:[ .-]\d{0,4})?)?):?$/,
};
const ENOUGH_DIGITS: Readonly<Partial<Record<DetectorName, number>>> = { 'credit-card': 8, iban: 6, phone: 7 };

const BEGIN = /-{1,5} ?(?:B(?:E(?:G(?:I(?:N(?: [A-Z0-9 ]{0,70}-{0,5})?)?)?)?)?)?$/;
const GROUP_ENDS = new Set(Buffer.from('0123456789 ()-./+:', 'latin1'));

/** Looks at the end of a text for what may go on. */
export class Beginnings {
  readonly #names: ReadonlySet<DetectorName>;
  readonly #sure: readonly RegExp[];
  readonly #groups: readonly (readonly [RegExp, number])[];

  constructor(names: readonly DetectorName[]) {
    this.#names = new Set(names);
    this.#sure = names.flatMap((name) => SURE[name] ?? []);
    this.#groups = names.flatMap((name) => {
      const pattern = GROUPS[name];
      return pattern === undefined ? [] : [[pattern, ENOUGH_DIGITS[name] ?? 0] as const];
    });
  }

  /** `start`: where what waits begins; nothing before is looked for. */
  at(text: Buffer, start: number, end: number): Unfinished {
    if (this.#names.size === 0 || end <= start) return { from: end, sure: end };
    let [from, sure] = [end, end];
    const weak = (place: number): void => {
      from = Math.min(from, place);
    };
    const strong = (place: number): void => {
      sure = Math.min(sure, place);
      weak(place);
    };
    this.#run(text, end, weak, strong);
    this.#grouped(text, end, weak, strong);
    if (this.#names.has('private-key') || this.#names.has('gcp-key')) beginLine(text, end, weak, strong);
    if (this.#names.has('aws-key')) weak(secretBefore(text, start, end));
    return { from: Math.max(start, from), sure: Math.max(start, sure) };
  }

  #run(text: Buffer, end: number, weak: Take, strong: Take): void {
    const least = Math.max(0, end - LONGEST_RUN);
    let at = end;
    while (at > least && IN_RUN[text[at - 1] ?? 0] === 1) at--;
    if (at === end) return;
    const token = this.#names.has('jwt') ? tokenStart(text, at, least, end) : -1;
    if (token >= 0) strong(token);
    weak(at);
    const run = text.toString('latin1', at, end);
    for (const pattern of this.#sure) {
      const found = pattern.exec(run);
      if (found !== null) strong(at + found.index);
    }
  }

  #grouped(text: Buffer, end: number, weak: Take, strong: Take): void {
    const last = text[end - 1] ?? 0;
    if (this.#groups.length === 0 || !(GROUP_ENDS.has(last) || (last >= 0x41 && last <= 0x5a))) return;
    const least = Math.max(0, end - LONGEST_GROUPS);
    const line = text.toString('latin1', least, end);
    for (const [pattern, enough] of this.#groups) {
      const found = pattern.exec(line);
      if (found === null) continue;
      const letters = found[0].replaceAll(/[^A-Z0-9]/g, '').length;
      (letters >= enough ? strong : weak)(least + found.index);
    }
  }
}

type Take = (place: number) => void;

function beginLine(text: Buffer, end: number, weak: Take, strong: Take): void {
  const least = Math.max(0, end - LONGEST_BEGIN);
  const found = BEGIN.exec(text.toString('latin1', least, end));
  if (found !== null) (found[0].includes('BEGIN ') ? strong : weak)(least + found.index);
}

/** A run of forty letters that the id of an access key may still follow. */
function secretBefore(text: Buffer, start: number, end: number): number {
  const least = Math.max(start, end - NEAR - 2 * SECRET);
  if (end - least < SECRET) return end;
  const found =
    /(?<![A-Za-z0-9+/])(?=[A-Za-z+/]*\d)(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])/.exec(
      text.toString('latin1', least, end),
    );
  return found === null ? end : least + found.index;
}

/** Where a JSON web token begins that is longer than any other finding; -1 for none. */
function tokenStart(text: Buffer, at: number, least: number, end: number): number {
  if (at > least) return -1;
  let start = at;
  while (start > 0 && IN_RUN[text[start - 1] ?? 0] === 1) start--;
  const found = text.subarray(start, end).indexOf('eyJ');
  return found < 0 ? -1 : start + found;
}

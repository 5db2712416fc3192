import { BASE64, is } from '../detect/text.ts';

/** Letters of a line of a key: as PEM (RFC 7468) and PGP have it, and as OpenSSH does. */
const WIDTHS: ReadonlySet<number> = new Set([64, 70]);
const [LEAST, MOST] = [64, 70];
/** Bytes between lines of one block: what stands around it on a screen. */
const GAP = 320;
/** Bytes before a line in which the beginning of its block is looked for. */
const BEFORE = 4096;
/** Lines that are remembered as parts of something else than a key. */
const MOST_KNOWN = 4096;
/** The last line of a block, which is shorter; or what there is by now of the next one. */
const LAST = /^[^A-Za-z0-9+/]{0,16}([A-Za-z0-9+/]{2,69}={0,2}(?=[^A-Za-z0-9+/=]*-{4})|[A-Za-z0-9+/]{16,69})/;
const LABEL = /-----(BEGIN|END) ([A-Z0-9 ]{1,70})-----/g;
/** A sum of a file, as long as a line. */
const SUM = /sha384-$/;

/** Takes what is found: `[start, end)`. */
export type TakeBody = (start: number, end: number) => void;

/**
 * Finds lines of private keys whose beginning nobody has seen, as when a pager shows the rest of one: lines of their length
 * in base64, unless they are known to be of something else, such as a certificate.
 */
export class Bodies {
  readonly #others = new Set<string>();

  find(text: Buffer, start: number, end: number, take: TakeBody): void {
    let before: { readonly end: number; readonly isKey: boolean } | null = null;
    for (let at = start; at < end;) {
      const run = runAt(text, at, start, end);
      if (run === null) {
        at += LEAST;
        continue;
      }
      at = run.end + 1;
      if (!isLine(text, run.start, run.end)) continue;
      const goesOn = before !== null && run.start - before.end < GAP;
      const isKey = this.#isKey(text, run.start, run.end, goesOn ? before : null);
      if (isKey) {
        take(run.start, run.end);
        takeLast(text, run.end, end, take);
      }
      before = { end: run.end, isKey };
    }
  }

  #isKey(text: Buffer, start: number, end: number, before: { readonly end: number; readonly isKey: boolean } | null) {
    const from = before === null ? Math.max(0, start - BEFORE) : before.end;
    const label = [...text.toString('latin1', from, start).matchAll(LABEL)].at(-1);
    const line = text.toString('latin1', start, end);
    const isKey =
      label !== undefined
        ? label[1] === 'END' || (label[2] ?? '').includes('PRIVATE KEY')
        : (before?.isKey ?? !this.#others.has(line));
    if (!isKey) {
      if (this.#others.size >= MOST_KNOWN) this.#others.clear();
      this.#others.add(line);
    }
    return isKey;
  }
}

/** The letters of base64 around `at`, when there are enough of them. */
function runAt(
  text: Buffer,
  at: number,
  least: number,
  most: number,
): { readonly start: number; readonly end: number } | null {
  if (!is(text[at] ?? 0, BASE64)) return null;
  let [start, end] = [at, at + 1];
  while (start > least && at - start <= MOST && is(text[start - 1] ?? 0, BASE64)) start--;
  // To its end, however long: it is passed over as a whole.
  while (end < most && is(text[end] ?? 0, BASE64)) end++;
  return end - start < LEAST ? null : { start, end };
}

function isLine(text: Buffer, start: number, end: number): boolean {
  if (!WIDTHS.has(end - start)) return false;
  const line = text.toString('latin1', start, end);
  if (!/\d/.test(line) || !/[a-z]/.test(line) || !/[A-Z]/.test(line)) return false;
  return !SUM.test(text.toString('latin1', Math.max(0, start - 8), start));
}

/** The line behind this one, when it is the last of its block. */
function takeLast(text: Buffer, from: number, end: number, take: TakeBody): void {
  const last = LAST.exec(text.toString('latin1', from, Math.min(end, from + GAP)));
  if (last === null) return;
  const [all, letters = ''] = last;
  const at = from + all.indexOf(letters);
  take(at, at + letters.length);
}

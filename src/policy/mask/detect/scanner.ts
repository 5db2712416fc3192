import type { Detector } from './detector.ts';
import { detectorNamed } from './detectors.ts';
import { compileExpression, type Expression, isExpression } from './expression.ts';
import { Findings } from './findings.ts';
import { Sweep } from './sweep/sweep.ts';
import { Text } from './text.ts';
import { sweptFor, type Swept } from './triggers.ts';

/** Takes a finding: bytes `[start, end)`, and which of the scanner's detectors found it. */
export type Found = (start: number, end: number, detector: number) => void;

/** Finds what its detectors look for. */
export interface Scanner {
  /**
   * Calls back for each finding, leftmost first, none overlapping (those that do are one). True when there was any.
   * `active` leaves out detectors whose entry is false.
   */
  scan(bytes: Buffer, start: number, end: number, found: Found, active?: readonly boolean[]): boolean;
  /**
   * Begins with bytes that hold many texts and what is between them, such as a chunk of rows: then `next` and `inspect`
   * say what `scan` would of each text, without looking at every text. Nothing is copied; the bytes must stay as they are.
   */
  sweep(bytes: Buffer, start: number, end: number): void;
  /**
   * A place near which something may be found; texts that end before it hold nothing. -1: there is nothing any more, and
   * in the common case there never was. Where a policy has expressions of its own it is the start of what was not
   * inspected yet, since those have to see every text.
   */
  next(): number;
  /** Like `scan`, for one text of what is being swept. Texts come in order; those before it are done with. */
  inspect(start: number, end: number, found: Found, active?: readonly boolean[]): boolean;
}

/**
 * Texts from this length on are swept by themselves. The protocol's bytes before a shorter one hold a zero, which is in no
 * text; those before a longer one could be taken for text that goes on in it.
 */
const LONG_TEXT = 1 << 24;

/**
 * A scanner for these detectors: built-in names, and expressions written as `/…/`. Synchronous, for one caller at a time.
 * @throws RangeError for a name that is none, which the policy's own checks find first
 */
export function compileScanner(names: readonly string[]): Scanner {
  return new TriggeredScanner(names);
}

interface Placed {
  readonly index: number;
  readonly detector: Detector;
}

class TriggeredScanner implements Scanner {
  readonly #expressions: { readonly index: number; readonly expression: Expression }[] = [];
  /** Who looks closer: 256 entries for each bitmap that is swept for, by the byte where it has its bit. */
  readonly #lookers: readonly (readonly Placed[])[];
  readonly #sweep: Sweep;
  readonly #text = new Text();
  readonly #findings = new Findings();
  /** By detector: how far what it found reaches, within which it is not asked again. */
  readonly #swallowed: Float64Array;
  /** How far everything has been inspected, and how far the bytes go. */
  #done = 0;
  #end = 0;

  constructor(names: readonly string[]) {
    const placed: Placed[] = [];
    this.#swallowed = new Float64Array(names.length);
    for (const [index, name] of names.entries()) {
      if (isExpression(name)) this.#expressions.push({ index, expression: expressionOf(name) });
      else placed.push({ index, detector: detectorOf(name) });
    }
    const swept = sweptFor([...new Set(placed.flatMap(({ detector }) => detector.triggers))]);
    this.#lookers = swept.flatMap((one) => lookersOf(one, placed));
    this.#sweep = new Sweep(swept.map(({ bitmap }) => bitmap));
  }

  scan(bytes: Buffer, start: number, end: number, found: Found, active?: readonly boolean[]): boolean {
    this.sweep(bytes, start, end);
    return this.inspect(start, end, found, active);
  }

  sweep(bytes: Buffer, start: number, end: number): void {
    this.#text.bytes = bytes;
    this.#swallowed.fill(0);
    this.#done = start;
    this.#end = end;
    this.#sweep.begin(bytes, start, end);
  }

  next(): number {
    if (this.#expressions.length > 0) return this.#done < this.#end ? this.#done : -1;
    return this.#sweep.at;
  }

  inspect(start: number, end: number, found: Found, active?: readonly boolean[]): boolean {
    this.#text.start = start;
    this.#text.end = end;
    this.#findings.clear();
    if (end - start >= LONG_TEXT) this.#sweep.begin(this.#text.bytes, start, this.#end);
    const sweep = this.#sweep;
    while (sweep.at >= 0 && sweep.at < end) {
      if (sweep.at >= start) this.#lookCloser(sweep.at, sweep.kinds, active);
      sweep.skip();
    }
    if (this.#expressions.length > 0) this.#runExpressions(active);
    this.#done = end;
    return this.#findings.each(found);
  }

  #runExpressions(active: readonly boolean[] | undefined): void {
    for (const { index, expression } of this.#expressions) {
      if (active?.[index] === false) continue;
      expression.findAll(this.#text, (from, to) => this.#findings.add(from, to, index));
    }
  }

  #detector = 0;
  #swallows = false;
  readonly #report = (start: number, end: number): void => {
    this.#findings.add(start, end, this.#detector);
    if (this.#swallows) this.#swallowed[this.#detector] = end;
  };

  #lookCloser(at: number, hit: number, active: readonly boolean[] | undefined): void {
    const byte = this.#text.at(at);
    for (let kinds = hit; kinds !== 0; kinds &= kinds - 1) {
      const lookers = this.#lookers[(31 - Math.clz32(kinds & -kinds)) * BYTES + byte] ?? NOBODY;
      for (const { index, detector } of lookers) {
        if (active?.[index] === false || at < (this.#swallowed[index] ?? 0)) continue;
        this.#detector = index;
        this.#swallows = detector.swallows === true;
        detector.find(this.#text, at, this.#report);
      }
    }
  }
}

const BYTES = 256;
const NOBODY: readonly Placed[] = [];

function lookersOf(swept: Swept, placed: readonly Placed[]): readonly (readonly Placed[])[] {
  return Array.from({ length: BYTES }, (_, byte) => {
    const triggers = swept.triggersAt(byte);
    return placed.filter(({ detector }) => detector.triggers.some((one) => triggers.includes(one)));
  });
}

function detectorOf(name: string): Detector {
  const detector = detectorNamed(name);
  if (detector === null) throw new RangeError('there is no such detector');
  return detector;
}

function expressionOf(source: string): Expression {
  const compiled = compileExpression(source);
  if (!compiled.ok) throw new RangeError(`the pattern ${compiled.reason}`);
  return compiled.value;
}

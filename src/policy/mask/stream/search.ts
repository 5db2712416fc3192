import { RE2JS } from 're2js';
import { compileExpression, type Expression, isExpression } from '../detect/expression.ts';
import { DETECTOR_NAMES } from '../detect/names.ts';
import { type Keyed, maskFinding, type Method, type Replaced } from '../detect/replace.ts';
import { compileScanner, type Scanner } from '../detect/scanner.ts';
import { Text } from '../detect/text.ts';
import { Bodies } from './bodies.ts';
import { keyReach } from './key-reach.ts';
import { LiveThreads } from './live-threads.ts';
import { Beginnings, type Unfinished } from './unfinished.ts';

/** A detector's name or an expression, and what is shown instead of what it finds. */
export interface Looked {
  readonly detector: string;
  readonly method: Method;
}

interface Own {
  readonly expression: Expression;
  readonly live: LiveThreads;
  readonly method: Method;
}

/** Bytes of a line that an expression is held against: no finding of one is longer. */
const LONGEST_LINE = 8192;
const LF = 0x0a;
const DASH = 0x2d;

/** Looks for what policies look for in a text that grows. Expressions are held against each line for itself. */
export class StreamSearch {
  readonly #scanner: Scanner;
  readonly #builtIn: readonly Looked[];
  readonly #own: readonly Own[];
  readonly #beginnings: Beginnings;
  readonly #keyed: Keyed;
  readonly #seeksKeys: boolean;
  readonly #bodies = new Bodies();
  readonly #line = new Text();

  constructor(looking: readonly Looked[], keyed: Keyed) {
    this.#builtIn = looking.filter(({ detector }) => !isExpression(detector));
    const names = this.#builtIn.map(({ detector }) => detector);
    this.#scanner = compileScanner(names);
    this.#seeksKeys = names.includes('private-key');
    this.#beginnings = new Beginnings(DETECTOR_NAMES.filter((name) => names.includes(name)));
    this.#own = looking.flatMap(({ detector, method }) => (isExpression(detector) ? ownOf(detector, method) : []));
    this.#keyed = keyed;
  }

  /** What is found in a text, in order; none of it overlaps. */
  findings(text: Buffer, start: number, end: number): readonly Replaced[] {
    const found: Replaced[] = [];
    this.#scan(text, start, end, found);
    const scanned = found.length;
    if (this.#seeksKeys)
      this.#bodies.find(text, start, end, (from, to) => found.push({ start: from, end: to, method: 'redact' }));
    if (this.#own.length === 0) return found.length === scanned ? found : joined(found);
    for (let at = start; at < end;) {
      const close = text.subarray(0, end).indexOf(LF, at);
      const stop = close < 0 ? end : close;
      this.#express(text, at, stop, found);
      at = stop + 1;
    }
    return joined(found);
  }

  #scan(text: Buffer, start: number, end: number, found: Replaced[]): void {
    let again = -1;
    this.#scanner.scan(text, start, end, (from, to, detector) => {
      if (again >= 0) return;
      const { detector: name = '', method = 'redact' } = this.#builtIn[detector] ?? {};
      const isKey = to === end && text[from] === DASH && (name === 'private-key' || name === 'gcp-key');
      again = isKey ? keyReach(text, from, end) : -1;
      found.push({ start: from, end: again < 0 ? to : again, method });
    });
    // Behind a key that was broken off there is something else.
    if (again >= 0) this.#scan(text, again, end, found);
  }

  #express(text: Buffer, start: number, end: number, found: Replaced[]): void {
    if (start === end) return;
    Object.assign(this.#line, { bytes: text, start: Math.max(start, end - 2 * LONGEST_LINE), end });
    for (const { expression, method } of this.#own) {
      expression.findAll(this.#line, (from, to) => found.push({ start: from, end: to, method }));
    }
  }

  /** What may go on of the text that ends at `end`; what waits of it begins at `start`. */
  unfinished(text: Buffer, start: number, end: number): Unfinished {
    const { from, sure } = this.#beginnings.at(text, start, end);
    if (this.#own.length === 0) return { from, sure };
    const line = Math.max(text.subarray(0, end).lastIndexOf(LF) + 1, end - LONGEST_LINE);
    const live = this.#own.reduce((least, one) => Math.min(least, one.live.from(text, line, end)), end);
    return { from: Math.max(start, Math.min(from, live)), sure };
  }

  /** What stands for a finding. */
  shown(found: string, method: Method): string {
    return maskFinding(found, method, this.#keyed);
  }
}

function ownOf(source: string, method: Method): readonly Own[] {
  const compiled = compileExpression(source);
  if (!compiled.ok) throw new RangeError(`the pattern ${compiled.reason}`);
  return [{ expression: compiled.value, live: new LiveThreads(RE2JS.compile(source.slice(1, -1))), method }];
}

/** Those that overlap are one: of the one that begins first or, of those, is longest. */
function joined(found: Replaced[]): readonly Replaced[] {
  const joins: Replaced[] = [];
  for (const one of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = joins.at(-1);
    if (last === undefined || one.start >= last.end) joins.push(one);
    else if (one.end > last.end) joins[joins.length - 1] = { ...last, end: one.end };
  }
  return joins;
}

import { namesColumn } from '../../pattern.ts';
import type { Layer } from '../../applies.ts';
import type { NamePattern } from '../../rules.ts';
import { type Keyed, type Method, type Replaced, replaceFindings } from './replace.ts';
import { StreamSearch } from '../stream/search.ts';
import { compileScanner, type Scanner } from './scanner.ts';

/** A column of a table, for the exceptions of rules. */
export interface ColumnName {
  readonly schema: string;
  readonly relation: string;
  readonly column: string;
}

interface Looking {
  readonly detector: string;
  readonly method: Method;
  readonly except: readonly NamePattern[];
}

/** What policies look for in values, wherever they come from. One caller at a time. */
export class Detection {
  readonly #looking: readonly Looking[];
  readonly #scanner: Scanner;
  readonly #keyed: Keyed;

  constructor(looking: readonly Looking[], keyed: Keyed) {
    this.#looking = looking;
    this.#scanner = compileScanner(looking.map(({ detector }) => detector));
    this.#keyed = keyed;
  }

  /** Looks for the same in texts that are not there all at once. For one stream, or several one after the other. */
  search(): StreamSearch {
    return new StreamSearch(this.#looking, this.#keyed);
  }

  /** Begins to look into the texts among these bytes. */
  sweep(bytes: Buffer): void {
    this.#scanner.sweep(bytes, 0, bytes.length);
  }

  /** Texts that end before this place hold nothing; -1: none does any more. */
  next(): number {
    return this.#scanner.next();
  }

  /** Whether anything is found in a text of what is swept. Texts come in order. */
  inspect(start: number, end: number, active: readonly boolean[]): boolean {
    return this.#scanner.inspect(start, end, () => undefined, active);
  }

  /** Which detectors look at a column; null where it is not known which one it is: then all do. */
  activeIn(column: ColumnName | null): readonly boolean[] {
    return this.#looking.map(({ except }) => column === null || !except.some((pattern) => isMeant(pattern, column)));
  }

  /** Whether anything is found in a text. */
  finds(bytes: Buffer, start: number, end: number, active?: readonly boolean[]): boolean {
    return this.#scanner.scan(bytes, start, end, () => undefined, active);
  }

  /** The text with what is found in it masked; null when nothing is. */
  masked(bytes: Buffer, start: number, end: number, active?: readonly boolean[]): Buffer | null {
    const found: Replaced[] = [];
    this.#scanner.scan(
      bytes,
      start,
      end,
      (from, to, detector) => {
        found.push({ start: from, end: to, method: this.#looking[detector]?.method ?? 'redact' });
      },
      active,
    );
    return found.length === 0 ? null : replaceFindings(bytes, start, end, found, this.#keyed);
  }
}

function isMeant(pattern: NamePattern, { schema, relation, column }: ColumnName): boolean {
  return namesColumn(pattern, [schema], relation, column);
}

/**
 * Null when the layers look for nothing. All of them look everywhere. Findings that overlap are one, of which a single
 * method decides what is shown: where layers look for different things it is none that shows a part.
 */
export function openDetection(layers: readonly Layer[], keyed: Keyed): Detection | null {
  const rules = layers.map((layer) => layer.flatMap(({ mask }) => mask).filter(({ detect }) => detect !== null));
  const [first = [], ...others] = rules.filter((some) => some.length > 0);
  const alike = others.every((some) => some.length === first.length && some.every((rule, at) => rule === first[at]));
  const looking = [...new Set([first, ...others].flat())].flatMap(({ detect, with: method, except }) =>
    (detect ?? []).map((detector): Looking => ({ detector, method: alike ? method : 'redact', except: except ?? [] })),
  );
  return looking.length === 0 ? null : new Detection(looking, keyed);
}

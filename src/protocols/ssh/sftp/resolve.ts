import { MOST_LINKS, MOST_PARTS } from './limits.ts';
import { joined, partsOf, textOf, withoutParents, type WrittenPath } from './paths.ts';

/** What there is under a name. `unknown`: the server does not say. */
export type Sight = 'link' | 'directory' | 'other' | 'absent' | 'unknown';

/** Looks at names on the server. */
export interface Lookout {
  sight(path: string): Promise<Sight>;
  /** What a link says; null when it cannot be read. */
  target(path: string): Promise<Buffer | null>;
}

/** Where a path leads. */
export interface Place {
  /** Absolute, and no part of it is a link; null when it cannot be known. */
  readonly path: string | null;
  readonly sight: Sight;
}

const NOWHERE: Place = { path: null, sight: 'unknown' };

/**
 * Every place that a path may mean on the server. More than one when it has `..`: POSIX goes back from where a link
 * leads to, and servers that tidy a path up first go back to where it is written. `follow`: whether a link at the end
 * is followed.
 */
export async function resolvePath(lookout: Lookout, path: WrittenPath, follow: boolean): Promise<readonly Place[]> {
  const follows = !follow && path.isDirectory ? [false, true] : [follow];
  const readings = path.parts.includes('..') ? [path.parts, withoutParents(path.parts)] : [path.parts];
  const places = await Promise.all(
    readings.flatMap((parts) => follows.map((followsLast) => new Walk(lookout, followsLast).lead(parts))),
  );
  return places.filter(({ path: one }, index) => places.findIndex((other) => other.path === one) === index);
}

/** One way from the root to where a path leads, as an operating system goes it. */
class Walk {
  readonly #lookout: Lookout;
  readonly #followsLast: boolean;
  /** Where it is: no part of it is a link. */
  #real: readonly string[] = [];
  #rest: readonly string[] = [];
  #sight: Sight = 'directory';
  #links = 0;

  constructor(lookout: Lookout, followsLast: boolean) {
    this.#lookout = lookout;
    this.#followsLast = followsLast;
  }

  async lead(parts: readonly string[]): Promise<Place> {
    this.#rest = parts;
    while (this.#rest.length > 0) {
      if (this.#rest[0] === '..') this.#back();
      else {
        const end = await this.#advance();
        if (end !== null) return end;
      }
    }
    return { path: joined(this.#real), sight: this.#sight };
  }

  #back(): void {
    this.#real = this.#real.slice(0, -1);
    this.#rest = this.#rest.slice(1);
    this.#sight = 'directory';
  }

  /** Goes on as far as there is no `..`. All names are looked at at once: most paths have no link, and cost one round trip. */
  async #advance(): Promise<Place | null> {
    const stop = this.#rest.indexOf('..');
    const run = stop < 0 ? this.#rest : this.#rest.slice(0, stop);
    const names = run.map((_, index) => joined([...this.#real, ...run.slice(0, index + 1)]));
    const sights = await Promise.all(names.map((name) => this.#lookout.sight(name)));
    for (const [index, sight] of sights.entries()) {
      this.#sight = sight;
      const isLast = index === this.#rest.length - 1;
      if (sight === 'unknown') return NOWHERE;
      if (sight === 'link' && (this.#followsLast || !isLast)) return this.#follow(names[index] ?? '', index);
      // Nothing lies below it, so that nothing below it is a link.
      if (sight !== 'directory' && !isLast) return this.#literally(sight);
    }
    this.#real = [...this.#real, ...run];
    this.#rest = this.#rest.slice(run.length);
    return null;
  }

  #literally(sight: Sight): Place {
    const path = joined(withoutParents([...this.#real, ...this.#rest]));
    return { path, sight: sight === 'absent' ? sight : 'other' };
  }

  /** `index`: of the link in what is left. Null when it goes on from there. */
  async #follow(link: string, index: number): Promise<Place | null> {
    this.#links += 1;
    if (this.#links > MOST_LINKS || isMagic(link)) return NOWHERE;
    const target = await this.#lookout.target(link);
    const read = target === null || target.length === 0 ? null : textOf(target);
    if (read === null || 'fault' in read) return NOWHERE;
    const { text } = read;
    this.#real = text.startsWith('/') ? [] : [...this.#real, ...this.#rest.slice(0, index)];
    this.#rest = [...partsOf(text), ...this.#rest.slice(index + 1)];
    this.#sight = 'directory';
    return this.#rest.length > MOST_PARTS ? NOWHERE : null;
  }
}

/** Linux's links to what a process has open or sees as its root: they lead there, whatever their text says. */
function isMagic(link: string): boolean {
  const parts = partsOf(link);
  return parts[0] === 'proc' && parts.length > 2;
}

import type { Catalog } from '../../../core/catalog.ts';
import { FINGERPRINT, GLANCE } from './queries.ts';

/** What all connections of one session saw at a glance (see GLANCE), and which catalog was in force then. */
export class Glances {
  #last: { readonly glance: string; readonly version: string } | null = null;
  #useful = true;
  #missed = false;

  /** False where the target does not answer. */
  get useful(): boolean {
    return this.#useful;
  }

  /** The question that the next connection is most likely to be asked. */
  get question(): string {
    return this.#useful && !this.#missed ? GLANCE : FINGERPRINT;
  }

  /** The target does not answer: not all that speaks PostgreSQL's protocol is PostgreSQL. */
  giveUp(): void {
    this.#useful = false;
  }

  /** The one of `known` that was in force when the same was seen. Nothing is seen in an empty glance. */
  recognised(glance: string, known: readonly Catalog[]): Catalog | null {
    if (glance === '') return null;
    const last = this.#last?.glance === glance ? this.#last : null;
    const catalog = known.find(({ version }) => version === last?.version) ?? null;
    this.#missed = catalog === null;
    return catalog;
  }

  /** A fingerprint was taken between two glances. */
  note(before: string, after: string, version: string): void {
    // Snapshots only go on: between two equal ones there was no other.
    if (before === after) this.#last = { glance: after, version };
  }
}

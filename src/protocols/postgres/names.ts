import type { Expected } from './expected.ts';
import type { Portal, Prepared } from './prepared.ts';

/**
 * What names stand for on the server, as its answers prove: statements made by Parse and by SQL's PREPARE share one
 * namespace. What was sent and is not answered yet (`expected`) is looked through first.
 */
export class Names {
  readonly #prepared = new Map<string, Prepared>();
  readonly #portals = new Map<string, Portal>();

  get size(): number {
    return this.#prepared.size + this.#portals.size;
  }

  statement(name: string, expected: readonly Expected[]): Prepared | null {
    const pending = expected.findLast(
      (entry) =>
        (entry.kind === 'parse' && entry.name === name) ||
        (entry.kind === 'close' && entry.what === 'statement' && entry.name === name) ||
        // A simple query drops the unnamed statement.
        (entry.kind === 'query' && name === ''),
    );
    if (pending === undefined) return this.#prepared.get(name) ?? null;
    return pending.kind === 'parse' ? pending.prepared : null;
  }

  portal(name: string, expected: readonly Expected[]): Portal | null {
    const pending = expected.findLast(
      (entry) =>
        (entry.kind === 'bind' && entry.portal === name) ||
        (entry.kind === 'close' && entry.what === 'portal' && entry.name === name),
    );
    if (pending === undefined) return this.#portals.get(name) ?? null;
    return pending.kind === 'bind' ? pending.bound : null;
  }

  prepare(name: string, prepared: Prepared): void {
    this.#prepared.set(name, prepared);
  }

  bind(name: string, portal: Portal): void {
    this.#portals.set(name, portal);
  }

  close(what: 'statement' | 'portal', name: string): void {
    (what === 'statement' ? this.#prepared : this.#portals).delete(name);
  }

  /** SQL's DEALLOCATE; null for ALL. The unnamed statement is the protocol's own: SQL does not know it. */
  deallocate(name: string | null): void {
    if (name !== null) this.#prepared.delete(name);
    else for (const known of this.#prepared.keys()) if (known !== '') this.#prepared.delete(known);
  }

  /** Portals live no longer than their transaction. */
  endTransaction(): void {
    this.#portals.clear();
  }
}

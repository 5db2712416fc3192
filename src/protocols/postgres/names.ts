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
    const pending = expected.findLast((entry) => concerns(entry, 'statement', name));
    if (pending === undefined) return this.#prepared.get(name) ?? null;
    return pending.kind === 'parse' ? pending.prepared : null;
  }

  portal(name: string, expected: readonly Expected[]): Portal | null {
    const pending = expected.findLast((entry) => concerns(entry, 'portal', name));
    if (pending === undefined) return this.#portals.get(name) ?? null;
    return pending.kind === 'bind' ? pending.bound : null;
  }

  /**
   * Whether what gives or takes the name lies behind a Sync, not answered yet. What comes before an error up to its
   * Sync is skipped, and so is whoever asks; behind the Sync the name stands for what it stood for before.
   */
  isUnsure(what: 'statement' | 'portal', name: string, expected: readonly Expected[]): boolean {
    const newest = expected.findLastIndex((entry) => concerns(entry, what, name));
    return newest >= 0 && newest < expected.findLastIndex((entry) => entry.kind === 'sync');
  }

  /** Everything that a statement's name may stand for when the server gets to the next message. */
  statements(name: string, expected: readonly Expected[]): readonly Prepared[] {
    const newest = this.statement(name, expected);
    if (!this.isUnsure('statement', name, expected)) return newest === null ? [] : [newest];
    const pending = expected.map((entry) => (entry.kind === 'parse' && entry.name === name ? entry.prepared : null));
    return [this.#prepared.get(name) ?? null, ...pending].filter((prepared) => prepared !== null);
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

/** Whether an answer to this would change what the name stands for. */
function concerns(entry: Expected, what: 'statement' | 'portal', name: string): boolean {
  switch (entry.kind) {
    case 'parse':
      return what === 'statement' && entry.name === name;
    case 'bind':
      return what === 'portal' && entry.portal === name;
    case 'close':
      return entry.what === what && entry.name === name;
    case 'query':
      // It drops the unnamed statement.
      return what === 'statement' && name === '';
    case 'describe':
    case 'execute':
    case 'sync':
    case 'own':
      return false;
  }
}

/** A Sync: up to it the server skips what follows an error. */
export const endsBatch = (entry: Expected): boolean =>
  entry.kind === 'sync' || (entry.kind === 'own' && entry.step === 'sync');

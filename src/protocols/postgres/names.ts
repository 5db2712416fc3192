import type { ResultMask } from '../../core/mask.ts';
import type { Expected } from './expected.ts';
import type { Portal, Prepared } from './prepared.ts';

/**
 * What names stand for on the server, as its answers prove: statements made by Parse and by SQL's PREPARE share one
 * namespace. What was sent and is not answered yet (`expected`) is looked through first.
 */
export class Names {
  readonly #prepared = new Map<string, Prepared>();
  readonly #portals = new Map<string, Portal>();

  /** Cursors that SQL has declared. They share a namespace with portals: a name stands for what was made last. */
  readonly #cursors = new Map<string, Cursor>();

  /** How many names lead to a statement, those of portals included: its text is kept as long as there is one. */
  readonly #holders = new Map<Prepared, number>();
  #bytes = 0;

  get size(): number {
    return this.#prepared.size + this.#portals.size + this.#cursors.size;
  }

  /** About what is kept under names. What has none is not counted: there is one of it, and it is soon replaced. */
  get bytes(): number {
    return this.#bytes;
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
    if (name !== '') {
      this.close('statement', name);
      this.#hold(prepared, name.length);
    }
    this.#prepared.set(name, prepared);
  }

  bind(name: string, portal: Portal): void {
    this.#cursors.delete(name);
    if (name !== '') {
      this.close('portal', name);
      this.#hold(portal.prepared, sizeOf(name, portal));
    }
    this.#portals.set(name, portal);
  }

  close(what: 'statement' | 'portal', name: string): void {
    if (what === 'statement') {
      const prepared = this.#prepared.get(name);
      this.#prepared.delete(name);
      if (name !== '' && prepared !== undefined) this.#release(prepared, name.length);
    } else {
      const portal = this.#portals.get(name);
      this.#cursors.delete(name);
      this.#portals.delete(name);
      if (name !== '' && portal !== undefined) this.#release(portal.prepared, sizeOf(name, portal));
    }
  }

  /** SQL's DEALLOCATE; null for ALL. The unnamed statement is the protocol's own: SQL does not know it. */
  deallocate(name: string | null): void {
    if (name !== null) this.close('statement', name);
    else for (const known of this.#prepared.keys()) if (known !== '') this.close('statement', known);
  }

  /** A cursor was made: there was nothing of that name any more. */
  declare(name: string, cursor: Cursor): void {
    this.close('portal', name);
    this.#cursors.set(name, cursor);
  }

  /** SQL's CLOSE; null for ALL. */
  closeCursor(name: string | null): void {
    const names = name === null ? [...this.#portals.keys(), ...this.#cursors.keys()] : [name];
    for (const one of names) this.close('portal', one);
  }

  /** What may be shown of what comes out under this name; null where nothing is known by it. */
  fetched(name: string): ResultMask | null {
    return this.#portals.get(name)?.results[0] ?? this.#cursors.get(name)?.result ?? null;
  }

  /** Portals live no longer than their transaction. */
  endTransaction(): void {
    for (const [name, portal] of this.#portals) {
      if (name !== '') this.#release(portal.prepared, sizeOf(name, portal));
    }
    this.#portals.clear();
    for (const [name, { hold }] of this.#cursors) if (!hold) this.#cursors.delete(name);
  }

  #hold(prepared: Prepared, own: number): void {
    const holders = this.#holders.get(prepared) ?? 0;
    this.#holders.set(prepared, holders + 1);
    this.#bytes += own + (holders === 0 ? sizeOfStatement(prepared) : 0);
  }

  #release(prepared: Prepared, own: number): void {
    const holders = this.#holders.get(prepared) ?? 0;
    if (holders > 1) this.#holders.set(prepared, holders - 1);
    else this.#holders.delete(prepared);
    this.#bytes -= own + (holders > 1 ? 0 : sizeOfStatement(prepared));
  }
}

/** A cursor that SQL has declared. */
export interface Cursor {
  readonly result: ResultMask;
  /** It outlives its transaction. */
  readonly hold: boolean;
}

/** Bytes of a number in a list. */
const NUMBER = 8;

const sizeOfStatement = ({ text, types }: Prepared): number => text.length + NUMBER * types.length;

/** Without its statement, which others may hold, too. */
const sizeOf = (name: string, { resultFormats }: Portal): number => name.length + NUMBER * resultFormats.length;

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
      return what === 'statement' ? name === '' : entry.running.takes(name);
    case 'execute':
      return what === 'portal' && entry.running.takes(name);
    case 'describe':
    case 'sync':
    case 'own':
      return false;
  }
}

/** A Sync: up to it the server skips what follows an error. */
export const endsBatch = (entry: Expected): boolean =>
  entry.kind === 'sync' || (entry.kind === 'own' && entry.step === 'sync');

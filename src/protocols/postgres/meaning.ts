import type { SessionChange } from '../../core/statement.ts';
import type { Running } from './running.ts';

/** Keeps track of when names may have come to mean something else, on this connection and on others. Sans-I/O. */
export class Meaning {
  #epoch = 0;
  /** The transaction has changed names, or is about to. */
  #unsettled = false;
  /** The same, where others will notice. */
  #shared = false;
  #notice: () => void = () => undefined;

  /** Grows whenever names may mean something else than before. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Calls back when what names mean may have changed for other connections: a transaction ends that changed names. */
  whenOthersMayNotice(notice: () => void): void {
    this.#notice = notice;
  }

  /** A statement is on its way to the server. */
  foresee(what: Running): void {
    const changes = what.foresees('resolution') || what.foresees('local-resolution');
    this.#unsettled ||= changes;
    this.#shared ||= what.foresees('resolution');
    // The end of a transaction may undo what it did to names.
    if (changes || (what.foresees('transaction-end') && this.#unsettled)) this.#epoch += 1;
  }

  /** A statement has done this. */
  changed({ kind }: SessionChange): void {
    if (kind === 'resolution' || kind === 'local-resolution') this.#change();
    else if (kind === 'transaction-end') this.shaken();
  }

  /** A transaction may have ended, or be undone in part: names may go back to what they meant before. */
  shaken(): void {
    if (this.#unsettled) this.#change();
  }

  /** No transaction is open. */
  settled(): void {
    this.#unsettled = false;
    this.#shared = false;
  }

  #change(): void {
    this.#epoch += 1;
    if (this.#shared) this.#notice();
  }
}

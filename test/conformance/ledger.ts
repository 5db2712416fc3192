import type { Message } from './conversation.ts';

interface Owed {
  readonly kind: Message['kind'];
  /** The server must send its answer without waiting for more. */
  due: boolean;
  /** CopyDone and CopyFail that were sent before the server asked for data. */
  endings: number;
}

/** Messages that end what the server may keep to itself. */
const FLUSHING: ReadonlySet<Message['kind']> = new Set(['query', 'sync', 'flush', 'copyDone', 'copyFail']);

/** The backend's messages that end the answer to each of the frontend's; an ErrorResponse is apart. */
const ANSWERS: Partial<Record<Message['kind'], string>> = {
  parse: '1',
  bind: '2',
  close: '3',
  describe: 'Tn',
  execute: 'CIs',
  query: 'Z',
  sync: 'Z',
};

/** Tells a client when the server has answered all that it can answer, from the messages of both alone. */
export class Ledger {
  readonly #owed: Owed[] = [];
  #skipping = false;
  #copying = false;
  #doubtful = false;

  sent(message: Message): void {
    // Whether the server heeds it depends on when a COPY failed, which no client can know.
    if (message.kind === 'sync' && message.amid === true) this.#doubtful = true;
    if (message.kind === 'sync') this.#skipping = false;
    if (message.kind === 'copyDone' || message.kind === 'copyFail') this.#ended();
    if (ANSWERS[message.kind] !== undefined && !this.#skipping) {
      this.#owed.push({ kind: message.kind, due: false, endings: 0 });
    }
    if (FLUSHING.has(message.kind)) for (const owed of this.#owed) owed.due = true;
  }

  received(type: string): void {
    const [head] = this.#owed;
    if (type === 'E') return this.#failed(head);
    if (type === 'G' && head !== undefined) {
      this.#copying = head.endings === 0;
      head.endings = Math.max(0, head.endings - 1);
    }
    if (head === undefined || ANSWERS[head.kind]?.includes(type) !== true) return;
    this.#owed.shift();
  }

  #ended(): void {
    const reader = this.#owed.findLast(({ kind }) => kind === 'query' || kind === 'execute');
    if (!this.#copying && reader !== undefined) reader.endings += 1;
    this.#copying = false;
  }

  #failed(head: Owed | undefined): void {
    this.#copying = false;
    if (head?.kind === 'query' || head?.kind === 'sync') return;
    while (this.#owed.length > 0 && this.#owed[0]?.kind !== 'sync') this.#owed.shift();
    this.#skipping = this.#owed.length === 0;
  }

  /** Everything is answered, as far as can be known. */
  get idle(): boolean {
    return this.#owed.length === 0;
  }

  /** The server has nothing more to say before it hears more, as far as can be known. */
  get settled(): boolean {
    return this.#doubtful || this.#copying || !this.#owed.some((owed) => owed.due);
  }
}

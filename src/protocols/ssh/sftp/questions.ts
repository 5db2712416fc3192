import { frame, REQUEST, STATUS, string, uint32, uint64 } from './frames.ts';
import type { Reply } from './replies.ts';
import type { Lookout, Sight } from './resolve.ts';

/** The file's type in what stat(2) calls its mode. */
const TYPE = 0o170000;
const LINK = 0o120000;
const DIRECTORY = 0o040000;

export interface QuestionsOptions {
  /** Sends a message of the proxy's own. */
  readonly send: (message: Buffer) => void;
  /** A request of the client's by this id is not answered yet. */
  readonly isTaken: (id: number) => boolean;
}

/** What the proxy itself asks the server, between the client's requests and under ids that are none of theirs. */
export class Questions implements Lookout {
  readonly #options: QuestionsOptions;
  readonly #open = new Map<number, { readonly done: Promise<void>; readonly answer: (reply: Reply | null) => void }>();
  /** Looks that are under way, by path. */
  readonly #looks = new Map<string, Promise<Sight>>();
  #next = 0xffff_ffff;
  #isClosed = false;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Until the question by that id is answered; null when there is none. */
  under(id: number): Promise<void> | null {
    return this.#open.get(id)?.done ?? null;
  }

  /** False when it answers none of these questions. */
  answer(reply: Reply): boolean {
    const question = this.#open.get(reply.id);
    this.#open.delete(reply.id);
    question?.answer(reply);
    return question !== undefined;
  }

  /** Nothing will be answered any more. */
  close(): void {
    this.#isClosed = true;
    for (const { answer } of this.#open.values()) answer(null);
    this.#open.clear();
  }

  sight(path: string): Promise<Sight> {
    const before = this.#looks.get(path);
    if (before !== undefined) return before;
    const look = this.#look(path).finally(() => this.#looks.delete(path));
    this.#looks.set(path, look);
    return look;
  }

  async #look(path: string): Promise<Sight> {
    const reply = await this.#ask((id) => frame(REQUEST.lstat, id, string(path)));
    if (reply?.kind === 'status') return reply.code === STATUS.noSuchFile ? 'absent' : 'unknown';
    if (reply?.kind !== 'attributes') return 'unknown';
    const type = (reply.attributes.mode ?? 0) & TYPE;
    if (type === 0) return (await this.target(path)) === null ? 'directory' : 'link';
    if (type === LINK) return 'link';
    return type === DIRECTORY ? 'directory' : 'other';
  }

  target(path: string): Promise<Buffer | null> {
    return this.#name((id) => frame(REQUEST.readlink, id, string(path)));
  }

  real(path: string): Promise<Buffer | null> {
    return this.#name((id) => frame(REQUEST.realpath, id, string(path)));
  }

  expanded(path: Buffer): Promise<Buffer | null> {
    return this.#name((id) => frame(REQUEST.extended, id, string('expand-path@openssh.com'), string(path)));
  }

  home(user: Buffer): Promise<Buffer | null> {
    return this.#name((id) => frame(REQUEST.extended, id, string('home-directory'), string(user)));
  }

  /** What lies there in an open file, as far as there is anything; null when it cannot be read. */
  async read(handle: string, offset: number, length: number): Promise<Buffer | null> {
    if (!Number.isSafeInteger(offset)) return null;
    const name = string(Buffer.from(handle, 'latin1'));
    const reply = await this.#ask((id) => frame(REQUEST.read, id, name, uint64(BigInt(offset)), uint32(length)));
    if (reply?.kind === 'data') return reply.data;
    return reply?.kind === 'status' && reply.code === STATUS.endOfFile ? Buffer.alloc(0) : null;
  }

  async #name(message: (id: number) => Buffer): Promise<Buffer | null> {
    const reply = await this.#ask(message);
    return reply?.kind === 'names' && reply.names.length === 1 ? (reply.names[0]?.name ?? null) : null;
  }

  #ask(message: (id: number) => Buffer): Promise<Reply | null> {
    if (this.#isClosed) return Promise.resolve(null);
    const id = this.#freeId();
    const { promise, resolve } = Promise.withResolvers<Reply | null>();
    this.#open.set(id, { done: promise.then(() => undefined), answer: resolve });
    this.#options.send(message(id));
    return promise;
  }

  #freeId(): number {
    do this.#next = (this.#next - 1) >>> 0;
    while (this.#open.has(this.#next) || this.#options.isTaken(this.#next));
    return this.#next;
  }
}

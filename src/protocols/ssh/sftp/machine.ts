import { HoopError } from '../../../core/errors.ts';
import type { Handle } from './handle.ts';
import type { Reply } from './replies.ts';
import type { Request } from './requests.ts';

/** A request that the server has, and has not answered. */
export interface Pending {
  readonly request: Request;
  /** Of requests on something that is open. */
  readonly handle: Handle | null;
  /** Of requests that open something: what it will be. */
  readonly opening: Handle | null;
}

/** What a server may answer to a request besides STATUS; null for nothing. */
function answerTo(request: Request): Reply['kind'] | null {
  switch (request.kind) {
    case 'open':
    case 'list':
      return 'handle';
    case 'read':
      return 'data';
    case 'locate':
    case 'home':
      return 'names';
    case 'look':
      return { stat: 'attributes', lstat: 'attributes', readlink: 'names', statvfs: 'extended' }[
        request.how
      ] as 'names';
    case 'handle':
      return ANSWERS_ABOUT_HANDLES[request.how];
    case 'owners':
    case 'limits':
      return 'extended';
    default:
      return null;
  }
}

const ANSWERS_ABOUT_HANDLES = {
  close: null,
  fstat: 'attributes',
  fsetstat: null,
  readdir: 'names',
  fsync: null,
  fstatvfs: 'extended',
} as const;

const NOTHING = Buffer.alloc(0);

/** Which requests are under way, and what is open: as the server sees it. */
export class Machine {
  /** Requests that have come and are not answered, whether the server has them or not. */
  readonly #taken = new Set<number>();
  readonly #pending = new Map<number, Pending>();
  readonly #handles = new Map<string, Handle>();

  /** Requests that are not answered. */
  get size(): number {
    return this.#taken.size;
  }

  /** What is open. */
  get handles(): Iterable<Handle> {
    return this.#handles.values();
  }

  /** A request has come. @throws HoopError when the one before by that id is not answered: nobody could tell their answers apart */
  take(id: number): void {
    if (this.#taken.has(id)) throw broken('the client gave two requests at a time the same id');
    this.#taken.add(id);
  }

  /** The server has it from now on. */
  sent(pending: Pending): void {
    const { request, handle } = pending;
    // What is written has gone, and a server may be long in answering.
    const kept = request.kind === 'write' ? { ...pending, request: { ...request, data: NOTHING } } : pending;
    this.#pending.set(request.id, kept);
    if (request.kind === 'handle' && request.how === 'close' && handle !== null) handle.isClosing = true;
  }

  /** It is answered. */
  answered(id: number): void {
    this.#taken.delete(id);
  }

  isSent(id: number): boolean {
    return this.#pending.has(id);
  }

  handle(name: string): Handle | null {
    const handle = this.#handles.get(name);
    return handle === undefined || handle.isClosing ? null : handle;
  }

  /**
   * What was asked when this is answered.
   * @throws HoopError when nothing was, or something else: from there on nobody knows what belongs to what
   */
  reply(reply: Reply): Pending {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) throw broken('the target answered what it was not asked');
    const { request, handle, opening } = pending;
    if (reply.kind !== 'status' && reply.kind !== answerTo(request)) throw broken('the target gave the wrong answer');
    if (reply.kind === 'data' && request.kind === 'read' && reply.data.length > request.length) {
      throw broken('the target sent more than it was asked for');
    }
    if (reply.kind === 'names' && request.kind !== 'handle' && reply.names.length !== 1) {
      throw broken('the target gave more than one name, or none');
    }
    this.#pending.delete(reply.id);
    this.answered(reply.id);
    if (reply.kind === 'handle' && opening !== null) this.#open(reply.handle, opening);
    if (request.kind === 'handle' && request.how === 'close' && handle !== null) this.#close(request.handle, handle);
    return pending;
  }

  #open(name: string, handle: Handle): void {
    const before = this.#handles.get(name);
    if (before !== undefined && !before.isClosing) throw broken('the target gave out one handle twice');
    this.#handles.set(name, handle);
  }

  #close(name: string, handle: Handle): void {
    if (this.#handles.get(name) === handle) this.#handles.delete(name);
  }
}

function broken(message: string): HoopError {
  return new HoopError('wire.protocol', message, { hint: 'Connect again.' });
}

import type { Duplex } from 'node:stream';
import { HoopError } from '../../../core/errors.ts';
import type { Guard, Judged } from '../../../core/guard.ts';
import type { SessionEnd } from '../../../core/protocol.ts';
import { Content, noteFinding } from './content.ts';
import { Decisions } from './decisions.ts';
import { countAnswered, countAsked, type HandleRequest, handleFor, noteTransfers } from './files.ts';
import { idOf } from './frames.ts';
import { Greetings } from './greetings.ts';
import type { Handle } from './handle.ts';
import { Holding } from './holding.ts';
import { Line } from './line.ts';
import { Machine, type Pending } from './machine.ts';
import { Inbox, Outbox } from './outbox.ts';
import { Questions } from './questions.ts';
import { Notices } from './notices.ts';
import { type Fault, MALFORMED, MASKED, statusFrame, UNSUPPORTED } from './refuse.ts';
import { decodeReply, type Reply } from './replies.ts';
import { decodeRequest, isPathRequest, type PathRequest, type Request } from './requests.ts';
import { shownReply } from './results.ts';
import { subjectsOf } from './subjects.ts';
import type { Turns } from './turns.ts';

export interface ConversationOptions {
  /** The client's channel, of which the subsystem was cleared. */
  readonly client: Duplex;
  /** The target's own sftp subsystem. */
  readonly upstream: Duplex;
  readonly guard: Guard;
  /** Shared by the conversations of a session. */
  readonly turns: Turns;
  /** The number of the connection, for the record. */
  readonly connection: number;
  /** Tells the user something in a line of text, beside the protocol, if there is a way. */
  readonly tell: (text: string) => void;
  readonly failed: (error: unknown) => void;
  readonly end: (end: SessionEnd) => void;
}

/** Requests that are not answered. A client that sends more is not read from. */
const MOST_PENDING = 4096;

/** What a client and a server say to each other, message by message. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #machine = new Machine();
  readonly #holding: Holding;
  readonly #notices: Notices;
  readonly #questions: Questions;
  readonly #greetings: Greetings;
  readonly #line: Line;
  readonly #decisions: Decisions;
  readonly #content: Content;
  readonly #up: Outbox;
  readonly #down: Inbox;
  #room: (() => void) | null = null;
  #isOver = false;

  constructor(options: ConversationOptions) {
    const { client, upstream, guard, tell, turns, failed, end } = options;
    this.#options = options;
    this.#up = new Outbox(guard, upstream);
    this.#down = new Inbox(client);
    this.#notices = new Notices(tell);
    this.#holding = new Holding({ tell, sever: () => end(REVOKED) });
    this.#questions = new Questions({
      send: (message) => {
        this.#up.add(guard.housekeeping(message));
        void this.#flushUp();
      },
      isTaken: (id) => this.#machine.isSent(id),
    });
    this.#greetings = new Greetings(guard, this.#questions);
    this.#content = new Content(guard, this.#questions);
    this.#decisions = new Decisions({
      guard,
      holding: this.#holding,
      home: () => this.#greetings.home,
      forward: (request, bytes, opening) => this.#forward({ request, handle: null, opening }, bytes),
      refuse: (id, fault) => {
        this.#refuse(id, fault);
        // What people have denied, or let wait for too long, comes at any time.
        this.#flush();
      },
      notices: this.#notices,
      again: (entry) => this.#line.add(entry),
      failed,
    });
    this.#line = new Line({
      turns,
      find: async (request) => subjectsOf(request, await this.#greetings.surroundings),
      decide: async (entry, subjects) => {
        await this.#decisions.decide(entry, subjects);
        this.#flush();
      },
      free: (message) => this.#questions.under(idOf(message) ?? 0),
      failed,
    });
  }

  /** A message of the client's. @throws HoopError when nothing after it could be understood */
  ask(message: Buffer): void {
    if (!this.#greetings.isAsked) {
      this.#up.add(this.#greetings.ask(message));
      return;
    }
    const request = decodeRequest(message);
    if (request === null) throw new HoopError('wire.protocol', 'a request has no id');
    this.#machine.take(request.id);
    if (request.kind === 'owners' && this.#options.guard.searches) this.#refuse(request.id, UNSUPPORTED);
    else if (isPathRequest(request)) {
      this.#line.add({ request, message, subjects: null, approved: null });
    } else if (this.#line.isEmpty && this.#questions.under(request.id) === null) this.#pass(request, message);
    else this.#line.add({ request: null, message, pass: () => this.#passLate(request, message) });
  }

  /** It has waited in line: what came along with it is gone. */
  #passLate(request: Exclude<Request, PathRequest>, message: Buffer): void {
    this.#pass(request, message);
    this.#flush();
  }

  /** All that the client sent together was taken. Null when it may be read from. */
  asked(): Promise<void> | null {
    const up = this.#flushUp();
    const down = this.#down.flush();
    const waits = [up, down, this.#line.room(), this.#content.room(), this.#pendingRoom()].filter(
      (one) => one !== null,
    );
    return waits.length === 0 ? null : Promise.all(waits).then(() => undefined);
  }

  /** A message of the server's. @throws HoopError when nothing after it can be trusted */
  answer(message: Buffer): void {
    if (!this.#greetings.isAnswered) {
      this.#down.add(this.#greetings.answer(message));
      return;
    }
    const reply = decodeReply(message);
    if (reply === null) throw new HoopError('wire.protocol', 'an answer cannot be understood');
    if (this.#questions.answer(reply)) return;
    const pending = this.#machine.reply(reply);
    const { request, handle } = pending;
    if (request.kind === 'read' && handle !== null && this.#options.guard.searches) {
      void this.#examine({ request, handle }, reply, message).catch(this.#options.failed);
    } else this.#show(pending, reply, message);
  }

  #show(pending: Pending, reply: Reply, message: Buffer): void {
    this.#answered(pending, reply);
    this.#down.add(shownReply(this.#options.guard, message, { reply, request: pending.request }));
  }

  async #examine(
    { request, handle }: { readonly request: Extract<Request, { kind: 'read' }>; readonly handle: Handle },
    reply: Reply,
    message: Buffer,
  ): Promise<void> {
    const { guard, connection } = this.#options;
    const { offset, length } = request;
    const verdict =
      reply.kind === 'data'
        ? this.#content.isClean({ name: request.handle, offset, data: reply.data })
        : Promise.resolve(true);
    const isClean = await this.#content.inTurn(handle, verdict);
    this.#content.settled(length);
    if (isClean) this.#show({ request, handle, opening: null }, reply, message);
    else {
      handle.read.isSound = false;
      this.#refuse(request.id, MASKED);
      this.#notices.masked(handle);
      await noteFinding(guard, handle, connection);
    }
    this.#flush();
  }

  /** Null when the server may be read from: the client keeps up. */
  answers(): Promise<void> | null {
    void this.#flushUp();
    const room = this.#down.flush();
    this.#mayEnd();
    return room;
  }

  /** The client sends no more: what it sent is still answered, but nobody waits for people. */
  async clientLeft(): Promise<void> {
    this.#isOver = true;
    this.#holding.close();
    await this.#line.drained();
    await this.#flushUp();
    this.#options.upstream.end();
    this.#mayEnd();
  }

  /** A server need not notice that the client has left, once it has answered everything. */
  #mayEnd(): void {
    if (this.#isOver && this.#line.isEmpty && this.#machine.size === 0) this.#options.end(LEFT);
  }

  /** The server says no more. */
  targetLeft(): SessionEnd {
    return this.#isOver ? LEFT : CLOSED;
  }

  /** Nothing more is let through. What was open broke off. */
  async close(): Promise<void> {
    this.#holding.close();
    this.#line.close();
    this.#questions.close();
    this.#greetings.close();
    this.#content.close();
    this.#room?.();
    for (const handle of this.#machine.handles) await this.#note(handle, false);
  }

  /** What is no request on a path: it is judged by what it is about, which was cleared when it was opened. */
  #pass(request: Exclude<Request, PathRequest>, message: Buffer): void {
    switch (request.kind) {
      case 'malformed':
        return this.#refuse(request.id, MALFORMED);
      case 'unsupported':
        return this.#refuse(request.id, UNSUPPORTED);
      case 'limits':
        return this.#forward({ request, handle: null, opening: null }, this.#options.guard.housekeeping(message));
      case 'read':
      case 'write':
      case 'handle':
      case 'copy':
        return this.#use(request, message);
    }
  }

  #use(request: HandleRequest, message: Buffer): void {
    const { searches } = this.#options.guard;
    if (searches && request.kind === 'copy') return this.#refuse(request.id, UNSUPPORTED);
    const handle = handleFor(this.#machine, request);
    if ('code' in handle) return this.#refuse(request.id, handle);
    countAsked(request, handle);
    if (searches && request.kind === 'read') this.#content.asked(request.length);
    this.#forward({ request, handle, opening: null }, this.#options.guard.housekeeping(message));
  }

  #forward(pending: Pending, bytes: Judged<Buffer>): void {
    this.#up.add(bytes);
    this.#machine.sent(pending);
    if (isPathRequest(pending.request)) this.#line.sent(pending.request);
  }

  #refuse(id: number, fault: Fault): void {
    this.#machine.answered(id);
    this.#down.add(this.#options.guard.shown(statusFrame(id, fault)));
    this.#freed();
  }

  #answered(pending: Pending, reply: Reply): void {
    const { request, handle } = pending;
    if (isPathRequest(request)) this.#line.settled(request);
    countAnswered(pending, reply);
    if (request.kind === 'handle' && request.how === 'close' && handle !== null) {
      this.#note(handle, reply.kind === 'status' && reply.code === 0).catch(this.#options.failed);
    }
    this.#freed();
  }

  #note(handle: Handle, isClosed: boolean): Promise<void> {
    const { guard, connection } = this.#options;
    return noteTransfers(guard, handle, { connection, isClosed });
  }

  #freed(): void {
    if (this.#machine.size <= MOST_PENDING) this.#room?.();
  }

  #pendingRoom(): Promise<void> | null {
    if (this.#machine.size <= MOST_PENDING) return null;
    return new Promise((resolve) => {
      this.#room = resolve;
    });
  }

  #flush(): void {
    void this.#flushUp();
    void this.#down.flush();
    this.#mayEnd();
  }

  #flushUp(): Promise<void> | null {
    return this.#up.flush()?.catch(this.#options.failed) ?? null;
  }
}

const LEFT: SessionEnd = { cause: 'client', message: 'the client has ended the transfer' };
const CLOSED: SessionEnd = { cause: 'target', message: 'the target has ended the transfer' };
const REVOKED: SessionEnd = { cause: 'refused', message: 'what was approved has been revoked' };

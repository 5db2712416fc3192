import { HoopError } from '../../../core/errors.ts';
import type { Guard, Judged, Masked } from '../../../core/guard.ts';
import type { Extension } from './extensions.ts';
import { frame, REPLY, REQUEST, VERSION } from './frames.ts';
import { hasDrive, textOf } from './paths.ts';
import type { Questions } from './questions.ts';
import { decodeGreeting, type Greeting } from './replies.ts';
import { greetingFrame } from './results.ts';
import type { Surroundings } from './subjects.ts';

/** The beginning of a conversation: INIT and VERSION, and where paths begin. */
export class Greetings {
  isAsked = false;
  isAnswered = false;
  /** Where relative paths begin; null while that is not known. */
  home: string | null = null;
  readonly #guard: Guard;
  readonly #questions: Questions;
  readonly #known = Promise.withResolvers<Surroundings>();

  constructor(guard: Guard, questions: Questions) {
    this.#guard = guard;
    this.#questions = questions;
    // Nobody may be waiting for it.
    this.#known.promise.catch(() => undefined);
  }

  /** What is known of the server. It rejects with HoopError when it does not say where paths begin. */
  get surroundings(): Promise<Surroundings> {
    return this.#known.promise;
  }

  /** The client's first message. INIT of any later version is one of this: a server may choose a lower one. */
  ask(message: Buffer): Judged<Buffer> {
    const greeting = decodeGreeting(message, REQUEST.init);
    if (greeting === null) throw new HoopError('wire.protocol', 'it does not begin with INIT');
    if (greeting.version < VERSION) throw new HoopError('wire.protocol', `it speaks version ${greeting.version} only`);
    this.isAsked = true;
    return this.#guard.housekeeping(frame(REQUEST.init, VERSION));
  }

  /** The server's first message, as the client is shown it. */
  answer(message: Buffer): Masked<Buffer> {
    const greeting = this.isAsked ? decodeGreeting(message, REPLY.version) : null;
    if (greeting === null) throw new HoopError('wire.protocol', 'it does not begin with VERSION');
    if (greeting.version !== VERSION) throw new HoopError('wire.protocol', `it speaks version ${greeting.version}`);
    this.isAnswered = true;
    void this.#learn(greeting);
    return this.#guard.shown(greetingFrame(greeting, (name) => !(this.#guard.searches && UNSEARCHED.has(name))));
  }

  close(): void {
    this.#known.reject(new HoopError('wire.closed', 'the conversation is over'));
  }

  async #learn({ extensions }: Greeting): Promise<void> {
    const bytes = await this.#questions.real('.');
    const home = bytes === null ? null : textOf(bytes);
    if (bytes === null || home === null || 'fault' in home || !(home.text.startsWith('/') || hasDrive(home.text))) {
      this.#known.reject(new HoopError('wire.protocol', 'it does not say where paths begin'));
      return;
    }
    this.home = home.text;
    this.#known.resolve({
      lookout: this.#questions,
      home: home.text,
      isHome: async () => (await this.#questions.real('.'))?.equals(bytes) === true,
      isForeign: hasDrive(home.text),
      pointsFirst: extensions.some(({ name }) => name.toString('latin1').endsWith('@openssh.com')),
      expand: (path) => this.#questions.expanded(path),
      homeOf: (user) => this.#questions.home(user),
    });
  }
}

/**
 * What is not there while anything is looked for: the server would copy parts of a file, so small that nothing could be found
 * in them, or say names that nobody reads here.
 */
const UNSEARCHED: ReadonlySet<string> = new Set<Extension>(['copy-data', 'users-groups-by-id@openssh.com']);

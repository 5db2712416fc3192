import type { Action, Channel, Effect, ObjectKind, Operation } from '../../core/action.ts';
import { isTrusted } from './program-name.ts';
import type { Location } from './location.ts';
import { argumentOf, type Word } from './word.ts';

/** A program with the words it is given, and what runs it, outermost first. */
export interface Invocation {
  /** As written; null when it is not known. */
  readonly program: string | null;
  readonly words: readonly Word[];
  readonly via: readonly string[];
  /** Set of what the shell opens for it. */
  readonly redirected?: true;
  /** `exec` when left out. */
  readonly channel?: Channel;
}

/** What there is to say of an effect, beside what is done to what. */
interface Nature {
  readonly opaque?: boolean;
  readonly changes?: boolean;
  readonly recursive?: boolean;
  readonly bypasses?: Channel;
  readonly unread?: boolean;
}

const OBJECTS: Partial<Record<Action, ObjectKind>> = { run: 'program', open: 'channel' };

/** More would be read by nobody, and are no command line that a person writes. */
const MOST_EFFECTS = 8192;
/** Every effect is decided, and on record, with all the words of its command: so many, all in all. */
const MOST_WORDS = 1024 * 1024;

/** The effects of a command line, as they are found. */
export class Findings {
  readonly #effects: Effect[] = [];
  readonly #unknown = new Set<string>();
  #words = 0;
  #isUnread = false;
  /** A command with many words has as many effects, which share them. */
  readonly #arguments = new WeakMap<readonly Word[], readonly (string | null)[]>();

  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /** Whether no more are taken: then something is unread. */
  get isFull(): boolean {
    return this.#effects.length >= MOST_EFFECTS || this.#words > MOST_WORDS;
  }

  run(invocation: Invocation, how: Pick<Nature, 'opaque' | 'changes'>): void {
    const { program } = invocation;
    if (program === null) return this.unknown(invocation.via);
    const opaque = how.opaque || !isTrusted(program);
    this.#add('run', invocation, { name: program, certain: isTrusted(program) }, { ...how, opaque });
  }

  /** A program that serves a channel by itself, around what is decided there. */
  bypass(channel: Channel, invocation: Invocation): void {
    const name = invocation.program;
    this.#add('run', invocation, { name, certain: name !== null }, { changes: true, bypasses: channel });
    this.open(channel, { ...invocation, words: [] });
  }

  /** Something is done to a path, and where `recursive` to all beneath it. */
  touch(operation: Operation, location: Location, invocation: Invocation, recursive = false): void {
    this.#add(operation, invocation, location, { recursive });
  }

  /** A command that is a channel of its own: off unless it is granted. */
  open(channel: Channel, { words, via }: Invocation): void {
    this.#add('open', { program: null, words, via, channel }, { name: channel, certain: true }, {});
  }

  /** Something may run that nobody can name. */
  unknown(via: readonly string[] = []): void {
    const key = via.join('\0');
    if (this.#unknown.has(key)) return;
    this.#unknown.add(key);
    this.#add('run', { program: null, words: [], via }, { name: null, certain: false }, { opaque: true });
  }

  /** Something is there that was not read: nothing that is found besides says what it does. */
  unread(via: readonly string[] = []): void {
    if (this.#isUnread) return;
    this.#isUnread = true;
    this.#push(
      'run',
      { program: null, words: [], via },
      { name: null, certain: false },
      { opaque: true, unread: true },
    );
  }

  #argumentsOf(words: readonly Word[]): readonly (string | null)[] {
    const known = this.#arguments.get(words);
    if (known !== undefined) return known;
    const made = words.map(argumentOf);
    this.#arguments.set(words, made);
    return made;
  }

  #add(action: Action, invocation: Invocation, location: Location, nature: Nature): void {
    this.#words += invocation.words.length;
    if (this.isFull) this.unread();
    else this.#push(action, invocation, location, nature);
  }

  #push(
    action: Action,
    { program, words, via, channel = 'exec', redirected }: Invocation,
    { name, certain }: Location,
    { opaque = false, changes = false, recursive = false, bypasses, unread = false }: Nature,
  ): void {
    this.#effects.push({
      action,
      object: OBJECTS[action] ?? 'path',
      schema: null,
      name,
      columns: null,
      where: null,
      opaque,
      certain,
      via,
      command: {
        channel,
        program,
        args: this.#argumentsOf(words),
        ...(changes ? { changes } : {}),
        ...(recursive ? { recursive } : {}),
        ...(bypasses === undefined ? {} : { bypasses }),
        ...(redirected === true ? { redirected } : {}),
        ...(unread ? { unread } : {}),
      },
    });
  }
}

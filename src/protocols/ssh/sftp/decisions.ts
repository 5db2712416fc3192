import type { Effect } from '../../../core/action.ts';
import type { Clearance, Guard, Judged } from '../../../core/guard.ts';
import { HoopError } from '../../../core/errors.ts';
import type { Handle } from './handle.ts';
import type { Holding } from './holding.ts';
import type { Entry } from './line.ts';
import type { Notices } from './notices.ts';
import { CHANGED, type Fault, pathFault, refusalFault } from './refuse.ts';
import type { PathRequest } from './requests.ts';
import { type Deed, deedOf, statementOf } from './statements.ts';
import type { Subjects } from './subjects.ts';
import { Ahead, Tally } from './tally.ts';

export interface DecisionsOptions {
  readonly guard: Guard;
  readonly holding: Holding;
  /** Where the conversation began; null while that is not known. */
  readonly home: () => string | null;
  /** Sends it. `opening`: what it opens. */
  readonly forward: (request: PathRequest, bytes: Judged<Buffer>, opening: Handle | null) => void;
  readonly refuse: (id: number, fault: Fault) => void;
  readonly notices: Notices;
  /** It waited for people, and may be sent if it still does what it was approved for. */
  readonly again: (entry: Entry) => void;
  readonly failed: (error: unknown) => void;
}

/** Looks that are remembered as let through. Each is a line of text. */
const MOST_LOOKS = 1024;

/** Puts what is done to paths before the guard. */
export class Decisions {
  readonly #options: DecisionsOptions;
  /** What was looked at and is on record: looking again changes nothing, and the policy is the same. */
  readonly #looks = new Set<string>();
  readonly #ahead = new Ahead();

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  /** Resolves when it is sent, refused, or waits for people. */
  async decide(entry: Entry, subjects: Subjects): Promise<void> {
    const { request, message } = entry;
    const { guard, forward, refuse } = this.#options;
    if ('fault' in subjects) return refuse(request.id, pathFault(subjects.fault));
    const deed = deedOf(request, subjects);
    if (entry.approved !== null) {
      if (isSame(entry.approved.deed, deed)) this.#cleared(request, deed, entry.approved.clearance);
      else refuse(request.id, CHANGED);
      return undefined;
    }
    if (this.#isFree(request, deed)) return forward(request, guard.housekeeping(message), null);
    return this.#ask(entry, deed);
  }

  /** Where the conversation begins is no secret, and clients do not start without it. */
  #isFree(request: PathRequest, { effects }: Deed): boolean {
    if (isLook(request) && this.#looks.has(keyOf(effects))) return true;
    if (request.kind !== 'locate' && request.kind !== 'home') return false;
    const home = this.#options.home();
    return effects.every(({ name }) => name === home);
  }

  async #ask(entry: Entry, deed: Deed): Promise<void> {
    const { guard, holding } = this.#options;
    const isHeld = Promise.withResolvers<'held'>();
    const isAsked = entry.request.kind !== 'owners';
    const hold = isAsked ? holding.hold(() => isHeld.resolve('held')) : holding.unasked();
    const clearance = guard.clear(statementOf(deed, entry.message), hold);
    if (!(clearance instanceof Promise)) return this.#settle(entry.request, deed, clearance);
    const settled = clearance.finally(() => hold.done());
    const first = await Promise.race([settled, isHeld.promise]);
    if (first !== 'held') return this.#settle(entry.request, deed, first);
    settled.then((late) => this.#late(entry, deed, late)).catch((error: unknown) => this.#options.failed(error));
    return undefined;
  }

  #late(entry: Entry, deed: Deed, clearance: Clearance): void {
    if (clearance.outcome === 'refused') this.#settle(entry.request, deed, clearance);
    else this.#options.again({ ...entry, subjects: null, approved: { deed, clearance } });
  }

  #settle(request: PathRequest, deed: Deed, clearance: Clearance): void {
    if (clearance.outcome === 'cleared') return this.#cleared(request, deed, clearance);
    // The record is lost: the session is over.
    if (clearance.refusal.cause === 'unrecorded') throw new HoopError('record.append', clearance.refusal.message);
    // Nobody has asked for names of users and groups: clients do, and show numbers where they get none.
    if (request.kind !== 'owners') this.#options.notices.refused(clearance.refusal.message, isLook(request));
    return this.#options.refuse(request.id, refusalFault(clearance.refusal));
  }

  #cleared(request: PathRequest, deed: Deed, clearance: Extract<Clearance, { outcome: 'cleared' }>): void {
    if (isLook(request) && clearance.approval === null) this.#remember(keyOf(deed.effects));
    const opening = openingOf(request, deed, { statement: clearance.number, ahead: this.#ahead });
    this.#options.forward(request, clearance.bytes, opening);
  }

  #remember(look: string): void {
    const [oldest] = this.#looks;
    if (this.#looks.size >= MOST_LOOKS && oldest !== undefined) this.#looks.delete(oldest);
    this.#looks.add(look);
  }
}

function isLook({ kind }: PathRequest): boolean {
  return kind === 'look' || kind === 'locate' || kind === 'owners';
}

/** All that a look does: its words could be those of another path. */
function keyOf(effects: readonly Effect[]): string {
  return JSON.stringify(effects.map(({ name }) => name));
}

/** What is open when the server answers with a handle; null for what opens nothing. */
function openingOf(
  request: PathRequest,
  { path }: Deed,
  { statement, ahead }: { readonly statement: number; readonly ahead: Ahead },
): Handle | null {
  if (request.kind !== 'open' && request.kind !== 'list') return null;
  const isFile = request.kind === 'open';
  return {
    kind: isFile ? 'file' : 'directory',
    path,
    reads: isFile && request.reads,
    writes: isFile && request.writes,
    statement,
    read: new Tally(isFile, ahead),
    written: new Tally(isFile && !request.appends, ahead),
    isClosing: false,
  };
}

function isSame(one: Deed, other: Deed): boolean {
  return one.text === other.text && JSON.stringify(one.effects) === JSON.stringify(other.effects);
}

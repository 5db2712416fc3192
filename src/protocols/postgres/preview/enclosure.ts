import { HoopError } from '../../../core/errors.ts';
import { type Asking, questionSteps } from '../asker.ts';
import type { Disposition, Expected } from '../expected.ts';
import { BACKEND, decodeFields, decodeTag } from '../frames.ts';
import type { Machine } from '../machine.ts';
import type { Portal } from '../prepared.ts';
import { faultOf } from '../refuse.ts';
import type { Report, Running } from '../running.ts';
import { withheld } from '../withhold.ts';

/** How a statement that may have one effect only is run. */
interface Bounds {
  /** In a transaction of the proxy's own, which ends with the client's message or batch. */
  readonly ours: boolean;
  /** Rows that it has to touch. */
  readonly rows: number;
  /** Nothing else may run before what was bound under it. */
  portal: Portal | null;
  running: Running | null;
}

type State = 'none' | 'begun' | 'ending';

const FORWARD: Disposition = { kind: 'forward' };
const SWALLOW: Disposition = { kind: 'swallow' };

export interface EnclosureOptions {
  readonly machine: Pick<Machine, 'sent' | 'delicate' | 'ended'>;
  /** Puts a message of the proxy's own behind what goes to the server. */
  readonly append: (message: Buffer) => void;
  readonly report: (report: Report) => void;
}

/**
 * Runs one statement in a transaction that the client knows nothing of: BEGIN is behind it, COMMIT follows its query, or
 * the Sync of its batch, at once. In a transaction that has failed COMMIT is ROLLBACK. The client sees what it would see
 * without: the statement is told to be complete when it is committed, and a commit that fails is its error.
 */
export class Enclosure {
  readonly #options: EnclosureOptions;
  /** Portals that were bound for an effect, and were not run in time. */
  readonly #lapsed = new WeakSet<Portal>();
  #state: State = 'none';
  #bounds: Bounds | null = null;
  /** The statement's CommandComplete is kept back until it is committed. */
  #keeps = false;
  #kept: Buffer | null = null;

  constructor(options: EnclosureOptions) {
    this.#options = options;
  }

  /** Something runs in bounds, or is about to. */
  get active(): boolean {
    return this.#bounds !== null || this.#state !== 'none';
  }

  /** The server is at COMMIT, or about to be: what it remarks then, it remarks on the client's work. */
  get commits(): boolean {
    return this.#state === 'ending';
  }

  /** The next statement that runs is the one that may have one effect only. */
  begin(bounds: Pick<Bounds, 'ours' | 'rows'>): void {
    this.#bounds = { ...bounds, portal: null, running: null };
    if (bounds.ours) this.#state = 'begun';
  }

  /**
   * Notes that a message of the client's was sent which the server will answer.
   * @throws HoopError `postgres.trial` when something else would run before the statement
   */
  sent(expected: Expected): void {
    this.#options.machine.sent(expected);
    if (expected.kind === 'execute') this.#executes(expected.running);
    const bounds = this.#bounds;
    if (bounds !== null) this.#bounded(bounds, expected);
    // Also when the statement is done already: whatever ends the client's message or batch ends the transaction.
    if (this.#state === 'begun' && (expected.kind === 'query' || expected.kind === 'sync')) {
      this.#end(expected.kind === 'query' && expected.running === bounds?.running);
    }
  }

  #bounded(bounds: Bounds, expected: Expected): void {
    if (expected.kind === 'bind') bounds.portal ??= expected.bound;
    if (expected.kind !== 'query' && expected.kind !== 'sync') return;
    // A refused statement fails by itself.
    const harmless = expected.kind === 'query' && expected.fault !== null;
    if (expected.kind === 'query' && bounds.portal !== null && bounds.running === null && !harmless) throw outOfTurn();
    if (expected.kind === 'query') bounds.running ??= expected.running;
    else if (bounds.running === null && bounds.portal !== null) this.#lapsed.add(bounds.portal);
    if (expected.kind === 'sync' && bounds.running === null) this.#bounds = null;
  }

  #executes(running: Running): void {
    const { portal } = running;
    if (portal !== null && this.#lapsed.has(portal)) throw outOfTurn();
    // However it is written, the server's answer gives it away; but then what comes before it may be done.
    if (this.#state !== 'none' && BEGINS.test(portal?.prepared.text ?? '')) throw outOfTurn();
    const bounds = this.#bounds;
    if (bounds === null || bounds.running !== null) return;
    if (portal !== bounds.portal) throw outOfTurn();
    bounds.running = running;
  }

  #end(keeps: boolean): void {
    this.#state = 'ending';
    this.#keeps = keeps;
    const asking: Asking = { text: 'COMMIT', types: [], values: [] };
    const question = { rows: [], size: 0, most: 0, columns: [], settle: () => undefined };
    for (const [step, message] of questionSteps(asking)) {
      this.#options.append(message);
      this.#options.machine.sent({ kind: 'own', step, question });
    }
  }

  /**
   * What becomes of a message of the server's. `asked`: it answers a question of the proxy's own; `current`: what ran
   * when it came. `first` is shown before it.
   * @throws HoopError `postgres.trial` when the statement did something else than it may
   */
  received(
    { type, message }: { readonly type: number; readonly message: Buffer },
    { asked, current }: { readonly asked: boolean; readonly current: Running | null },
    disposition: Disposition,
  ): { readonly first: Buffer | null; readonly disposition: Disposition } {
    if (!asked && type === BACKEND.commandComplete) {
      // Within the proxy's own transaction the client's is none, and would be undone without a word.
      if (this.#state !== 'none' && /^(?:BEGIN|START TRANSACTION)$/.test(decodeTag(message) ?? '')) throw outOfTurn();
      this.#check(message, current);
    }
    if (this.#state !== 'ending' || this.#options.machine.ended) return { first: null, disposition };
    return asked ? this.#answer(type, message) : this.#remark(type, message, disposition);
  }

  /** In a client's own transaction another one may have changed the rows since they were looked at. */
  #check(message: Buffer, current: Running | null): void {
    const bounds = this.#bounds;
    if (bounds === null || current === null || current !== bounds.running) return;
    this.#bounds = null;
    if (bounds.ours || Number(decodeTag(message)?.split(' ').at(-1)) === bounds.rows) return;
    throw new HoopError(
      'postgres.trial',
      'a statement did something else than was approved: the connection was closed',
      {
        hint: 'Its transaction is rolled back. Connect again, and ask again.',
      },
    );
  }

  /** Of the client's own messages. */
  #remark(type: number, message: Buffer, disposition: Disposition): ReturnType<Enclosure['received']> {
    if (type === BACKEND.readyForQuery) return { first: null, disposition: SWALLOW };
    if (!this.#keeps || type !== BACKEND.commandComplete) return { first: null, disposition };
    // What was read into may be read into again.
    this.#kept = Buffer.from(message);
    return { first: null, disposition: SWALLOW };
  }

  /** Of COMMIT. */
  #answer(type: number, message: Buffer): ReturnType<Enclosure['received']> {
    if (type === BACKEND.errorResponse) {
      this.#kept = null;
      const fault = faultOf(decodeFields(message));
      const told = this.#options.machine.delicate ? withheld(fault) : null;
      this.#options.report({ kind: 'error', number: null, fault: told ?? fault });
      return { first: null, disposition: told === null ? FORWARD : { kind: 'replace', fault: told } };
    }
    if (type !== BACKEND.readyForQuery) return { first: null, disposition: SWALLOW };
    const first = this.#kept;
    this.#kept = null;
    this.#bounds = null;
    this.#state = 'none';
    return { first, disposition: FORWARD };
  }
}

const BEGINS = /^\s*(?:begin|start\s+transaction)\b/i;

const outOfTurn = (): HoopError =>
  new HoopError('postgres.trial', 'what was approved for its effect alone must run before anything else', {
    hint: 'Connect again, and execute it when it is bound.',
  });

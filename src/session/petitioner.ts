import type { Approver, Asked, Leave, Settlement, Witness } from '../core/approver.ts';
import type { Clock } from '../core/clock.ts';
import type { Refusal } from '../core/decision.ts';
import type { Hold } from '../core/guard.ts';
import type { Recorder, SessionEvent } from '../core/recorder.ts';
import type { ApprovalRequest, Outcome, PreviewDepth } from '../core/request.ts';
import type { Standing } from '../core/standing.ts';
import { directoryOf, type Statement } from '../core/statement.ts';
import { isOpaque } from '../policy/match.ts';
import type { Judgement, Judging } from './judgement.ts';
import type { Previewer } from './preview/previewer.ts';
import { recordedValue } from './recorded-value.ts';
import { withdrawal } from './approvals/pending.ts';
import { CHANGED, CURSOR, OUTDATED, refusalOf, SKIPPED } from './unapproved.ts';

export interface PetitionerOptions {
  readonly connection: number;
  readonly standing: Standing;
  readonly clock: Clock;
  readonly judge: Judging;
  readonly approver: Approver;
  readonly recorder: Recorder;
  /** Null where nothing can be tried. */
  readonly previewer: Previewer | null;
  /** Lays a statement down in the record and gives its number. @throws HoopError `record.append` */
  readonly lay: (statement: Statement, judgement: Judgement) => number;
  readonly held: (request: ApprovalRequest) => void;
  readonly lost: (error: unknown) => void;
}

/** What came of asking. */
export interface Asking {
  /** As it was last judged: what may be shown follows from this one. */
  readonly judgement: Judgement;
  /** Null where nothing was laid down, because the server ignores the statement anyway. */
  readonly number: number | null;
  readonly result: Leave | Refusal;
}

/** Leave that people have given on one connection, for what is prepared or bound under it. */
interface Ticket {
  readonly leave: Leave;
  /** What was approved: see `does`. */
  readonly does: string;
  /** A portal was bound under it: there is no second one. */
  bound: boolean;
  /** The portal has begun to run: what is left of its rows may come later. */
  begun: boolean;
}

/** Gets people's leave for the statements of one connection. */
export class Petitioner {
  readonly #options: PetitionerOptions;
  readonly #tickets = new Map<string, Ticket>();

  constructor(options: PetitionerOptions) {
    this.#options = options;
  }

  /**
   * True for what is handed to the server without anything of what is asked for being done: preparing a statement. Not
   * where code is in play that nobody can follow: what the server may run of it ahead of time is not known either.
   */
  isHarmless({ phase }: Statement, { effects }: Judgement): boolean {
    return phase === 'prepare' && !effects.some(isOpaque);
  }

  /** Leave that was given when the statement was prepared or bound; null when people must be asked. */
  #carried({ approval, phase, parameters }: Statement, judgement: Judgement): Leave | null {
    const ticket = approval === null ? undefined : this.#tickets.get(approval);
    if (ticket === undefined || ticket.does !== does(judgement)) return null;
    // What was given for a time does not wait for a better opportunity.
    if (!ticket.begun && this.#options.clock.now() >= Date.parse(ticket.leave.until)) return null;
    if (phase === 'execute') {
      ticket.begun ||= ticket.bound;
      return ticket.bound ? ticket.leave : null;
    }
    // What was approved before values were bound to it, was approved for a statement without any.
    if (phase !== 'bind' || ticket.bound || (parameters ?? []).length > 0) return null;
    ticket.bound = true;
    return ticket.leave;
  }

  /**
   * Holds the statement until people have answered. Null when it need not be asked for after all: it is to be judged
   * again. @throws HoopError `record.append`
   */
  async ask(statement: Statement, first: Judgement, hold: Hold): Promise<Asking | null> {
    const carried = this.#carried(statement, first);
    if (carried !== null) return this.#granted(statement, first, carried);
    // Its values were bound when nobody had to be asked: whoever is asked now would not see them.
    if (statement.phase === 'execute') {
      return { judgement: first, number: this.#options.lay(statement, first), result: CHANGED };
    }
    if (isActingCursor(first)) return { judgement: first, number: this.#options.lay(statement, first), result: CURSOR };
    const ready = hold.ready();
    let judgement = first;
    if (ready !== true) {
      if (!(await ready)) return { judgement, number: null, result: SKIPPED };
      // What ran meanwhile may have changed what the statement does.
      judgement = await this.#options.judge.judge(statement);
      if (judgement.decision.verdict !== 'ask') return null;
    }
    if (!(await this.#options.approver.inForce())) {
      return { judgement, number: this.#options.lay(statement, judgement), result: OUTDATED };
    }
    const asked = this.#asked(statement, judgement, hold);
    const witness = this.#witness(hold);
    const granted = this.#options.approver.granted(asked, witness);
    if (granted === null) return this.#petition(statement, { judgement, asked, witness, hold });
    this.#keep(statement, granted, judgement);
    return this.#granted(statement, judgement, granted);
  }

  #granted(statement: Statement, judgement: Judgement, leave: Leave): Asking {
    const number = this.#options.lay(statement, judgement);
    this.#append({ type: 'granted', statement: number, request: leave.request, use: leave.use });
    return { judgement, number, result: leave };
  }

  async #petition(
    statement: Statement,
    about: { judgement: Judgement; asked: Asked; witness: Witness; hold: Hold },
  ): Promise<Asking> {
    const { judgement, asked, witness, hold } = about;
    const { approver, held } = this.#options;
    const number = this.#options.lay(statement, judgement);
    const request = approver.draft(asked, number);
    const { id, digest, terms, expires } = request;
    this.#append({ type: 'request', statement: number, request: id, digest, terms, expires });
    await this.#options.recorder.flush();
    held(request);
    const gone = hold.held(request);
    const asking = approver.ask(request, gone, witness);
    const preview = this.#preview(statement, judgement, { request, gone });
    const settlement = await after(asking, preview.over);
    const { outcome, judgement: last } = await this.#confirmed(statement, { judgement, settlement, gone });
    this.#append({ type: 'settled', statement: number, request: id, outcome });
    if (outcome !== 'approved' || settlement.outcome !== 'approved') {
      return {
        judgement: last,
        number,
        result: refusalOf(outcome, settlement, { protocol: statement.protocol, policy: judgement.decision.refusal }),
      };
    }
    this.#keep(statement, settlement.leave, last);
    return { judgement: last, number, result: settlement.leave };
  }

  /** Finds out what the statement would do, while people are asked. */
  #preview(
    statement: Statement,
    judgement: Judgement,
    { request, gone }: { readonly request: ApprovalRequest; readonly gone: AbortSignal },
  ): { readonly over: () => Promise<void> } {
    const { approver, previewer } = this.#options;
    const off = new AbortController();
    const depths = judgement.terms.map((one) => one.preview);
    const depth = DEPTHS.find((one) => depths.includes(one)) ?? 'trial';
    const signal = AbortSignal.any([gone, off.signal]);
    const found = previewer?.preview(statement, judgement, { depth, signal }) ?? Promise.resolve(null);
    const told = found.then((preview) => {
      if (preview === null) return;
      this.#note({ type: 'preview', connection: this.#options.connection, request: request.id, preview });
      approver.preview(request.id, preview);
    });
    return {
      over: () => {
        off.abort();
        return told;
      },
    };
  }

  /** What was approved must still be what would happen, and the client must still want it. */
  async #confirmed(
    statement: Statement,
    { judgement, settlement, gone }: { judgement: Judgement; settlement: Settlement; gone: AbortSignal },
  ): Promise<{ outcome: Outcome; judgement: Judgement }> {
    if (settlement.outcome !== 'approved') return { outcome: settlement.outcome, judgement };
    const { approver, judge, previewer } = this.#options;
    const { effect, request } = settlement.leave;
    const inForce = await approver.inForce();
    const now = await judge.judge(statement);
    if (gone.aborted) return { outcome: withdrawal(gone.reason), judgement: now };
    // What may only have a certain effect runs below.
    if (this.#options.standing.doubt() !== null) return { outcome: 'unconfirmed', judgement: now };
    if (!inForce || !isSame(judgement, now)) return { outcome: 'changed', judgement: now };
    const only =
      effect === null || (await previewer?.enact(statement, now, { effect, request, signal: gone })) === true;
    return { outcome: only ? 'approved' : 'changed', judgement: now };
  }

  #asked(statement: Statement, { effects, terms, masked, prepared, ground }: Judgement, hold: Hold): Asked {
    const { connection, standing } = this.#options;
    const { phase, text, parameters, parameterTypes, bytes } = statement;
    const directory = directoryOf(statement);
    const variables = statement.command?.variables;
    return {
      connection,
      identity: standing.identity,
      phase,
      text,
      ...(directory === null ? {} : { directory }),
      ...(variables === undefined ? {} : { variables }),
      parameters: parameters?.map(recordedValue) ?? null,
      parameterTypes,
      bytes,
      effects,
      masked,
      prepared,
      ground,
      terms,
      inTransaction: hold.inTransaction,
    };
  }

  #witness(hold: Hold): Witness {
    return {
      answered: (answer) => this.#note({ type: 'answer', connection: this.#options.connection, answer }),
      revoked: (revocation, record) => {
        for (const [ticket, { leave }] of this.#tickets) {
          if (leave.request === revocation.request) this.#tickets.delete(ticket);
        }
        if (record) this.#note({ type: 'revoked', ...revocation });
        hold.sever();
      },
    };
  }

  /** What is prepared or bound now runs later, under the same leave. */
  #keep({ phase }: Statement, leave: Leave, judgement: Judgement): void {
    if (phase === 'query') return;
    this.#tickets.set(ticketOf(leave), { leave, does: does(judgement), bound: phase === 'bind', begun: false });
  }

  #append(event: OfConnection): void {
    this.#options.recorder.append({ ...event, connection: this.#options.connection });
  }

  /** For what comes from outside: a record that is lost ends the session. */
  #note(event: SessionEvent): void {
    try {
      this.#options.recorder.append(event);
    } catch (error) {
      this.#options.lost(error);
    }
  }
}

/** What was asked for, when what was tried meanwhile is taken back: nothing is sent before, however asking ended. */
async function after<T>(asking: Promise<T>, over: () => Promise<void>): Promise<T> {
  try {
    return await asking;
  } finally {
    await over();
  }
}

/** What a statement or portal is known by that has a use of a grant: each use is one of its own. */
export function ticketOf({ request, use }: Leave): string {
  return `${request} ${use}`;
}

/** Whoever asks for the least has it. */
const DEPTHS: readonly PreviewDepth[] = ['none', 'estimate', 'trial'];

type Omitted<T> = T extends { readonly connection: number } ? Omit<T, 'connection'> : never;
type OfConnection = Omitted<Extract<SessionEvent, { type: 'request' | 'settled' | 'granted' }>>;

/** True for a cursor whose rows are not only read. */
function isActingCursor({ changes, effects }: Judgement): boolean {
  const declares = changes.some((one) => one.some(({ kind }) => kind === 'declare'));
  return declares && effects.some((effect) => effect.action !== 'select' || isOpaque(effect));
}

/** All that would be done, and on whose leave: equal for two judgements of one statement when nothing has changed. */
function does({ decision, effects, terms, masked, ground }: Judgement): string {
  return JSON.stringify([decision.verdict, effects, terms, masked, ground]);
}

function isSame(one: Judgement, other: Judgement): boolean {
  return one === other || does(one) === does(other);
}

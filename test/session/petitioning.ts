import type { Approver } from '../../src/core/approver.ts';
import type { Catalog } from '../../src/core/catalog.ts';
import type { Clearance, Guard } from '../../src/core/guard.ts';
import type { SessionEvent } from '../../src/core/recorder.ts';
import type { Answer } from '../../src/core/request.ts';
import type { Statement } from '../../src/core/statement.ts';
import type { AskRule } from '../../src/policy/rules.ts';
import type { Register } from '../../src/session/approvals/register.ts';
import { type Observed, openGuard } from '../../src/session/guard.ts';
import { openBench } from '../../src/session/judge.ts';
import { Masks } from '../../src/session/masks.ts';
import { askRule, person, policy } from '../policy/examples.ts';
import { answerTo, openRegister, ORIGIN, ScriptedHold } from './asking.ts';
import { CountingGrammar, HandClock, NO_TRIALS, ScriptedRecorder, ScriptedSource, TestStanding } from './bench.ts';

const WRITES: AskRule = askRule({ action: ['insert', 'update', 'delete'] });
const OPAQUE: AskRule = askRule({ action: ['call', 'do', 'dynamic', 'unknown'] });

/** Guards of one session that asks for what writes, and for code that nobody can follow. */
export class Petitioning {
  readonly clock = new HandClock();
  readonly recorder = new ScriptedRecorder();
  readonly source = new ScriptedSource();
  readonly register: Register;
  readonly hold = new ScriptedHold();
  readonly lost: unknown[] = [];
  readonly observed: Observed[] = [];
  inForce = true;
  readonly standing = new TestStanding(person);

  constructor() {
    this.clock.micros = Date.parse('2026-01-01T00:00:00.000Z') * 1000;
    this.register = openRegister(this.clock);
  }

  guard(approver: Approver = this.register.approver(ORIGIN, async () => this.inForce)): Guard {
    const { clock, recorder, source, lost } = this;
    return openGuard({
      results: 'full',
      input: 'none',
      connection: 3,
      bench: openBench({
        identity: person,
        policies: [policy({ ask: [WRITES, OPAQUE] })],
        grammar: new CountingGrammar(),
        clock,
      }),
      standing: this.standing,
      database: { catalog: source, trials: NO_TRIALS },
      masks: new Masks(Buffer.alloc(32)),
      recorder,
      key: Buffer.alloc(32),
      keepUndo: null,
      approver,
      held: () => void recorder.events.push({ type: 'open', connection: 3, application: null, peer: 'people' }),
      observe: (one) => void this.observed.push(one),
      masked: () => undefined,
      lost: (error) => void lost.push(error),
    });
  }

  /** Puts a statement before the guard, waits until it is held, and answers. */
  async answered(guard: Guard, statement: Statement, with_: Partial<Answer> = {}): Promise<Clearance> {
    const held = this.hold.next();
    const clearance = guard.clear(statement, this.hold);
    await this.register.answer(answerTo(await held, with_), null);
    return clearance;
  }

  /** Types of the events on record, and `open` for the moment at which people saw the request. */
  kinds(): string[] {
    return this.recorder.events.map(({ type }: SessionEvent) => type);
  }

  changeTo(catalog: Catalog): void {
    this.source.catalog = catalog;
    this.source.changes += 1;
  }
}

export const approvalOf = (clearance: Clearance): string | null =>
  clearance.outcome === 'cleared' ? clearance.approval : null;

/** The request of which an approval is one use. */
export const requestOf = (approval: string | null): string => approval?.split(' ')[0] ?? '';

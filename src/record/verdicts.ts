import type { Decision } from '../core/decision.ts';
import type { SessionEvent } from '../core/recorder.ts';
import { type AbridgedStatement, decodeEvent, type StoredEvent, unreadable, type Verdict } from './event.ts';

/*
 * An application's statements are few, and so are the verdicts on them: a verdict is written down in full once, and
 * named by the number of that event afterwards. Never across a place where reading may begin, nor very far back, so
 * that whoever reads has what is named, and need not keep more than this many.
 */
const FARTHEST = 1024;

/** Verdicts that stand in full in the record that is being written. */
export class VerdictsWritten {
  readonly #numbers = new Map<Decision, { readonly number: number; readonly effects: Verdict['effects'] }>();
  #since = 0;

  /**
   * The number of the event that stands for the verdict of this one, which will have `number`; null when it must be
   * written in full. `begin`: the last event at which reading may begin.
   */
  nameOf(event: SessionEvent, number: number, begin: number): number | null {
    if (event.type !== 'statement') return null;
    const since = Math.max(begin, this.#since, number - FARTHEST > this.#since ? number : 0);
    if (since > this.#since) this.#numbers.clear();
    this.#since = since;
    const { decision, effects } = event;
    const written = this.#numbers.get(decision);
    if (written?.effects === effects) return written.number;
    this.#numbers.set(decision, { number, effects });
    return null;
  }
}

/** Turns frames into events while a record is read in order. */
export class EventDecoder {
  readonly #verdicts = new Map<number, Verdict>();

  /** The event numbered `number`, whole. @throws HoopError `record.unreadable` */
  decode(type: number, payload: Buffer, number: number): StoredEvent {
    const event = decodeEvent(type, payload);
    if (event.type !== 'statement') return event;
    if ('as' in event) return this.#whole(event);
    const { decision, effects } = event;
    this.#verdicts.set(number, { decision, effects });
    for (const oldest of this.#verdicts.keys()) {
      if (number - oldest <= FARTHEST) break;
      this.#verdicts.delete(oldest);
    }
    return event;
  }

  #whole({ as, ...said }: AbridgedStatement): StoredEvent {
    const verdict = this.#verdicts.get(as);
    if (verdict === undefined) throw unreadable('a statement that names a verdict which is not there');
    return { ...said, ...verdict };
  }
}

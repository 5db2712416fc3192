import { HoopError } from '../core/errors.ts';

/** What in a record is not as it was written. */
export type DamagedPart = 'preamble' | 'frame' | 'event' | 'head' | 'index' | 'signature' | 'answer' | 'tail';

/** Thrown while reading a record that is damaged. */
export class DamagedRecord extends HoopError {
  /** The number of the first event that cannot be vouched for. */
  readonly event: number;
  /** Where the damaged part starts, in bytes from the start of the record. */
  readonly position: number;
  readonly part: DamagedPart;
  /** What is wrong, in words; holds nothing of the record's content. */
  readonly detail: string;

  constructor(part: DamagedPart, event: number, position: number, detail: string) {
    super('record.verification', `the record is damaged at event ${event} (byte ${position}): ${detail}`, {
      hint: 'check it with `hoopctl sessions verify`; what comes before that event is intact',
    });
    this.part = part;
    this.event = event;
    this.position = position;
    this.detail = detail;
  }
}

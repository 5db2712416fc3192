import { AnsweredRequests } from './answered.ts';
import { DamagedRecord } from './damage.ts';
import type { DamagedPart } from './damage.ts';
import { FRAME_TYPE } from './format.ts';
import { readFrames, readPreamble } from './frame-reader.ts';
import type { Frame, FramesEnd } from './frame-reader.ts';
import { decodeHead, headIsSigned } from './head.ts';
import type { VerificationKey } from './key.ts';
import { eventOf } from './reader.ts';
import type { RecordSource } from './source.ts';
import { HashTree } from './tree.ts';
import { EventDecoder } from './verdicts.ts';

/** What is known of a record up to where it was read. */
export interface VerifiedExtent {
  /** As the header says; null when there is no header. */
  readonly session: string | null;
  /** Events read and found whole. */
  readonly events: number;
  /** Events that a signed head covers: these are proven. */
  readonly sealed: number;
  /** Root of the hash tree over `events`, hexadecimal. */
  readonly root: string;
}

/** What became of a record. */
export type Verification =
  /** Whole, signed, and as it was written from the first byte to the last. */
  | ({ readonly status: 'valid'; readonly key: string } & VerifiedExtent)
  /** As it was written as far as it goes, but it was not ended: running, or cut by a crash. `cut`: within an event. */
  | ({ readonly status: 'incomplete'; readonly cut: boolean; readonly position: number } & VerifiedExtent)
  /** Not as it was written. `event` is the first that cannot be vouched for, `position` where the damage starts. */
  | ({
      readonly status: 'damaged';
      readonly event: number;
      readonly position: number;
      readonly part: DamagedPart;
      readonly detail: string;
    } & VerifiedExtent);

class Verifier {
  readonly #keys: readonly VerificationKey[];
  readonly #expected: string | null;
  readonly #tree = new HashTree();
  readonly #decoder = new EventDecoder();
  readonly #requests = new AnsweredRequests();
  session: string | null = null;
  sealed = 0;
  /** The key of the final head, once that was seen. */
  key: string | null = null;
  #endPosition: number | null = null;
  #indexPosition: number | null = null;

  constructor(keys: readonly VerificationKey[], expected: string | null) {
    this.#keys = keys;
    this.#expected = expected;
  }

  extent(): VerifiedExtent {
    const { session, sealed } = this;
    return { session, events: this.#tree.size, sealed, root: this.#tree.root().toString('hex') };
  }

  /** @throws DamagedRecord */
  frame(frame: Frame): void {
    if (this.key !== null) this.#damaged(frame, 'tail', 'something follows the final head');
    if (frame.isEvent) this.#event(frame);
    else if (frame.type === FRAME_TYPE.head) this.#head(frame);
    else if (frame.type === FRAME_TYPE.index && this.#endPosition !== null) this.#indexPosition = frame.position;
    else this.#damaged(frame, 'frame', 'a frame is of an unknown type or out of place');
  }

  #damaged(frame: Frame, part: DamagedPart, detail: string): never {
    throw new DamagedRecord(part, frame.number, frame.position, detail);
  }

  /** A head that does not hold casts doubt on every event since the one before it. */
  #unproven(frame: Frame, part: DamagedPart, detail: string): never {
    throw new DamagedRecord(part, this.sealed, frame.position, detail);
  }

  #event(frame: Frame): void {
    if (this.#endPosition !== null) this.#damaged(frame, 'event', 'an event follows the end of the session');
    const event = eventOf(frame, this.#decoder);
    if ((event.type === 'header') !== (frame.number === 0)) {
      this.#damaged(frame, 'event', 'the header is missing or out of place');
    }
    if (event.type === 'header') {
      this.session = event.header.session;
      if (this.#expected !== null && this.session !== this.#expected) {
        this.#damaged(frame, 'event', 'it is the record of another session');
      }
    }
    const unanswered = this.#requests.add(event);
    if (unanswered !== null) this.#damaged(frame, 'answer', unanswered);
    if (event.type === 'end') this.#endPosition = frame.position;
    this.#tree.add(frame.digest.toString('latin1'));
  }

  #head(frame: Frame): void {
    const head = decodeHead(frame.payload);
    if (head === null) this.#damaged(frame, 'head', 'a head is malformed');
    const key = this.#keys.find((candidate) => candidate.id.equals(head.keyId));
    if (key === undefined) this.#unproven(frame, 'signature', 'a head is signed with a key that is not known here');
    const context = { session: this.session ?? '', check: frame.checkBefore, offsetMicros: frame.offsetMicros };
    if (!headIsSigned(frame.payload, context, key.publicKey)) {
      this.#unproven(frame, 'signature', 'the signature of a head does not fit');
    }
    if (head.size !== this.#tree.size || !head.root.equals(this.#tree.root())) {
      this.#unproven(frame, 'head', 'a head does not speak of the events before it');
    }
    const ends = head.final ? [this.#endPosition, this.#indexPosition] : [0, 0];
    if (head.endPosition !== ends[0] || head.indexPosition !== ends[1]) {
      this.#damaged(frame, 'head', 'a head names frames that are elsewhere');
    }
    this.sealed = head.size;
    if (head.final) this.key = head.keyId.toString('hex');
  }
}

async function run(source: RecordSource, verifier: Verifier): Promise<FramesEnd> {
  const preamble = await readPreamble(source);
  if (preamble === null) return { cut: true, position: 0, number: 0 };
  const frames = readFrames(source, preamble.seed, preamble.start);
  for (;;) {
    const step = await frames.next();
    if (step.done === true) return step.value;
    verifier.frame(step.value);
  }
}

/**
 * Reads a whole record and says whether it is as it was written. The source stays open.
 * @param keys the keys that its heads may be signed with
 * @param session the id it must be of; null to take the header's word
 * @throws HoopError `record.unreadable` when the file cannot be read; damage is a value
 */
export async function verifyRecord(
  source: RecordSource,
  keys: readonly VerificationKey[],
  session: string | null,
): Promise<Verification> {
  const verifier = new Verifier(keys, session);
  try {
    const end = await run(source, verifier);
    const extent = verifier.extent();
    if (verifier.key !== null && !end.cut) return { status: 'valid', key: verifier.key, ...extent };
    if (verifier.key === null) return { status: 'incomplete', cut: end.cut, position: end.position, ...extent };
    throw new DamagedRecord('tail', end.number, end.position, 'something follows the final head');
  } catch (error) {
    if (!(error instanceof DamagedRecord)) throw error;
    const { event, position, part, detail } = error;
    return { status: 'damaged', event, position, part, detail, ...verifier.extent() };
  }
}

import type { Door } from '../postgres/door.ts';
import type { Message as Answer } from '../postgres/frames.ts';
import type { Server } from '../postgres/server.ts';
import { type WireOptions, wireOptions } from '../postgres/wire-client.ts';
import type { Conversation } from './conversation.ts';
import type { Place } from './place.ts';
import { play, type Stage } from './player.ts';
import { told } from './transcript.ts';

/** What came of one conversation on the two ways to the server. */
export interface Outcome {
  readonly direct: readonly string[];
  readonly guarded: readonly string[];
  /** What the server said on the direct way. */
  readonly answers: readonly Answer[];
}

/** Plays conversations in one place, through the door and past it. */
export class Trial {
  readonly #place: Place;
  readonly #direct: WireOptions;
  readonly #guarded: WireOptions;

  constructor(place: Place, server: Server, door: Door) {
    this.#place = place;
    this.#direct = wireOptions(server.environment(place.database));
    this.#guarded = wireOptions(door.env(place.database));
  }

  /** `patience`: how long the server may be silent while it owes an answer, in milliseconds. */
  async run(conversation: Conversation, patience = 10_000): Promise<Outcome> {
    const direct = await this.#play(conversation, this.#direct, { standIns: true, patience });
    const guarded = await this.#play(conversation, this.#guarded, { standIns: false, patience });
    return { direct: direct.lines, guarded: guarded.lines, answers: direct.answers };
  }

  /** What was said, and what stands in the database afterwards. */
  async #play(conversation: Conversation, options: WireOptions, how: Pick<Stage, 'standIns' | 'patience'>) {
    const asleep = (over: () => boolean): Promise<boolean> => this.#place.asleep(over);
    const { answers, failure } = await play(conversation, { options, asleep, ...how });
    const remains = await this.#place.remains();
    await this.#place.renew(remains);
    // How one shows who one is differs.
    const said = answers.filter(({ type }) => type !== 'R').map(told);
    return { answers, lines: [...said, ...(failure === null ? [] : [failure]), remains] };
  }
}

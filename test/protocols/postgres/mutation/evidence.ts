import { joined } from './bending.ts';
import { cutMessages, typeOf } from './cutting.ts';
import type { Piece } from './mutate.ts';
import type { Arrival, Arrived } from './target.ts';
import type { Released, Witness } from './witness.ts';

/** What passed during one connection, as seen from outside. */
export interface Evidence {
  /** Whole messages that the client sent behind its login, cut by their lengths. */
  readonly asked: readonly Buffer[];
  /** Whole messages that the guard let go to the server, in order. */
  readonly released: readonly Released[];
  /** True when the server's replies came as it said them, so that it can be known what it does. */
  readonly believed: boolean;
  /** Whole messages that reached the server behind the start-up packet. */
  readonly arrived: readonly Arrived[];
  /** Whole messages that reached the client behind its login. */
  readonly heard: readonly Buffer[];
  /** Bytes of a message that reached the client without its end. */
  readonly heardRest: Buffer;
  /** What the guard let be shown, rows and all else, in order. */
  readonly shown: readonly Buffer[];
  readonly rowsMasked: readonly Buffer[];
  readonly rowsRecorded: readonly Buffer[];
  /** COPY data of the client's. */
  readonly dataRecorded: readonly Buffer[];
}

export interface Seen {
  readonly believed: boolean;
  readonly pieces: readonly Piece[];
  readonly arrivals: readonly Arrival[];
  readonly heard: Buffer;
  /** How many messages the login took; null when nobody was let in. */
  readonly greeted: number | null;
  readonly guard: Witness | null;
}

/** ParameterStatus and NoticeResponse: what of a server's greeting goes on to the client. */
const SHOWN_AT_LOGIN = new Set(['S', 'N']);

export function evidenceOf({ believed, pieces, arrivals, heard, greeted, guard }: Seen): Evidence {
  const cut = cutMessages(heard);
  const greeting = cut.frames.slice(0, greeted ?? 0).filter((frame) => SHOWN_AT_LOGIN.has(typeOf(frame))).length;
  return {
    asked: greeted === null ? [] : cutMessages(joined(pieces)).frames,
    released: guard?.released ?? [],
    believed,
    arrived: arrivals.flatMap((arrival) => arrival.messages),
    heard: greeted === null ? [] : cut.frames.slice(greeted),
    heardRest: cut.rest,
    shown: guard?.shownInOrder.slice(greeting) ?? [],
    rowsMasked: guard?.rowsMasked ?? [],
    rowsRecorded: guard?.rowsRecorded ?? [],
    dataRecorded: guard?.dataRecorded ?? [],
  };
}

/** For a person who looks for what went wrong. */
export function transcript({ asked, arrived, heard }: Evidence): string {
  const told = (messages: readonly Buffer[]): string =>
    messages.map((message) => `\n    ${JSON.stringify(message.toString('latin1', 0, 60))}`).join('');
  const reached = arrived.map(({ bytes }) => bytes).filter((bytes) => !bytes.includes('hoopctl catalog'));
  return `  the client said:${told(asked)}\n  the server heard:${told(reached)}\n  the client heard:${told(heard)}`;
}

import { frames } from '../postgres/frames.ts';

/** A value bound to a parameter, or COPY data: text, bytes in hexadecimal, or so many times the letter x. */
export type Value = string | { readonly hex: string } | { readonly fill: number };

/** A message of the client's, as plain data: a conversation can be printed as JSON and read again. */
export type Message =
  /** `denied`: the policy refuses it. On the direct connection something that is no SQL stands in its place. */
  | { readonly kind: 'query'; readonly text: string; readonly denied?: true }
  | {
      readonly kind: 'parse';
      readonly name: string;
      readonly text: string;
      /** OIDs of the parameters' types; 0 for one that the server is to find out. */
      readonly types: readonly number[];
      readonly denied?: true;
    }
  | {
      readonly kind: 'bind';
      readonly portal: string;
      readonly statement: string;
      /** Formats of the values: none, one for all, or one each; 0 is text, 1 is binary. */
      readonly formats: readonly number[];
      readonly values: readonly (Value | null)[];
      /** The same for the columns of the result. */
      readonly results: readonly number[];
    }
  | { readonly kind: 'describe' | 'close'; readonly what: 'S' | 'P'; readonly name: string }
  | { readonly kind: 'execute'; readonly portal: string; readonly rows: number }
  /** `amid`: sent among COPY data, where the server takes no notice of it unless the COPY has failed. */
  | { readonly kind: 'sync' | 'flush'; readonly amid?: true }
  | { readonly kind: 'copyData'; readonly data: Value }
  | { readonly kind: 'copyDone' }
  | { readonly kind: 'copyFail'; readonly reason: string }
  /** No message: all that the server can answer now is waited for. */
  | { readonly kind: 'pause' };

/** What is sent without waiting for anything in between. */
export interface Step {
  readonly messages: readonly Message[];
  /** Whether all that the server can answer now is waited for before the next step. */
  readonly wait: boolean;
  /** How the bytes are cut: each number, in thousandths of their length, is the end of one write. */
  readonly cuts: readonly number[];
  /** A CancelRequest is sent once the server sleeps. */
  readonly cancel?: true;
  /** It makes sense only as a whole. */
  readonly whole?: true;
  /** It is left out where the transaction has failed, as far as the last answer told. */
  readonly unfailed?: true;
}

export interface Conversation {
  readonly steps: readonly Step[];
  /** `farewell`: everything is waited for, then Terminate. Otherwise the last step is followed by Terminate or EOF at once. */
  readonly end: 'farewell' | 'terminate' | 'eof';
}

export function messagesOf({ steps }: Conversation): readonly Message[] {
  return steps.flatMap(({ messages }) => messages);
}

/** What hoopctl sends instead of a statement that it refuses (src/protocols/postgres/refuse.ts). */
export const STAND_IN = 'refused by hoopctl';

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const text = (value: string): Buffer => Buffer.from(`${value}\0`);

export function bytesOf(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.from(value);
  return 'hex' in value ? Buffer.from(value.hex, 'hex') : Buffer.alloc(value.fill, 'x');
}

const list = (numbers: readonly number[]): Buffer => Buffer.concat([int16(numbers.length), ...numbers.map(int16)]);

function bind(message: Message & { kind: 'bind' }): Buffer {
  const values = message.values.flatMap((value) => {
    if (value === null) return [int32(-1)];
    const bytes = bytesOf(value);
    return [int32(bytes.length), bytes];
  });
  const head = [text(message.portal), text(message.statement), list(message.formats), int16(message.values.length)];
  return frames.raw('B', Buffer.concat([...head, ...values, list(message.results)]));
}

/** The bytes of a message; `stand`: with the stand-in for what the policy denies. */
export function encode(message: Message, stand: boolean): Buffer {
  switch (message.kind) {
    case 'query':
      return frames.query(stand && message.denied === true ? STAND_IN : message.text);
    case 'parse': {
      const refused = stand && message.denied === true;
      return frames.parse(refused ? STAND_IN : message.text, message.name, refused ? [] : [...message.types]);
    }
    case 'bind':
      return bind(message);
    case 'describe':
      return frames.describe(message.what, message.name);
    case 'close':
      return frames.close(message.what, message.name);
    case 'execute':
      return frames.execute(message.portal, message.rows);
    case 'sync':
      return frames.sync();
    case 'flush':
      return frames.flush();
    case 'copyData':
      return frames.raw('d', bytesOf(message.data));
    case 'copyDone':
      return frames.copyDone();
    case 'copyFail':
      return frames.copyFail(message.reason);
    case 'pause':
      return Buffer.alloc(0);
  }
}

/** Bytes of type and length. */
const HEADER = 5;

export interface Cut {
  /** Whole messages, type and length included. */
  readonly frames: readonly Buffer[];
  /** What is behind the last whole one. */
  readonly rest: Buffer;
  /** True when `rest` begins with a length that cannot be. */
  readonly broken: boolean;
}

/** Cuts a stream of typed messages by their lengths, as the protocol's documentation says, and no other way. */
export function cutMessages(bytes: Buffer): Cut {
  const frames: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER) {
    const length = bytes.readInt32BE(at + 1);
    if (length < 4) return { frames, rest: bytes.subarray(at), broken: true };
    if (at + 1 + length > bytes.length) break;
    frames.push(bytes.subarray(at, at + 1 + length));
    at += 1 + length;
  }
  return { frames, rest: bytes.subarray(at), broken: false };
}

export const typeOf = (frame: Buffer): string => String.fromCharCode(frame[0] ?? 0);
export const bodyOf = (frame: Buffer): Buffer => frame.subarray(HEADER);

/** The texts that end with a NUL at the beginning of a message's body, as many as wanted; null when there are fewer. */
export function texts(frame: Buffer, count: number, skip = 0): readonly string[] | null {
  const found: string[] = [];
  let at = HEADER + skip;
  for (let index = 0; index < count; index += 1) {
    const end = frame.indexOf(0, at);
    if (end < 0) return null;
    found.push(frame.toString('utf8', at, end));
    at = end + 1;
  }
  return found;
}

/** A type and a body as a message whose length is right. */
export function framed(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header[0] = type;
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

import { serialize } from 'pg-protocol';

/** Messages a client sends, as bytes. `raw` builds what no library would. */
export const frames = {
  query: (text: string): Buffer => serialize.query(text),
  parse: (text: string, name = '', types: number[] = []): Buffer => serialize.parse({ text, name, types }),
  bind: (
    options: { statement?: string; portal?: string; values?: (string | Buffer | null)[]; binary?: boolean } = {},
  ) => Buffer.from(serialize.bind({ statement: '', portal: '', values: [], ...options })),
  execute: (portal = '', rows = 0): Buffer => serialize.execute({ portal, rows }),
  describe: (type: 'S' | 'P', name = ''): Buffer => serialize.describe({ type, name }),
  close: (type: 'S' | 'P', name = ''): Buffer => serialize.close({ type, name }),
  sync: (): Buffer => Buffer.from(serialize.sync()),
  flush: (): Buffer => Buffer.from(serialize.flush()),
  copyData: (text: string): Buffer => serialize.copyData(Buffer.from(text)),
  copyDone: (): Buffer => Buffer.from(serialize.copyDone()),
  copyFail: (reason: string): Buffer => serialize.copyFail(reason),
  terminate: (): Buffer => Buffer.from(serialize.end()),
  raw: (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head.write(type, 0, 'latin1');
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  },
  /** FunctionCall: one call of a function by OID, without any SQL. */
  functionCall: (oid: number, values: readonly string[]): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(oid, 0);
    head.writeInt16BE(0, 4);
    head.writeInt16BE(values.length, 6);
    const parts = values.flatMap((value) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(Buffer.byteLength(value));
      return [length, Buffer.from(value)];
    });
    return frames.raw('F', Buffer.concat([head, ...parts, Buffer.from([0, 0])]));
  },
};

/** A startup packet of protocol 3.0 (or another number). */
export function startupPacket(parameters: Readonly<Record<string, string>>, protocol = 196608): Buffer {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [Buffer.from(`${name}\0${value}\0`)]);
  const body = Buffer.concat([...pairs, Buffer.from([0])]);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(protocol, 4);
  return Buffer.concat([head, body]);
}

/** A message from the server. */
export interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/** The fields of an ErrorResponse or NoticeResponse, by their letter. */
export function fieldsOf(message: Message): Record<string, string> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  let at = 0;
  while (at < message.body.length && message.body[at] !== 0) {
    const letter = String.fromCharCode(message.body[at] ?? 0);
    const end = message.body.indexOf(0, at + 1);
    if (end < 0) break;
    fields[letter] = message.body.toString('utf8', at + 1, end);
    at = end + 1;
  }
  return fields;
}

/** Values of a DataRow; null for NULL. */
export function valuesOf(message: Message): (Buffer | null)[] {
  const values: (Buffer | null)[] = [];
  let at = 2;
  for (let left = message.body.readInt16BE(0); left > 0; left -= 1) {
    const length = message.body.readInt32BE(at);
    at += 4;
    if (length < 0) {
      values.push(null);
      continue;
    }
    values.push(message.body.subarray(at, at + length));
    at += length;
  }
  return values;
}

import { fieldsOf, frames, type Message } from '../../../postgres/frames.ts';
import { wireClient, type WireOptions } from '../../../postgres/wire-client.ts';

const { query, parse, bind, execute, describe, close, sync, flush, copyData, copyDone, copyFail } = frames;

/** A conversation of every kind of message, none of which waits for an answer, and how often the server gets ready. */
export const conversation: { readonly bytes: Buffer; readonly answers: number } = {
  answers: 13,
  bytes: Buffer.concat([
    query('select 1; select 2 as b'),
    query(''),
    parse('select $1::int + 1, $2::text'),
    bind({ values: ['41', 'héllo'] }),
    describe('P'),
    execute(),
    sync(),
    parse('select id from t order by id', 'named'),
    describe('S', 'named'),
    flush(),
    bind({ statement: 'named', portal: 'p' }),
    execute('p', 3),
    execute('p', 0),
    close('P', 'p'),
    sync(),
    query('drop table t'),
    query('select 1/0'),
    parse('select 1'),
    bind(),
    execute(),
    parse('select nothing'),
    bind(),
    execute(),
    parse('select 2'),
    bind(),
    execute(),
    sync(),
    parse('select 3'),
    bind(),
    execute(),
    parse('drop table t'),
    bind(),
    execute(),
    sync(),
    query('begin; create temp table c (id int, v text) on commit drop; copy c from stdin'),
    copyData('1\tone\n2\t'),
    copyData('two\n'),
    copyDone(),
    query('copy c to stdout'),
    query('copy c from stdin'),
    copyData('3\tthree\n'),
    copyFail('enough'),
    query('rollback'),
    query("select repeat('x', 20000), n from generate_series(1, 5) n"),
    query("do $$ begin raise notice 'noted'; end $$"),
  ]),
};

function told(message: Message): string {
  if (message.type === 'E') {
    const { S, C, M } = fieldsOf(message);
    return `E ${S} ${C} ${M}`;
  }
  return `${message.type} ${message.body.toString('latin1')}`;
}

/** Sends the conversation in these pieces, and gives all that was said in return. */
export async function converse(options: WireOptions, pieces: readonly Buffer[]): Promise<string[]> {
  const client = await wireClient(options);
  const first = client.messages.length;
  try {
    for (const piece of pieces) {
      client.send(piece);
      // Each piece travels alone.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    for (let left = conversation.answers; left > 0; left -= 1) await client.until('Z');
  } finally {
    await client.end();
  }
  return client.messages.slice(first).map(told);
}

/** Cuts at the given places; places beyond the end cut nothing. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places)].filter((place) => place > 0 && place < bytes.length).sort((a, b) => a - b);
  return [0, ...sorted].map((start, index) => bytes.subarray(start, sorted[index] ?? bytes.length));
}

import { serialize } from 'pg-protocol';
import { HoopError } from '../../../core/errors.ts';
import type { Consultation } from '../../../core/protocol.ts';
import type { Target } from '../../../core/target.ts';
import { within } from '../../../wire/deadline.ts';
import { BACKEND, decodeFields, HEADER } from '../frames.ts';
import { LIMITS } from '../limits.ts';
import { login, type Upstream } from '../upstream.ts';
import { openCatalog } from './source.ts';

/** Names resolve as they would for a client that has just come in, and text is read as it is judged. */
const SETTINGS: ReadonlyMap<string, string> = new Map([
  ['application_name', 'hoopctl'],
  ['client_encoding', 'UTF8'],
  ['standard_conforming_strings', 'on'],
  ['default_transaction_read_only', 'on'],
]);

/** A connection on which nothing but the catalog is asked. @throws HoopError as `login` does */
export async function consult(target: Target, signal: AbortSignal): Promise<Consultation> {
  const late = new AbortController();
  const attempt = login(target, SETTINGS, AbortSignal.any([signal, late.signal]));
  const upstream = await within(attempt, LIMITS.connect, `reaching target ${target.name}`, () => late.abort());
  const idle = { transaction: 'I', skipping: false, copying: false, open: false, epoch: 0 } as const;
  return {
    catalog: openCatalog(idle, { ask: (queries) => ask(upstream, queries) }, SETTINGS),
    close: () => void upstream.socket.end(serialize.end()),
  };
}

/** The DataRow messages of these queries, in order. @throws HoopError `postgres.catalog` */
async function ask(upstream: Upstream, queries: readonly string[]): Promise<Buffer[]> {
  const rows: Buffer[] = [];
  for (const query of queries) {
    upstream.socket.write(serialize.query(query));
    rows.push(...(await answer(upstream)));
  }
  return rows;
}

async function answer({ inbound }: Upstream): Promise<Buffer[]> {
  const rows: Buffer[] = [];
  let refused: string | null = null;
  for (;;) {
    const header = await inbound.exactly(HEADER);
    const length = header.readInt32BE(1);
    if (length < 4 || length > LIMITS.serverFrame) {
      throw new HoopError('postgres.protocol', 'the server sent a message of an impossible length');
    }
    const message = Buffer.concat([header, await inbound.exactly(length - 4)]);
    if (message[0] === BACKEND.dataRow) rows.push(message);
    if (message[0] === BACKEND.errorResponse) refused = decodeFields(message)?.get('C') ?? 'unknown';
    if (message[0] === BACKEND.readyForQuery) break;
  }
  if (refused === null) return rows;
  throw new HoopError('postgres.catalog', `the server could not be asked for its catalog (SQLSTATE ${refused})`, {
    hint: 'hoopctl targets test',
  });
}

import { serialize } from 'pg-protocol';
import { HoopError } from '../../../core/errors.ts';
import type { Limits } from '../../../core/limits.ts';
import type { Consultation, Sample, SampleRequest } from '../../../core/protocol.ts';
import type { Target } from '../../../core/target.ts';
import { BACKEND, decodeFields, HEADER, messageLength } from '../frames.ts';
import { overLimit } from '../limits.ts';
import { sqlstate } from '../refuse.ts';
import { within } from '../../../wire/deadline.ts';
import { Meaning } from '../meaning.ts';
import { login, type Upstream } from '../upstream.ts';
import { Glances } from './glances.ts';
import { sampleOf, sampleQuery } from './sample.ts';
import { openCatalog } from './source.ts';

/** Names resolve as they would for a client that has just come in, and text is read as it is judged. */
const SETTINGS: ReadonlyMap<string, string> = new Map([
  ['application_name', 'hoopctl'],
  ['client_encoding', 'UTF8'],
  ['standard_conforming_strings', 'on'],
  ['default_transaction_read_only', 'on'],
]);

/** A connection on which nothing but the catalog, and samples, is asked for. @throws HoopError as `login` does */
export async function consult(target: Target, signal: AbortSignal): Promise<Consultation> {
  const upstream = await login(target, SETTINGS, signal);
  const idle = { transaction: 'I', skipping: false, copying: false, open: false, meaning: new Meaning() } as const;
  return {
    catalog: openCatalog(idle, { ask: (queries) => answered(upstream, queries, target.limits) }, new Glances()),
    sample: (request) => sampled(upstream, request, target.limits),
    close: () => void upstream.socket.end(serialize.end()),
  };
}

/**
 * The DataRow messages of these queries, in order. Nobody else may use the connection meanwhile.
 * @throws HoopError `postgres.catalog`, `postgres.protocol`, `postgres.closed`, `wire.limit`, `wire.deadline`
 */
export async function answered(upstream: Upstream, queries: readonly string[], limits: Limits): Promise<Buffer[]> {
  const asked = ask(upstream, queries, limits);
  try {
    return await within(asked, limits.catalogWait, 'reading the catalog', () => upstream.socket.destroy());
  } catch (error) {
    if (!(error instanceof HoopError) || error.code !== 'wire.closed') throw error;
    throw new HoopError('postgres.closed', 'the target closed the connection', { cause: error });
  }
}

async function ask(upstream: Upstream, queries: readonly string[], limits: Limits): Promise<Buffer[]> {
  const rows: Buffer[] = [];
  for (const query of queries) {
    upstream.socket.write(serialize.query(query));
    rows.push(...(await answer(upstream, limits)));
  }
  return rows;
}

async function answer({ inbound }: Upstream, { catalogSize }: Limits): Promise<Buffer[]> {
  const rows: Buffer[] = [];
  let refused: string | null = null;
  let size = 0;
  for (;;) {
    const header = await inbound.exactly(HEADER);
    const length = messageLength(header, 0);
    if (length === null) throw new HoopError('postgres.protocol', 'the server sent a message of an impossible length');
    size += length;
    if (size > catalogSize) throw overLimit('catalogSize', `the server’s catalog is larger than ${catalogSize} bytes`);
    const message = Buffer.concat([header, await inbound.exactly(length - HEADER)]);
    if (message[0] === BACKEND.dataRow) rows.push(message);
    if (message[0] === BACKEND.errorResponse) refused = sqlstate(decodeFields(message)?.get('C'));
    if (message[0] === BACKEND.readyForQuery) break;
  }
  if (refused === null) return rows;
  throw new Refused(refused);
}

/** The server has not answered. Of its words only the SQLSTATE is told. */
class Refused extends HoopError {
  readonly sqlstate: string;

  constructor(sqlstate: string) {
    super('postgres.catalog', `the server could not be asked for its catalog (SQLSTATE ${sqlstate})`, {
      hint: 'hoopctl targets test',
    });
    this.sqlstate = sqlstate;
  }
}

async function sampled(upstream: Upstream, request: SampleRequest, limits: Limits): Promise<Sample> {
  try {
    const rows = await answered(upstream, [sampleQuery(request)], limits);
    return { ok: true, values: sampleOf(rows, request.columns.length) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, sqlstate: error.sqlstate };
  }
}

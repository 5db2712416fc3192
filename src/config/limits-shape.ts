import { type Limits, LIMITS } from '../core/limits.ts';
import { type Field, keyed, optional } from './keyed.ts';
import { BAD, type Bad, duration, integer, mismatch, refine, type Shape } from './shape.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: KIB, MiB: MIB, GiB: GIB };
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The largest unit that says it in whole numbers: `64MiB`, `15s`. */
function written(value: number, units: Readonly<Record<string, number>>): string {
  const [unit = '', worth = 1] = Object.entries(units).findLast(([, one]) => value % one === 0) ?? [];
  return `${value / worth}${unit}`;
}

/** `10000B`, `64KiB`, `4MiB`, `1GiB` as bytes. */
export function size(least: number, most: number): Shape<number> {
  const range = `a size from ${written(least, UNITS)} to ${written(most, UNITS)}`;
  return {
    expected: range,
    schema: { type: 'string', pattern: '^[1-9][0-9]{0,6}(B|KiB|MiB|GiB)$' },
    read(node, report, path) {
      if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'boolean') {
        return mismatch(node, report, path, range);
      }
      const text = String(node.value);
      const match = /^([1-9][0-9]{0,6})(B|KiB|MiB|GiB)$/u.exec(text);
      if (match === null) return report.add(node.at, `${path}: expected ${range}${meant(text)}`);
      const bytes = Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN);
      return bytes < least || bytes > most ? report.add(node.at, `${path}: expected ${range}`) : bytes;
    },
  };
}

/** What somebody meant who writes sizes otherwise: `64MB`, `64 m`, `64`. */
function meant(text: string): string {
  const match = /^([1-9][0-9]{0,6})\s*([kmg]?)i?b?$/iu.exec(text);
  if (match === null) return '';
  const unit = match[2] === '' ? 'B' : `${match[2]?.toUpperCase()}iB`;
  return `: did you mean "${match[1]}${unit}"?`;
}

/** A duration from a second up to `longest`. */
function upTo(longest: number): Shape<number> {
  const most = written(longest, { s: SECOND, m: MINUTE, h: HOUR });
  return refine(duration(), (value, node, report, path) =>
    value > longest ? report.add(node.at, `${path} is longer than ${most}`) : value,
  );
}

const count = (fallback: number, least: number, most: number, about: string): Field<number> =>
  optional(integer(least, most), fallback, `${about} Left out: ${fallback}.`);
const time = (fallback: number, longest: number, about: string): Field<number> =>
  optional(upTo(longest), fallback, `${about} Left out: ${written(fallback, { s: SECOND, m: MINUTE, h: HOUR })}.`);
const bytes = (fallback: number, least: number, most: number, about: string): Field<number> =>
  optional(size(least, most), fallback, `${about} Left out: ${written(fallback, UNITS)}.`);

/** Above this an event of the record might not hold what a peer said, escaped. */
const RECORDABLE = 10 * MIB;

const fields = {
  connections: count(LIMITS.connections, 1, 10_000, 'Clients at once that have logged in.'),
  unauthenticated: count(
    LIMITS.unauthenticated,
    1,
    10_000,
    'Clients at once that have not logged in; beyond it the one that has been there longest is turned away.',
  ),
  login: time(LIMITS.login, HOUR, 'How long a client may take to log in.'),
  connect: time(LIMITS.connect, HOUR, 'How long reaching the target and logging in there may take.'),
  cancel: time(LIMITS.cancel, HOUR, 'How long handing a request to cancel to the target may take.'),
  startup_packet: bytes(LIMITS.startupPacket, 256, MIB, "A client's first packet, and every message of its login."),
  statement: bytes(LIMITS.statement, KIB, RECORDABLE, "A client's message that carries a statement."),
  client_message: bytes(LIMITS.clientMessage, KIB, GIB, "A client's message that carries values or COPY data."),
  server_message: bytes(LIMITS.serverMessage, KIB, GIB, 'A row or piece of COPY data of the server.'),
  server_reply: bytes(LIMITS.serverReply, KIB, RECORDABLE, 'Any other message of the server, such as an error.'),
  scram_iterations: count(LIMITS.scramIterations, 4096, 100_000_000, 'Rounds that a server may ask for at login.'),
  prepared_statements: count(
    LIMITS.preparedStatements,
    4,
    1_000_000,
    'Prepared statements and portals that a connection keeps.',
  ),
  prepared_size: bytes(LIMITS.preparedSize, KIB, 16 * GIB, 'What those hold together.'),
  pipeline: count(
    LIMITS.pipeline,
    2000,
    1_000_000,
    'Messages that the server has not answered yet; beyond it the client is not read from.',
  ),
  catalog_size: bytes(LIMITS.catalogSize, MIB, 512 * MIB, "The answer to a question about the target's catalog."),
  catalog_wait: time(LIMITS.catalogWait, HOUR, 'How long the server may take to answer such a question.'),
  spares: count(LIMITS.spares, 0, 100, 'Connections to the target that are logged in ahead of their client.'),
  spare_age: time(LIMITS.spareAge, HOUR, 'How long one of those waits for its client.'),
};

const keys = keyed(fields, { what: 'limits such as { connections: 100 }' });

/** What a target's `limits` may be. Keys that are left out keep the value they have without. */
export const limits: Shape<Limits> = {
  expected: keys.expected,
  schema: { ...keys.schema, minProperties: 1 },
  read(node, report, path) {
    if (node.kind === 'map' && node.entries.length === 0) {
      return report.add(node.at, `${path} is empty: expected ${keys.expected}`);
    }
    const value = keys.read(node, report, path);
    return value === BAD ? BAD : limitsFrom(value);
  },
};

function limitsFrom(value: Exclude<ReturnType<typeof keys.read>, Bad>): Limits {
  return {
    connections: value.connections,
    unauthenticated: value.unauthenticated,
    login: value.login,
    connect: value.connect,
    cancel: value.cancel,
    startupPacket: value.startup_packet,
    statement: value.statement,
    clientMessage: value.client_message,
    serverMessage: value.server_message,
    serverReply: value.server_reply,
    scramIterations: value.scram_iterations,
    preparedStatements: value.prepared_statements,
    preparedSize: value.prepared_size,
    pipeline: value.pipeline,
    catalogSize: value.catalog_size,
    catalogWait: value.catalog_wait,
    spares: value.spares,
    spareAge: value.spare_age,
  };
}

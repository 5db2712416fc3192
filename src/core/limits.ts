/**
 * How much the peers of a target's sessions may ask for at most, and for how long. Each is a key under `limits:` of a
 * target in hoopctl.yaml. Sizes in bytes, times in milliseconds.
 */
export interface Limits {
  /** Clients at once that have logged in. */
  readonly connections: number;
  /** Clients at once that have not: beyond it the one that has been there longest is turned away. */
  readonly unauthenticated: number;
  /** From a client's arrival until it has shown the secret. */
  readonly login: number;
  /** Until a connection to the target is ready for its first statement. */
  readonly connect: number;
  /** For handing a client's request to cancel to the target. */
  readonly cancel: number;
  /** A client's first packet, and every message of its login. */
  readonly startupPacket: number;
  /** A message of a client's that carries a statement, or anything but values and COPY data. */
  readonly statement: number;
  /** A message of a client's that carries values or COPY data. */
  readonly clientMessage: number;
  /** A message of the server's that carries a row or COPY data. */
  readonly serverMessage: number;
  /** A message of the server's that carries anything else: errors, notices, descriptions. */
  readonly serverReply: number;
  /** Rounds of hashing that a server may ask for in a SCRAM login. */
  readonly scramIterations: number;
  /** Prepared statements and portals that one connection keeps. */
  readonly preparedStatements: number;
  /** What their names and texts come to together. */
  readonly preparedSize: number;
  /** Messages of one connection that the server has not answered yet: beyond it the client is not read from. */
  readonly pipeline: number;
  /** The answer to one question about the target's catalog. */
  readonly catalogSize: number;
  /** Until that answer is there. */
  readonly catalogWait: number;
  /** Connections to the target that are logged in ahead of their client. */
  readonly spares: number;
  /** How long one of those waits for its client. */
  readonly spareAge: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SECOND = 1000;

export const LIMITS: Limits = {
  // More than any pool asks for, few enough that what each connection buffers fits in memory.
  connections: 512,
  // Logging in takes milliseconds: more than a few at once are a flood. Each costs a socket and at most a start-up packet.
  unauthenticated: 64,
  // A client that has not logged in by then is none: it must not hold a place.
  login: 15 * SECOND,
  // Name lookup, TCP, TLS and login at the target together.
  connect: 20 * SECOND,
  // Cancelling is best effort in PostgreSQL: the client waits no longer for the target to take note.
  cancel: 5 * SECOND,
  // PostgreSQL's own MAX_STARTUP_PACKET_LENGTH; "GET " read as a length is 1.2 GB.
  startupPacket: 10_000,
  // Larger than the grammar takes anyway, so that what is too large for it is refused and the connection goes on.
  statement: 4 * MIB,
  // Held as a whole while it is judged and recorded.
  clientMessage: 256 * MIB,
  // PostgreSQL allows a gigabyte for one value; a row is held as a whole.
  serverMessage: GIB,
  // An error can quote a whole statement or value. Escaped for the record it is up to six times as long, and must
  // still fit in one event: one notice of a hostile server would end the session of everybody else.
  serverReply: 8 * MIB,
  // PostgreSQL's default is 4,096; a hostile server asks for 2^31 and keeps a core busy for an hour.
  scramIterations: 1_000_000,
  // Each is remembered for as long as the client keeps it.
  preparedStatements: 10_000,
  // Ten thousand of the largest statements would be 40 GB.
  preparedSize: 256 * MIB,
  // Each is remembered until it is answered, and looked through for names. PostgreSQL holds back less than two
  // thousand answers before it sends some, so that nobody waits for the other for ever.
  pipeline: 10_000,
  // A hundred thousand tables take about a tenth of it.
  catalogSize: 512 * MIB,
  // A large catalog is read in seconds, but may be locked by somebody who alters it.
  catalogWait: 120 * SECOND,
  // Clients that come one after the other need one; servers that are short of connections miss no more than these.
  spares: 4,
  // Also for how long a changed password, or settings of a role, may not be noticed.
  spareAge: 30 * SECOND,
};

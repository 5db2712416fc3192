/** Bounds of this protocol. Each has its reason; sizes in bytes, times in milliseconds. */
export interface PostgresLimits {
  readonly startupPacket: number;
  readonly clientFrame: number;
  readonly statement: number;
  readonly serverFrame: number;
  readonly login: number;
  readonly connect: number;
  readonly scramIterations: number;
  readonly cancel: number;
  readonly names: number;
  readonly catalog: number;
}

export const LIMITS: PostgresLimits = {
  // PostgreSQL's own MAX_STARTUP_PACKET_LENGTH; "GET " read as a length is 1.2 GB.
  startupPacket: 10_000,
  // Bound values and COPY data: held as a whole while they are judged and recorded.
  clientFrame: 256 * 1024 * 1024,
  // Text of statements: larger than the grammar takes anyway.
  statement: 4 * 1024 * 1024,
  // One row: PostgreSQL allows a gigabyte for one value; it is held as a whole so that it can be masked.
  serverFrame: 1024 * 1024 * 1024,
  // A client that has not logged in by then is none: it must not hold a place.
  login: 15_000,
  // Name lookup, TCP, TLS and login at the target together.
  connect: 20_000,
  // PostgreSQL's default is 4,096; a hostile server asks for 2^31 and keeps a core busy for an hour.
  scramIterations: 1_000_000,
  // Cancelling is best effort in PostgreSQL: nobody waits for it.
  cancel: 5_000,
  // Prepared statements and portals one client may keep: each holds its text.
  names: 10_000,
  // The answer to one question about the catalog: a hundred thousand tables take about a tenth of it.
  catalog: 512 * 1024 * 1024,
};

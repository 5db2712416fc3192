import type { Duplex } from 'node:stream';
import type { CatalogSource } from './catalog.ts';
import type { Clock } from './clock.ts';
import type { Conversation } from './conversation.ts';
import type { Guard } from './guard.ts';
import type { LineReader } from './line-reader.ts';
import type { Secret } from './secret.ts';
import type { ProtocolName, Target } from './target.ts';
import type { Trials } from './trial.ts';

export type Enforcement = 'statement' | 'column' | 'byte' | 'field';

/** Why a connection's service ended, for the record and the operator. */
export interface SessionEnd {
  readonly cause: 'client' | 'target' | 'expired' | 'refused' | 'protocol' | 'record' | 'failure';
  readonly message: string;
}

/** What a client must show at the door. */
export interface DoorCredential {
  readonly user: string;
  readonly secret: Secret;
}

/** What SQL is judged and tried by. */
export interface Database {
  readonly catalog: CatalogSource;
  /** Where what is held is tried. */
  readonly trials: Trials;
}

/** All that a protocol needs to serve connections of one session. */
export interface SessionContext {
  readonly id: string;
  readonly target: Target;
  readonly door: DoorCredential;
  readonly clock: Clock;
  /** True when the policy lets nothing be changed: servers that can are told to refuse writes themselves. */
  readonly readOnly: boolean;
  /** Set where interactive shells are guarded: what reads their lines. Null: they are the target's own. */
  readonly lines: LineReader | null;
  /** Aborts when the session ends: time limit, revocation, shutdown. `identity` is the reason when who asks is why. */
  readonly signal: AbortSignal;
  /** A guard for one connection, counted from 1. `database`: null where no SQL is spoken. */
  guard(connection: number, database: Database | null): Guard;
  /** For what the operator should see and no record holds (limits reached, odd peers): never statement text. */
  warn(message: string): void;
}

/** Where a door listens: a TCP address, or the path of a Unix socket. */
export type DoorAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** What a login to the target found. */
export interface ProbeReport {
  readonly serverVersion: string;
  /** TLS version and cipher in use, or null for a plain connection. */
  readonly tls: string | null;
  /** How the target had itself shown who asks: `trust`, `scram-sha-256`, `certificate`, … */
  readonly authentication: string;
  readonly milliseconds: number;
}

/** Which values of a table to look at. */
export interface SampleRequest {
  readonly schema: string;
  readonly relation: string;
  readonly columns: readonly string[];
  /** Whether rows of partitions and inheriting tables count. */
  readonly withChildren: boolean;
  /** At most so many rows. */
  readonly rows: number;
}

/** Values in the order of the columns, NULLs left out and long ones cut; or why there are none, as the server's SQLSTATE. */
export type Sample =
  | { readonly ok: true; readonly values: readonly (readonly string[])[] }
  | { readonly ok: false; readonly sqlstate: string };

/** What a target says of itself, for explaining decisions and writing policies, over a connection that the caller closes. */
export interface Consultation {
  readonly catalog: CatalogSource;
  /**
   * Reads some values, for judging what they are: nobody may be shown them. Nothing is changed, and the server runs no
   * code but its own. @throws HoopError as reading the catalog does
   */
  sample(request: SampleRequest): Promise<Sample>;
  close(): void;
}

/** A file that ordinary clients read to find the door. It lies in a directory of the door's own, 0700, and goes with it. */
export interface ClientFile {
  readonly name: string;
  /** The variable that names its path; null: other files do. */
  readonly variable: string | null;
  /** `directory`: where all of them lie, absolute. May hold the door's secret. */
  readonly text: (directory: string) => string;
}

/** Serves one wire language between clients and a target. One instance belongs to one session. */
export interface Protocol {
  readonly name: ProtocolName;
  /** What this protocol can hold a policy to; a policy that needs more stops the session before it starts. */
  readonly enforces: ReadonlySet<Enforcement>;
  /** Serves one client until either side ends. Never rejects. Closes both sides. */
  serve(client: Duplex, session: SessionContext): Promise<SessionEnd>;
  /** What ordinary clients read to find the door: `PGHOST`, `PGPASSWORD`, … */
  environment(address: DoorAddress, door: DoorCredential, target: Target): Readonly<Record<string, string>>;
  /** Files that they read besides; most need none. */
  files(address: DoorAddress, door: DoorCredential, target: Target): readonly ClientFile[];
  /** A URL that reaches the door, secret included. */
  url(address: DoorAddress, door: DoorCredential, target: Target): string;
  /** Logs in to the target and out again. @throws HoopError with what went wrong and a hint */
  probe(target: Target, signal: AbortSignal): Promise<ProbeReport>;
  /** Logs in over a connection of its own, to ask and change nothing. @throws HoopError */
  consult(target: Target, signal: AbortSignal): Promise<Consultation>;
  /**
   * Comes in through a door like any other client, and closes `client` when it cannot.
   * @throws HoopError `postgres.login` with the door's own words, `wire.*`
   */
  converse(client: Duplex, door: DoorCredential, target: Target): Promise<Conversation>;
}

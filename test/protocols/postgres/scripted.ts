import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { CatalogSource } from '../../../src/core/catalog.ts';
import type { Column } from '../../../src/core/column.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Refusal } from '../../../src/core/decision.ts';
import type { Clearance, Cleared, Guard, Judged, Masked, Masker } from '../../../src/core/guard.ts';
import { type Limits, LIMITS } from '../../../src/core/limits.ts';
import { type Disclosure, type ResultMask, type Rewriter, UNMASKED } from '../../../src/core/mask.ts';
import type { Database, DoorCredential, SessionContext, SessionEnd } from '../../../src/core/protocol.ts';
import type { SessionEvent } from '../../../src/core/recorder.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { SessionChange, Statement, StatementChanges } from '../../../src/core/statement.ts';
import type { Target } from '../../../src/core/target.ts';
import type { Trials } from '../../../src/core/trial.ts';
import { openDoor } from '../../../src/local/door.ts';
import { postgres } from '../../../src/protocols/postgres/index.ts';
import { Masks } from '../../../src/session/masks.ts';
import type { Server } from '../../postgres/server.ts';
import { type WireClient, wireClient, type WireOptions } from '../../postgres/wire-client.ts';

/** Statements with this word in them are refused. */
export const MARKER = 'forbidden';

const REFUSAL: Refusal = {
  message: 'the script says no',
  detail: 'It contains the marker.',
  hint: 'Leave the marker out.',
  cause: 'denied',
};

/** What one statement does to the session: enough of SQL for these tests. */
function changesOf(statement: string): StatementChanges {
  const text = statement.trim();
  const prepare = /^prepare (\w+) as (.*)$/is.exec(text);
  const changes: SessionChange[] = [];
  if (prepare !== null) changes.push({ kind: 'prepare', name: prepare[1] ?? '', text: prepare[2] ?? '' });
  const deallocate = /^deallocate (\w+)$/i.exec(text);
  if (deallocate !== null) {
    const [, name = ''] = deallocate;
    changes.push({ kind: 'deallocate', name: name.toLowerCase() === 'all' ? null : name });
  }
  if (/^copy .* from stdin/is.test(text)) changes.push({ kind: 'copy-in' });
  if (/^(?:create|drop|alter|set) /i.test(text)) changes.push({ kind: 'resolution' });
  return changes;
}

/** A guard that says no to a marker, and keeps what it was asked and told. */
export class ScriptedGuard implements Guard {
  readonly judged: Statement[] = [];
  readonly events: SessionEvent[] = [];
  readonly catalog: CatalogSource;
  readonly trials: Trials;
  /** Runs before each answer; what it returns replaces the answer. */
  before: ((statement: Statement) => Promise<Refusal | null>) | null = null;
  /** What may be shown of what each statement of a text gives; all of it while this is null. */
  disclose: ((statement: string) => Disclosure) | null = null;
  readonly #masks = new Masks(Buffer.alloc(32, 'k'));

  constructor(catalog: CatalogSource, trials: Trials) {
    this.catalog = catalog;
    this.trials = trials;
  }

  begin(): void {
    // What comes is judged by itself.
  }

  async clear(statement: Statement): Promise<Clearance> {
    this.judged.push(statement);
    const refusal = (await this.before?.(statement)) ?? (statement.text.includes(MARKER) ? REFUSAL : null);
    if (refusal !== null) return { outcome: 'refused', refusal, number: this.judged.length };
    const statements = statement.text.split(';').filter((one) => one.trim() !== '');
    return {
      outcome: 'cleared',
      bytes: statement.bytes as Judged<Buffer>,
      number: this.judged.length,
      changes: statements.map(changesOf),
      results: this.#results(statements),
      approval: null,
    };
  }

  housekeeping<T extends Buffer>(frame: T): Judged<T> {
    return frame as Judged<T>;
  }

  release(batch: readonly Judged<Buffer>[]): Cleared<Buffer> {
    return Buffer.concat(batch) as Buffer as Cleared<Buffer>;
  }

  #results(statements: readonly string[]): readonly ResultMask[] {
    const { disclose } = this;
    return disclose === null ? [] : statements.map((one) => ({ ...UNMASKED, disclosure: disclose(one) }));
  }

  masker(columns: readonly Column[], { disclosure }: ResultMask, rewriter: Rewriter): Masker {
    const masks = this.#masks.of(columns, disclosure, null);
    if (masks === null) return { transparent: true, mask: (frames) => frames as Masked<Buffer> };
    return { transparent: false, mask: (frames) => rewriter.rewrite(frames, masks) as Masked<Buffer> };
  }

  readonly searches = false;

  text(bytes: Buffer): Buffer {
    return bytes;
  }

  screen(): never {
    throw new Error('PostgreSQL has no screens');
  }

  words(text: string): string {
    return text;
  }

  countMasked(): void {
    // Nothing is looked for.
  }

  shown(frame: Buffer): Masked<Buffer> {
    return frame as Masked<Buffer>;
  }

  async note(event: SessionEvent): Promise<void> {
    this.events.push(event);
  }

  stream(event: SessionEvent): Promise<void> | null {
    // Rows stand in memory that is read into again.
    const kept = event.type === 'rows' ? { ...event, bytes: Buffer.from(event.bytes) as Masked<Buffer> } : event;
    this.events.push(kept);
    return null;
  }
}

export interface ScriptedDoor {
  readonly options: WireOptions;
  /** One for each connection that came through, in order. */
  readonly guards: ScriptedGuard[];
  readonly warnings: string[];
  /** How each connection ended, as they end. */
  readonly ends: Promise<SessionEnd>[];
  readonly credential: DoorCredential;
  /** Clients whose sockets are open. */
  connections(): number;
  /** Ends the session, as a time limit does. */
  expire(): void;
  connect(more?: Partial<WireOptions>): Promise<WireClient>;
  /** The guard of the newest connection. */
  guard(): ScriptedGuard;
  close(): Promise<void>;
}

export interface ScriptedOptions {
  readonly limits?: Partial<Limits>;
  readonly readOnly?: boolean;
  /** Called with each new guard. */
  readonly script?: (guard: ScriptedGuard) => void;
}

export function targetOf(server: Pick<Server, 'port' | 'user' | 'password'>, more: Partial<Target> = {}): Target {
  return {
    name: 'pg-test',
    protocol: 'postgres',
    host: '127.0.0.1',
    port: server.port,
    database: 'postgres',
    user: server.user,
    password: new Secret(server.password),
    tls: { mode: 'disable', ca: null, certificate: null },
    limits: LIMITS,
    ...more,
  };
}

/** Serves a target behind a real door and a scripted guard, without policy and record. */
export async function scriptedDoor(target: Target, options: ScriptedOptions = {}): Promise<ScriptedDoor> {
  const credential = { user: 'visitor', secret: new Secret('a secret of this session only') };
  const abort = new AbortController();
  const protocol = postgres();
  const guards: ScriptedGuard[] = [];
  const warnings: string[] = [];
  const ends: Promise<SessionEnd>[] = [];
  const session: SessionContext = {
    id: 'session',
    // Whoever counts the target's connections here counts those of clients.
    target: { ...target, limits: { ...LIMITS, spares: 0, ...options.limits } },
    door: credential,
    clock: systemClock,
    readOnly: options.readOnly ?? false,
    lines: null,
    signal: abort.signal,
    guard: (_connection, database) => {
      const { catalog, trials } = spoken(database);
      const guard = new ScriptedGuard(catalog, trials);
      options.script?.(guard);
      guards.push(guard);
      return guard;
    },
    warn: (message) => void warnings.push(message),
  };
  const door = await openDoor({
    target: randomUUID(),
    place: { kind: 'tcp', port: null },
    runtime: tmpdir(),
    sockets: 1000,
    serve: (client) => {
      const end = protocol.serve(client, session);
      ends.push(end);
      return end;
    },
    warn: (message) => void warnings.push(message),
  });
  if (door.address.kind !== 'tcp') throw new Error('no port');
  const wire: WireOptions = {
    host: door.address.host,
    port: door.address.port,
    user: credential.user,
    password: credential.secret.reveal(),
    database: target.database,
  };
  return {
    options: wire,
    guards,
    warnings,
    ends,
    credential,
    connections: () => door.connections(),
    expire: () => abort.abort('time limit'),
    connect: (more = {}) => wireClient({ ...wire, ...more }),
    guard: () => {
      const last = guards.at(-1);
      if (last === undefined) throw new Error('no connection yet');
      return last;
    },
    close: async () => {
      door.stop();
      abort.abort('closed');
      await Promise.all(ends);
      await door.close();
    },
  };
}

/** Processes that serve the test's user on the server. */
export function backends(server: Server): Promise<number> {
  return counted(server, '');
}

/** Those of them whose statement runs, or is held up by a client that does not read. */
export function active(server: Server): Promise<number> {
  return counted(server, "and state = 'active'");
}

async function counted(server: Server, which: string): Promise<number> {
  const [row] = await server.admin(
    'postgres',
    `select count(*)::int as n from pg_stat_activity where usename = '${server.user}' ${which}`,
  );
  return Number(row?.['n']);
}

/** PostgreSQL's guards always have one. */
export function spoken(database: Database | null): Database {
  if (database === null) throw new Error('a guard without a database');
  return database;
}

import type { Duplex } from 'node:stream';
import type {
  Consultation,
  DoorAddress,
  DoorCredential,
  ProbeReport,
  Protocol,
  SessionContext,
  SessionEnd,
} from '../../core/protocol.ts';
import type { Target } from '../../core/target.ts';
import { consult } from './catalog/consult.ts';
import { environment, url } from './environment.ts';
import { CancelKeys } from './keys.ts';
import { LIMITS, type PostgresLimits } from './limits.ts';
import { probe } from './probe.ts';
import { type ScramVerifier, scramVerifier } from './scram.ts';
import { Connection } from './serve.ts';

export { decodeRows } from './results.ts';

/** PostgreSQL's frontend/backend protocol, versions 3.0 and 3.2. */
class Postgres implements Protocol {
  readonly name = 'postgres';
  readonly enforces: Protocol['enforces'] = new Set(['statement']);
  readonly #keys = new CancelKeys();
  #connections = 0;
  #verifier: Promise<ScramVerifier> | null = null;
  readonly #limits: PostgresLimits;

  constructor(limits: PostgresLimits) {
    this.#limits = limits;
  }

  serve(client: Duplex, session: SessionContext): Promise<SessionEnd> {
    this.#verifier ??= scramVerifier(session.door.secret);
    this.#connections += 1;
    return new Connection(client, session, this.#connections, this.#keys, this.#limits).run(this.#verifier);
  }

  environment(address: DoorAddress, door: DoorCredential, target: Target): Readonly<Record<string, string>> {
    return environment(address, door, target);
  }

  url(address: DoorAddress, door: DoorCredential, target: Target): string {
    return url(address, door, target);
  }

  probe(target: Target, signal: AbortSignal): Promise<ProbeReport> {
    return probe(target, signal);
  }

  consult(target: Target, signal: AbortSignal): Promise<Consultation> {
    return consult(target, signal);
  }
}

/** One for each session: it knows the session's cancel keys. */
export function postgres(limits: PostgresLimits = LIMITS): Protocol {
  return new Postgres(limits);
}

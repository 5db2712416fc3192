import type { Duplex } from 'node:stream';
import type { Conversation } from '../../core/conversation.ts';
import type {
  ClientFile,
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
import { converse } from './client/converse.ts';
import { environment, url } from './environment.ts';
import { probe } from './probe.ts';
import { openReception, type Reception } from './reception.ts';
import { Connection } from './serve.ts';

export { decodeRows } from './results.ts';

/** PostgreSQL's frontend/backend protocol, versions 3.0 and 3.2. */
class Postgres implements Protocol {
  readonly name = 'postgres';
  readonly enforces: Protocol['enforces'] = new Set(['statement', 'column', 'byte']);
  #connections = 0;
  #reception: Reception | null = null;

  serve(client: Duplex, session: SessionContext): Promise<SessionEnd> {
    this.#reception ??= openReception(session);
    this.#connections += 1;
    // Each is served as it was asked for: only what is shared comes from the first.
    return new Connection(client, this.#connections, { ...this.#reception, session }).run();
  }

  environment(address: DoorAddress, door: DoorCredential, target: Target): Readonly<Record<string, string>> {
    return environment(address, door, target);
  }

  files(): readonly ClientFile[] {
    return [];
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

  converse(client: Duplex, door: DoorCredential, target: Target): Promise<Conversation> {
    return converse(client, door, target);
  }
}

/** One for each session: its connections share cancel keys and limits. */
export function postgres(): Protocol {
  return new Postgres();
}

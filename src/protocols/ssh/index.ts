import type { Duplex } from 'node:stream';
import type { Conversation } from '../../core/conversation.ts';
import { HoopError } from '../../core/errors.ts';
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
import { files, url } from './environment.ts';
import type { Reception } from './reception.ts';

/** SSH, version 2. ssh2 is loaded when it is needed: every command would pay for it otherwise. */
class Ssh implements Protocol {
  readonly name = 'ssh';
  readonly enforces: Protocol['enforces'] = new Set(['statement', 'byte']);
  #connections = 0;
  #reception: Reception | null = null;

  async serve(client: Duplex, session: SessionContext): Promise<SessionEnd> {
    this.#connections += 1;
    const number = this.#connections;
    client.pause();
    const [{ Connection }, { openReception }] = await Promise.all([import('./serve.ts'), import('./reception.ts')]);
    this.#reception ??= openReception(session);
    return new Connection(client, number, { ...this.#reception, session }).run();
  }

  /** All that clients read is in files. */
  environment(): Readonly<Record<string, string>> {
    return {};
  }

  files(address: DoorAddress, door: DoorCredential, target: Target): readonly ClientFile[] {
    return files(address, door, target);
  }

  url(address: DoorAddress, door: DoorCredential): string {
    return url(address, door);
  }

  async probe(target: Target, signal: AbortSignal): Promise<ProbeReport> {
    const { probe } = await import('./probe.ts');
    return probe(target, signal);
  }

  consult(target: Target): Promise<Consultation> {
    return Promise.reject(noDatabase(target));
  }

  converse(_client: Duplex, _door: DoorCredential, target: Target): Promise<Conversation> {
    return Promise.reject(noDatabase(target));
  }
}

function noDatabase({ name }: Target): HoopError {
  return new HoopError('config.target', `${name} is reached by SSH: it has no tables that could be asked about`, {
    hint: `hoopctl targets show ${name}`,
  });
}

/** One for each session: its connections share limits. */
export function ssh(): Protocol {
  return new Ssh();
}

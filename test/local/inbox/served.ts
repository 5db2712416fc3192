import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Approver, Asked as AskedFor } from '../../../src/core/approver.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Identity } from '../../../src/core/identity.ts';
import type { Provider } from '../../../src/core/provider.ts';
import { InboxClient, type InboxClientOptions } from '../../../src/local/inbox/client.ts';
import { openInbox, type OpenInbox } from '../../../src/local/inbox/open.ts';
import { socketPaths } from '../../../src/local/inbox/sockets.ts';
import { openKey } from '../../../src/record/key.ts';
import type { Register } from '../../../src/session/index.ts';
import { person, policy } from '../../policy/examples.ts';
import { ORIGIN } from '../../session/asking.ts';
import { askedFor, type Petition, petition } from '../../session/approvals/petition.ts';

/** The state and runtime directories of one user. */
export class Home implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'hoopctl-inbox-'));
  readonly runtime = join(this.directory, 'run');
  readonly state = join(this.directory, 'state');
  readonly #served: OpenInbox[] = [];

  /** As another process of the same user would. */
  async serve(session = ORIGIN.session, provider: Provider | null = null): Promise<Served> {
    const before = new Set(await socketPaths(this.runtime));
    const { state, runtime } = this;
    const policies = [policy({ default: 'ask' })];
    const server = await openInbox({ state, runtime, own: person, provider, clock: systemClock, policies });
    const { register } = server;
    this.#served.push(server);
    const socket = (await socketPaths(this.runtime)).find((path) => !before.has(path));
    if (socket === undefined) throw new Error('no socket');
    const approver = register.approver({ ...ORIGIN, session }, async () => true);
    const ask = (text: string, with_: Partial<AskedFor> = {}): Petition => petition(approver, askedFor(text, with_));
    return { register, approver, close: async () => server[Symbol.asyncDispose](), socket, ask };
  }

  client(own: Identity = person, login: InboxClientOptions['login'] = null): InboxClient {
    const { runtime, state } = this;
    return new InboxClient({ runtime, own, login, clock: systemClock, key: () => openKey(state, 'approver') });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#served) await server[Symbol.asyncDispose]();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface Served {
  readonly register: Register;
  readonly approver: Approver;
  /** Serves no more. */
  readonly close: () => Promise<void>;
  readonly socket: string;
  /** A statement that is held. */
  readonly ask: (text: string, with_?: Partial<AskedFor>) => Petition;
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What a control socket answers; null when it breaks the connection. */
export function put(socket: string, asked: Asked): Promise<{ readonly status: number; readonly body: string } | null> {
  return new Promise((resolve) => {
    const { method = 'POST', path, headers = { 'content-type': 'application/json' }, body } = asked;
    const outgoing = httpRequest({ socketPath: socket, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', () => resolve(null));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    outgoing.on('error', () => resolve(null));
    outgoing.end(body);
  });
}

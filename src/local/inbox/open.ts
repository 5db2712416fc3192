import type { Clock } from '../../core/clock.ts';
import type { Identity } from '../../core/identity.ts';
import type { Policy } from '../../policy/rules.ts';
import { Register } from '../../session/index.ts';
import { identifyBy } from './identify.ts';
import { serveInbox } from './server.ts';

export interface OpenInboxOptions {
  /** Directories: see config/paths.ts. */
  readonly state: string;
  readonly runtime: string;
  readonly identity: Identity;
  readonly clock: Clock;
  /** Of all sessions that will use it: without one that asks nothing is served. */
  readonly policies: readonly Policy[];
}

/** The requests for approval of this process. */
export interface OpenInbox extends AsyncDisposable {
  readonly register: Register;
}

/** Opens a register and, where anything may be asked for, its control socket. @throws HoopError `local.inbox` */
export async function openInbox(options: OpenInboxOptions): Promise<OpenInbox> {
  const { state, runtime, identity, clock, policies } = options;
  const register = new Register({ clock, identify: identifyBy(state, identity) });
  const server = policies.some(asks) ? await serveInbox(runtime, register, identity) : null;
  return { register, [Symbol.asyncDispose]: async () => server?.close() };
}

function asks(policy: Policy): boolean {
  return policy.default === 'ask' || policy.ask.length > 0;
}

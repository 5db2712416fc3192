import type { Clock } from '../../core/clock.ts';
import { type Identity, OS_ISSUER } from '../../core/identity.ts';
import type { Proof } from '../../core/proof.ts';
import type { Provider } from '../../core/provider.ts';
import type { Policy } from '../../policy/rules.ts';
import { Register } from '../../session/index.ts';
import { identify, identifyRevoker } from './identify.ts';
import { examined } from '../../identity/proven.ts';
import { serveInbox } from './server.ts';

export interface OpenInboxOptions {
  /** Directories: see config/paths.ts. */
  readonly state: string;
  readonly runtime: string;
  /** The operating system's user. */
  readonly own: Identity;
  /** Who vouches for those who answer; null: nobody, so that this user does. */
  readonly provider: Provider | null;
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
  const { state, runtime, own, provider, clock, policies } = options;
  const over = new AbortController();
  const proven = provider === null ? null : (proof: Proof) => examined(proof, { provider, clock, signal: over.signal });
  const register = new Register({
    clock,
    issuer: provider?.settings.issuer ?? OS_ISSUER,
    identify: (answer, proof) => identify(answer, proof, { state, own, proven }),
  });
  const server = policies.some(asks)
    ? await serveInbox(runtime, register, (proof) => identifyRevoker(proof, { own, proven }))
    : null;
  const close = async (): Promise<void> => {
    over.abort();
    await server?.close();
  };
  return { register, [Symbol.asyncDispose]: close };
}

function asks(policy: Policy): boolean {
  return policy.default === 'ask' || policy.ask.length > 0;
}

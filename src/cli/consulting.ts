import type { Config } from '../config/load.ts';
import { resolveTarget } from '../config/resolve.ts';
import type { Consultation } from '../core/protocol.ts';
import { protocolNamed } from '../local/protocol.ts';
import type { Invocation } from './invocation.ts';
import { secretSourcesOf } from './secrets.ts';

/** Logs in to a target to ask about it; the caller closes it. @throws HoopError */
export async function consultTarget(invocation: Invocation, config: Config, name: string): Promise<Consultation> {
  const target = await resolveTarget(config, name, secretSourcesOf(invocation, config));
  // The target's own limit of time holds.
  return protocolNamed(target.protocol).consult(target, AbortSignal.any([]));
}

import type { Config } from '../config/load.ts';
import { stateDirectory } from '../config/paths.ts';
import { resolveTarget } from '../config/resolve.ts';
import type { Consultation } from '../core/protocol.ts';
import { protocolNamed } from '../local/protocol.ts';
import { targetSources } from '../local/secrets/sources.ts';
import type { Invocation } from './invocation.ts';

/** Logs in to a target to ask about it; the caller closes it. @throws HoopError */
export async function consultTarget({ env, home }: Invocation, config: Config, name: string): Promise<Consultation> {
  const target = await resolveTarget(
    config,
    name,
    targetSources({ config, env, home, state: stateDirectory(env, home) }),
  );
  // The target's own limit of time holds.
  return protocolNamed(target.protocol).consult(target, AbortSignal.any([]));
}

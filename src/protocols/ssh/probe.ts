import type { ProbeReport } from '../../core/protocol.ts';
import type { Target } from '../../core/target.ts';
import { login } from './upstream.ts';

/** Logs in to the target and out again. @throws HoopError */
export async function probe(target: Target, signal: AbortSignal): Promise<ProbeReport> {
  const started = performance.now();
  const { client, version, fingerprint, authentication, warning } = await login(target, signal);
  const milliseconds = performance.now() - started;
  client.end();
  const how = warning === null ? authentication : `${authentication}; ${warning}, and was passed over`;
  return { serverVersion: `${version}, host key ${fingerprint}`, tls: null, authentication: how, milliseconds };
}

import { serialize } from 'pg-protocol';
import type { ProbeReport } from '../../core/protocol.ts';
import type { Target } from '../../core/target.ts';
import { BACKEND, decodeParameterStatus } from './frames.ts';
import { login } from './upstream.ts';

/** Logs in to the target and out again. @throws HoopError */
export async function probe(target: Target, signal: AbortSignal): Promise<ProbeReport> {
  const started = performance.now();
  const upstream = await login(target, new Map([['application_name', 'hoopctl']]), signal);
  const milliseconds = performance.now() - started;
  upstream.socket.end(serialize.end());
  const statuses = upstream.greeting
    .filter((message) => message[0] === BACKEND.parameterStatus)
    .map(decodeParameterStatus);
  const serverVersion = statuses.find((status) => status?.name === 'server_version')?.value ?? 'unknown';
  return { serverVersion, tls: upstream.tls, authentication: upstream.authentication, milliseconds };
}

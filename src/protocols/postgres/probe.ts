import { serialize } from 'pg-protocol';
import type { ProbeReport } from '../../core/protocol.ts';
import type { Target } from '../../core/target.ts';
import { within } from '../../wire/deadline.ts';
import { BACKEND, decodeParameterStatus } from './frames.ts';
import { LIMITS } from './limits.ts';
import { login } from './upstream.ts';

/** Logs in to the target and out again. @throws HoopError */
export async function probe(target: Target, signal: AbortSignal): Promise<ProbeReport> {
  const started = performance.now();
  const late = new AbortController();
  const settings = new Map([['application_name', 'hoopctl']]);
  const attempt = login(target, settings, AbortSignal.any([signal, late.signal]));
  const upstream = await within(attempt, LIMITS.connect, `reaching target ${target.name}`, () => late.abort());
  const milliseconds = performance.now() - started;
  upstream.socket.end(serialize.end());
  const statuses = upstream.greeting
    .filter((message) => message[0] === BACKEND.parameterStatus)
    .map(decodeParameterStatus);
  const serverVersion = statuses.find((status) => status?.name === 'server_version')?.value ?? 'unknown';
  return { serverVersion, tls: upstream.tls, authentication: upstream.authentication, milliseconds };
}

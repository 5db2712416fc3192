import { HoopError } from '../../core/errors.ts';
import type { SessionEnd } from '../../core/protocol.ts';

const CAUSES: Readonly<Record<string, SessionEnd['cause'] | undefined>> = {
  ssh: 'target',
  config: 'target',
  record: 'record',
  session: 'refused',
};

/** How a connection ended that failed. */
export function failureOf(error: unknown): SessionEnd {
  if (!(error instanceof HoopError)) return { cause: 'failure', message: 'internal failure' };
  return { cause: CAUSES[error.code.split('.')[0] ?? ''] ?? 'protocol', message: error.message };
}

import { HoopError } from '../../core/errors.ts';

/** `hint` is what to do next. The cause is for whoever debugs. */
export function fault(message: string, hint: string, cause?: unknown): HoopError {
  return new HoopError('local.secrets', message, cause === undefined ? { hint } : { hint, cause });
}

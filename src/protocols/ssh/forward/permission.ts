import type { Guard, Hold } from '../../../core/guard.ts';
import { channelStatement } from '../statements.ts';

/** What came of asking: the record's number of it, or what the client is told. */
export type Permission =
  | { readonly granted: true; readonly number: number }
  | { readonly granted: false; readonly words: string };

export interface ForwardRequest {
  /** `local`: the target connects to `place` for the client. `remote`: it listens there. */
  readonly direction: 'local' | 'remote';
  /** `db:5432`, `unix:/run/app.sock`. */
  readonly place: string;
  /** Takes it back while people are asked. */
  readonly withdrawal: AbortSignal;
  /** Ends what was let through. */
  readonly sever: () => void;
}

/** Puts a forward before the guard. @throws HoopError `record.append`, `session.unconfirmed` */
export async function permissionOf(guard: Guard, request: ForwardRequest): Promise<Permission> {
  const { direction, place, withdrawal, sever } = request;
  const hold: Hold = { ready: () => true, inTransaction: false, held: () => withdrawal, sever };
  const text = direction === 'local' ? `forward to ${place}` : `forward from the target, listening on ${place}`;
  const clearance = await guard.clear(channelStatement(text, 'forward', [direction, place]), hold);
  if (clearance.outcome === 'refused') return { granted: false, words: clearance.refusal.message };
  await guard.release([clearance.bytes]);
  return { granted: true, number: clearance.number };
}

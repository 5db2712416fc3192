import type { Connection } from 'ssh2';
import type { Guard } from '../../core/guard.ts';
import type { SessionContext } from '../../core/protocol.ts';
import type { Turns } from './sftp/turns.ts';
import type { Upstream } from './upstream.ts';

/** What the channels of one connection share. */
export interface Line {
  readonly connection: Connection;
  readonly session: SessionContext;
  readonly number: number;
  readonly turns: Turns;
  /** The connection to the target. It rejects with HoopError when there is none. */
  readonly upstream: Promise<Upstream>;
  /** Where programs start on the target, absolute; null where the server does not say. It never rejects. */
  readonly directory: () => Promise<string | null>;
  /** Resolves when the client is gone. */
  readonly gone: Promise<void>;
  /** A guard for one channel: what one of them waits for must not hold up the others. */
  guard(): Guard;
}

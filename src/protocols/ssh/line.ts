import type { Connection } from 'ssh2';
import type { Guard } from '../../core/guard.ts';
import type { SessionContext } from '../../core/protocol.ts';
import type { Whereabouts } from '../../core/statement.ts';
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
  /** Where programs start on the target, and what their HOME is, as far as the server says it. It never rejects. */
  readonly start: () => Promise<Whereabouts>;
  /** Resolves when the client is gone. */
  readonly gone: Promise<void>;
  /** A guard for one channel: what one of them waits for must not hold up the others. */
  guard(): Guard;
}

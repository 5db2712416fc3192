import type { Duplex } from 'node:stream';
import { HoopError } from '../../../core/errors.ts';
import type { DoorCredential } from '../../../core/protocol.ts';
import type { Target } from '../../../core/target.ts';
import { Cursor } from '../../../wire/cursor.ts';
import { BACKEND, cstring, FRONTEND, frame, HEADER, int32 } from '../frames.ts';
import { MECHANISM, ScramClient } from '../scram.ts';
import { cancelRequest, startupMessage } from '../startup.ts';
import type { Incoming } from './incoming.ts';
import { remarkOf } from './remarks.ts';

const confused = (): HoopError =>
  new HoopError('postgres.protocol', 'the door did not let its own client in', { hint: 'hoopctl doctor' });

/** Logs in at a door, and returns the request that cancels whatever runs there. @throws HoopError */
export async function logIn(
  client: Duplex,
  incoming: Incoming,
  { user, secret }: DoorCredential,
  { database, limits }: Target,
): Promise<Buffer> {
  client.write(startupMessage(new Map([...SETTINGS, ['user', user], ['database', database]])));
  const scram = new ScramClient(secret, limits.scramIterations);
  const say = (...body: readonly Buffer[]): void => void client.write(frame(FRONTEND.password, ...body));
  let proven = false;
  let cancellation: Buffer | null = null;
  for (;;) {
    const message = await incoming.next();
    switch (message[0]) {
      case BACKEND.authentication: {
        const cursor = new Cursor(message, HEADER);
        const kind = cursor.int32();
        const data = cursor.bytes(cursor.remaining).toString('utf8');
        if (kind === 10) {
          const first = Buffer.from(scram.first(), 'utf8');
          say(cstring(MECHANISM), int32(first.length), first);
        } else if (kind === 11) say(Buffer.from(await scram.final(data), 'utf8'));
        else if (kind === 12) {
          scram.verify(data);
          proven = true;
        } else if (kind !== 0 || !proven) throw confused();
        break;
      }
      case BACKEND.backendKeyData: {
        const cursor = new Cursor(message, HEADER);
        cancellation = cancelRequest(cursor.int32(), cursor.bytes(cursor.remaining));
        break;
      }
      case BACKEND.errorResponse: {
        const { message: said, hint } = remarkOf(message);
        throw new HoopError('postgres.login', said, hint === null ? {} : { hint });
      }
      case BACKEND.readyForQuery:
        if (!proven || cancellation === null) throw confused();
        return cancellation;
      default:
    }
  }
}

/** What makes texts look alike whatever the server's own settings are. */
const SETTINGS = [
  ['application_name', 'hoopctl mcp'],
  ['client_encoding', 'UTF8'],
  ['datestyle', 'ISO'],
  ['intervalstyle', 'iso_8601'],
] as const;

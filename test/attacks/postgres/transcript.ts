import { fieldsOf, type Message } from '../../postgres/frames.ts';
import type { Server } from '../../postgres/server.ts';
import { wireClient, wireOptions } from '../../postgres/wire-client.ts';
import type { Mode } from './attack.ts';
import type { Errand } from './errand.ts';
import { perform } from './run.ts';

/** OIDs the server gave out itself differ from one database to the next. */
function withoutOids(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  let at = 2;
  for (let left = copy.readInt16BE(0); left > 0; left -= 1) {
    at = copy.indexOf(0, at) + 1;
    copy.writeUInt32BE(0, at);
    if (copy.readUInt32BE(at + 6) >= 16384) copy.writeUInt32BE(0, at + 6);
    at += 18;
  }
  return copy;
}

export function told(message: Message): string {
  if (message.type === 'T') return `T ${withoutOids(message.body).toString('latin1')}`;
  // Some errors the door knows without asking: it does not claim to be a file of the server's sources.
  if (message.type === 'E') {
    const { S, V, C, M, D, H, P } = fieldsOf(message);
    return `E ${JSON.stringify({ S, V, C, M, D, H, P })}`;
  }
  if (message.type === 'A') return `A ${message.body.toString('latin1', 4)}`;
  return `${message.type} ${message.body.toString('latin1')}`;
}

/** All that a client was told while it did its errand, after it had logged in. */
export async function transcript(
  errand: Pick<Errand, 'steps'>,
  mode: Mode,
  server: Server,
  environment: Readonly<Record<string, string>>,
): Promise<string[]> {
  const client = await wireClient(wireOptions(environment));
  const first = client.messages.length;
  try {
    await perform(client, errand.steps, mode, server);
  } finally {
    await client.end();
  }
  return client.messages.slice(first).map(told);
}

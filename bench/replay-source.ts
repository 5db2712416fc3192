/**
 * A server whose million-row result comes from memory, so that what stands before it is measured alone. All else it
 * relays to a real server, in both directions and in order.
 *
 * The query is relayed too, with a limit of one row. So logins, Parse, Describe and a proxy's own questions get true
 * answers at the right places; where that one row comes back, all of them are put in its place.
 */
import { connect, createServer, type Socket } from 'node:net';
import { BenchClient } from './client.ts';
import { WIDE_QUERY } from './data.ts';
import type { Endpoint } from './endpoint.ts';
import { BackendReplay, FrontendRewrite, type Rows, rowsOf } from './replay-rewrite.ts';

const server = JSON.parse(process.env['BENCH_SERVER'] ?? '{}') as Endpoint;

const rows = await captured();

async function captured(): Promise<Rows> {
  await using client = await BenchClient.open(server);
  return rowsOf(await client.capture(WIDE_QUERY));
}

const listener = createServer({ noDelay: true }, (near) => {
  const far = connect({ host: server.host, port: server.port, noDelay: true });
  const forth = new FrontendRewrite(WIDE_QUERY);
  const back = new BackendReplay(rows);
  pass(near, far, (chunk) => {
    const { onward, answer } = forth.push(chunk);
    if (answer !== null) near.write(answer);
    return onward;
  });
  pass(far, near, (chunk) => back.push(chunk));
});

/** The end of one side is the end of both. */
function pass(from: Socket, to: Socket, change: (chunk: Buffer) => readonly Buffer[]): void {
  from.on('data', (chunk: Buffer) => {
    to.cork();
    for (const part of change(chunk)) to.write(part);
    to.uncork();
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

listener.listen(0, '127.0.0.1', () => {
  const address = listener.address();
  if (address !== null && typeof address === 'object') console.log(address.port);
});

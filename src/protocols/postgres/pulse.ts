import type { Duplex } from 'node:stream';
import { BACKEND, decodeParameterStatus } from './frames.ts';

/** Milliseconds: a killed client's statement goes on no longer than two of these. */
const BEAT = 500;

/** A setting that never changes: saying it again tells a client nothing new. */
const CONSTANT = 'server_version';

/**
 * Finds out whether a client that has ended its half still reads. It may be a script that has said all it has to say,
 * or a process that was killed: both end alike. But the system of one that is gone answers whatever is sent to it with
 * a reset, which breaks the stream with the next thing that is sent. So the client is told a setting that it knows,
 * for as long as `waiting` holds.
 *
 * @param greeting the server's, in which that setting stands
 */
export function feelPulse(client: Duplex, greeting: readonly Buffer[], waiting: () => boolean): void {
  const known = greeting.find(isConstant);
  if (known === undefined) return;
  const timer = setInterval(() => {
    if (client.destroyed || !waiting()) clearInterval(timer);
    // One that has something to read still would not notice.
    else if (client.writableLength === 0) client.write(known);
  }, BEAT);
  timer.unref();
}

function isConstant(message: Buffer): boolean {
  return message[0] === BACKEND.parameterStatus && decodeParameterStatus(message)?.name === CONSTANT;
}

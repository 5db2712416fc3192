import type { Guard } from '../../../core/guard.ts';
import { STATUS } from './frames.ts';
import type { Handle } from './handle.ts';
import type { Machine, Pending } from './machine.ts';
import { type Fault, NO_HANDLE, WRONG_HANDLE } from './refuse.ts';
import type { Reply } from './replies.ts';
import type { Request } from './requests.ts';

/** A request on something that is open. */
export type HandleRequest = Extract<Request, { readonly kind: 'read' | 'write' | 'handle' | 'copy' }>;

/** What it is about, or why it cannot be. Of a copy, what is written to. */
export function handleFor(machine: Machine, request: HandleRequest): Handle | Fault {
  if (request.kind === 'copy') {
    const from = machine.handle(request.from);
    const to = machine.handle(request.to);
    if (from === null || to === null) return NO_HANDLE;
    return from.reads && to.writes && from.kind === 'file' ? to : WRONG_HANDLE;
  }
  const handle = machine.handle(request.handle);
  if (handle === null) return NO_HANDLE;
  return isMeantFor(handle, request) ? handle : WRONG_HANDLE;
}

function isMeantFor(handle: Handle, request: Exclude<HandleRequest, { kind: 'copy' }>): boolean {
  if (request.kind === 'read') return handle.kind === 'file' && handle.reads;
  if (request.kind === 'write') return handle.writes;
  switch (request.how) {
    case 'readdir':
      return handle.kind === 'directory';
    case 'fsetstat':
    case 'fsync':
      return handle.writes;
    case 'close':
    case 'fstat':
    case 'fstatvfs':
      return true;
  }
}

/** Counts what is sent to an open file. */
export function countAsked(request: HandleRequest, handle: Handle): void {
  if (request.kind === 'write') handle.written.add(request.offset, request.data);
  if (request.kind === 'read') handle.read.isUsed = true;
  if (request.kind === 'copy') {
    handle.written.isUsed = true;
    handle.written.spoil();
  }
}

/** Counts what an open file gave, as far as the client is shown it, and notices what went wrong. */
export function countAnswered({ request, handle }: Pending, reply: Reply): void {
  if (handle === null) return;
  if (request.kind === 'read') {
    if (reply.kind === 'data') handle.read.add(request.offset, reply.data);
    else if (reply.kind === 'status' && reply.code !== STATUS.endOfFile) handle.read.isSound = false;
  }
  const hasFailed = reply.kind === 'status' && reply.code !== STATUS.ok;
  if ((request.kind === 'write' || request.kind === 'copy') && hasFailed) {
    handle.written.isSound = false;
    handle.written.spoil();
  }
}

/** Writes down what passed of a file that is not open any more. @throws HoopError `record.append` */
export async function noteTransfers(
  guard: Guard,
  handle: Handle,
  { connection, isClosed }: { readonly connection: number; readonly isClosed: boolean },
): Promise<void> {
  const { statement, path } = handle;
  if (handle.kind === 'directory') return;
  for (const [direction, tally] of [
    ['out', handle.read],
    ['in', handle.written],
  ] as const) {
    // What was opened for writing may have been made, or cut, without a byte.
    if (!tally.isUsed && !(direction === 'in' && handle.writes)) continue;
    const { bytes, isSound } = tally;
    const complete = isClosed && isSound;
    await guard.note({
      type: 'transfer',
      connection,
      statement,
      direction,
      path,
      bytes,
      sha256: tally.sha256(),
      complete,
    });
  }
}

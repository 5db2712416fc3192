import type { Guard, Masked } from '../../../core/guard.ts';
import { extensionOf } from './extensions.ts';
import { frame, REPLY, string, uint32, uint64, VERSION } from './frames.ts';
import { LONGEST_MESSAGE } from './limits.ts';
import { decodeLimits, type Greeting, type Reply } from './replies.ts';
import type { Request } from './requests.ts';

/** What the client is shown of a server's VERSION: extensions that are let through, and no others. */
export function greetingFrame({ extensions }: Greeting, isLetThrough: (name: string) => boolean): Buffer {
  const shown = extensions.filter(({ name }) => {
    const known = extensionOf(name.toString('latin1'));
    return known !== null && isLetThrough(known);
  });
  return frame(REPLY.version, VERSION, ...shown.flatMap(({ name, data }) => [string(name), string(data)]));
}

/** What the client is shown of an answer. File content is looked at elsewhere. */
export function shownReply(guard: Guard, message: Buffer, about: { reply: Reply; request: Request }): Masked<Buffer> {
  const { reply, request } = about;
  if (request.kind === 'limits' && reply.kind === 'extended') {
    return guard.shown(boundedLimits(message));
  }
  return guard.shown(guard.searches ? searched(guard, message, reply) : message);
}

/** Names and words with what policies look for masked. The same bytes when there is none. */
function searched(guard: Guard, message: Buffer, reply: Reply): Buffer {
  switch (reply.kind) {
    case 'status': {
      const words = guard.text(reply.message);
      if (words === reply.message) return message;
      return frame(REPLY.status, reply.id, uint32(reply.code), string(words), string(reply.language));
    }
    case 'names': {
      const names = reply.names.map((one) => ({ ...one, name: guard.text(one.name), line: guard.text(one.line) }));
      if (
        names.every(({ name, line }, index) => name === reply.names[index]?.name && line === reply.names[index].line)
      ) {
        return message;
      }
      const body = names.flatMap(({ name, line, attributes }) => [string(name), string(line), attributes]);
      return frame(REPLY.name, reply.id, uint32(names.length), ...body);
    }
    case 'handle':
    case 'data':
    case 'attributes':
    case 'extended':
      return message;
  }
}

/** Bytes of a message beside its data, with room for the longest handle. */
const OVERHEAD = 1024;

/** A server's own limits, but none above those that hold here: 0 is none. */
function boundedLimits(message: Buffer): Buffer {
  const limits = decodeLimits(message);
  if (limits === null) return message;
  const least = (value: number, most: number): Buffer => uint64(BigInt(value === 0 ? most : Math.min(value, most)));
  const id = message.readUInt32BE(5);
  const data = LONGEST_MESSAGE - OVERHEAD;
  return frame(
    REPLY.extended,
    id,
    least(limits.packet, LONGEST_MESSAGE),
    least(limits.read, data),
    least(limits.write, data),
    uint64(BigInt(Math.min(limits.handles, Number.MAX_SAFE_INTEGER))),
  );
}

import type { Message } from '../../../postgres/frames.ts';
import { valuesOf } from '../../../postgres/frames.ts';
import { told } from '../../postgres/transcript.ts';

function namesOf({ body }: Message): string[] {
  const names: string[] = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left -= 1) {
    const end = body.indexOf(0, at);
    names.push(body.toString('utf8', at, end));
    at = end + 19;
  }
  return names;
}

/** What was said, with a star for what stands in masked columns: what is shown there is the mask's own affair. */
export function withoutMasks(messages: readonly Message[], masked: ReadonlySet<string>): string[] {
  let names: string[] = [];
  return messages.map((message) => {
    if (message.type === 'T') names = namesOf(message);
    if (!names.some((name) => masked.has(name))) return told(message);
    if (message.type === 'T') return `T ${names.join(', ')}`;
    if (message.type !== 'D') return told(message);
    const cells = valuesOf(message).map((cell, at) => (masked.has(names[at] ?? '') ? '*' : String(cell)));
    return `D ${cells.join(' | ')}`;
  });
}

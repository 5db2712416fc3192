import type { Remark } from '../../../core/conversation.ts';
import { decodeFields } from '../frames.ts';
import { sqlstate } from '../refuse.ts';

/** Characters of a text that are kept: an error can quote a whole value. */
const LONGEST = 2000;

/** What an ErrorResponse or a NoticeResponse says. */
export function remarkOf(message: Buffer): Remark {
  const fields = decodeFields(message);
  const text = (name: string): string | null => {
    const value = fields?.get(name);
    if (value === undefined) return null;
    return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  };
  const position = Number(fields?.get('P') ?? Number.NaN);
  return {
    sqlstate: sqlstate(fields?.get('C')),
    message: text('M') ?? 'the server gave no message',
    detail: text('D'),
    hint: text('H'),
    position: Number.isSafeInteger(position) ? position : null,
  };
}

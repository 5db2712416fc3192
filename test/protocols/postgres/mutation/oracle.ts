import { poisonParse, poisonQuery } from '../../../../src/protocols/postgres/refuse.ts';
import { bodyOf, cutMessages, texts, typeOf } from './cutting.ts';
import type { Evidence } from './evidence.ts';
import { CANARY } from './model.ts';
import { wellFormed } from './well-formed.ts';

const OWN_NAME = 'hoopctl catalog';
const FLUSH = Buffer.from('4800000004', 'hex');
const SYNC = Buffer.from('5300000004', 'hex');
const POISON_TAIL = poisonParse('').subarray(6);
const JUDGED = new Set(['Q', 'P', 'B', 'E']);
const HOUSEKEEPING = new Set(['S', 'H', 'D', 'C', 'X', 'd', 'c', 'f']);

/** Goes through messages in order, and finds each at most once. */
class Search {
  readonly #messages: readonly Buffer[];
  #at = 0;

  constructor(messages: readonly Buffer[]) {
    this.#messages = messages;
  }

  has(wanted: Buffer): boolean {
    const found = this.#messages.findIndex((one, index) => index >= this.#at && one.equals(wanted));
    if (found >= 0) this.#at = found + 1;
    return found >= 0;
  }
}

function isOwnQuestion(message: Buffer): boolean {
  switch (typeOf(message)) {
    case 'P':
    case 'E':
      return texts(message, 1)?.[0] === OWN_NAME;
    case 'B':
      return texts(message, 2)?.every((name) => name === OWN_NAME) ?? false;
    case 'C':
      return texts(message, 1, 1)?.[0] === OWN_NAME;
    default:
      return false;
  }
}

const isPoison = (message: Buffer): boolean =>
  message.equals(poisonQuery()) ||
  (typeOf(message) === 'P' && message.subarray(-POISON_TAIL.length).equals(POISON_TAIL));

/**
 * Every message that reached the server was judged, is harmless and the client's, or hoopctl's own; in order. What the
 * server ran was judged to be run, under the text that it has there.
 */
export function unjudged({ asked, arrived, believed, released, dataRecorded }: Evidence): string[] {
  const found: string[] = [];
  const sent = new Search(asked);
  const recorded = new Search(dataRecorded.flatMap((bytes) => cutMessages(bytes).frames));
  let asking = false;
  for (const [index, { bytes, ran }] of arrived.entries()) {
    const passed = released[index];
    const type = typeOf(bytes);
    const what = `${JSON.stringify(type)} of ${bytes.length} bytes reached the server`;
    if (passed?.bytes.equals(bytes) !== true) found.push(`${what}, and was not released`);
    if (believed && ran !== null && ran !== passed?.runs) {
      found.push(`the server ran ${JSON.stringify(ran)}, judged as ${JSON.stringify(passed?.runs)}`);
    }
    const own = isPoison(bytes) || isOwnQuestion(bytes) || bytes.equals(FLUSH) || (asking && bytes.equals(SYNC));
    asking = isOwnQuestion(bytes);
    if (own) continue;
    if (!JUDGED.has(type) && !HOUSEKEEPING.has(type)) found.push(`${what}, which is on no list`);
    if (JUDGED.has(type) && passed?.judged !== true) found.push(`${what}, and was not judged`);
    if (!sent.has(bytes)) found.push(`${what}, and the client did not send it, or not in this order`);
    if (type === 'd' && !recorded.has(bytes)) found.push(`${what}, and is not on record`);
  }
  return found;
}

function startsWith(whole: readonly Buffer[], part: readonly Buffer[]): boolean {
  const [all, some] = [Buffer.concat(whole), Buffer.concat(part)];
  return some.length <= all.length && all.subarray(0, some.length).equals(some);
}

const isRow = (message: Buffer): boolean => typeOf(message) === 'D' || typeOf(message) === 'd';

function isFatal(message: Buffer | undefined): boolean {
  return message !== undefined && typeOf(message) === 'E' && bodyOf(message).includes('SFATAL\0');
}

/** Everything that the client heard is protocol, came from the guard, and is on record as far as it is rows. */
export function unmasked(evidence: Evidence): string[] {
  const { heard, heardRest, shown, rowsMasked, rowsRecorded } = evidence;
  const found: string[] = [];
  if (heardRest.length > 0) found.push('the client heard half a message');
  for (const message of heard) {
    // Rows that no mask touches pass as they are.
    if (!isRow(message) && !wellFormed(message))
      found.push(`the client heard a malformed ${JSON.stringify(typeOf(message))}`);
    if (message.includes(CANARY)) found.push('the client heard what the catalog is like');
  }
  // hoopctl's own last words come from no server.
  const guarded = new Search(shown.flatMap((bytes) => cutMessages(bytes).frames));
  for (const [index, message] of heard.entries()) {
    if (guarded.has(message) || (index === heard.length - 1 && isFatal(message))) continue;
    found.push(`the client heard a ${JSON.stringify(typeOf(message))} that the guard has not shown`);
  }
  if (!startsWith(rowsMasked, heard.filter(isRow))) found.push('the client heard rows that no masker made');
  if (!startsWith(rowsRecorded, rowsMasked)) found.push('rows were masked and not recorded');
  return found;
}

import { fieldsOf, type Message, valuesOf } from '../../postgres/frames.ts';
import type { Server } from '../../postgres/server.ts';
import { type WireClient, wireClient, wireOptions } from '../../postgres/wire-client.ts';
import type { Mode } from '../postgres/attack.ts';
import { perform } from '../postgres/run.ts';
import { told } from '../postgres/transcript.ts';
import type { MaskAttack } from './attack.ts';

/** What a client came to know. */
export interface Meeting {
  /** All that was sent to it after the login, in a form that can be compared. */
  readonly lines: readonly string[];
  /** The same as text to look for values in: as it came, and with the cells put together. */
  readonly text: string;
  /** The policy refused something. */
  readonly refused: boolean;
  /** The connection could be used afterwards. */
  readonly usable: boolean;
  /** Why an answer did not come; null when all of them did. */
  readonly failure: string | null;
}

/** Cells one after the other, and each column by itself: who asks for one character at a time reads the value there. */
function together(rows: readonly (readonly (Buffer | null)[])[]): string[] {
  const text = (cell: Buffer | null | undefined): string => cell?.toString('latin1') ?? '';
  const widest = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: widest }, (_, at) => rows.map((row) => text(row[at])).join(''));
  return [rows.map((row) => row.map(text).join('')).join(''), ...columns];
}

function visible(messages: readonly Message[]): string {
  const whole = messages.map(({ body }) => body.toString('latin1'));
  return [...whole, ...together(messages.filter(({ type }) => type === 'D').map(valuesOf))].join('\n');
}

const isRefusal = (message: Message): boolean => message.type === 'E' && fieldsOf(message)['C'] === '42501';

/** Whether a statement that touches nothing is answered, be it by an error of the transaction it stands in. */
async function isUsable(client: WireClient): Promise<boolean> {
  try {
    return (await client.query("select 'still here'")).at(-1)?.type === 'Z';
  } catch {
    return false;
  }
}

function meeting(client: WireClient, first: number, failure: string | null): Omit<Meeting, 'usable'> {
  const messages = client.messages.slice(first);
  return { lines: messages.map(told), text: visible(messages), refused: messages.some(isRefusal), failure };
}

/** Does what the attack says over a connection of its own. */
export async function meet(
  attack: Pick<MaskAttack, 'steps' | 'startup'>,
  mode: Mode,
  server: Server,
  environment: Readonly<Record<string, string>>,
): Promise<Meeting> {
  let client: WireClient;
  try {
    client = await wireClient({ ...wireOptions(environment), parameters: attack.startup });
  } catch (error) {
    return { lines: [], text: '', refused: true, usable: false, failure: String(error) };
  }
  const first = client.messages.length;
  let failure: string | null = null;
  try {
    await perform(client, attack.steps, mode, server);
  } catch (error) {
    failure = String(error);
  }
  const met = meeting(client, first, failure);
  const usable = await isUsable(client);
  await client.end();
  return { ...met, usable };
}

import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import { fieldsOf, type Message, valuesOf } from '../../postgres/frames.ts';
import type { ScriptedDoor } from './scripted.ts';

export const types = (messages: readonly Message[]): string => messages.map((message) => message.type).join('');
/** How the transaction stands by the last message, which is ReadyForQuery. */
export const status = (messages: readonly Message[]): string => messages.at(-1)?.body.toString() ?? '';
export const errors = (messages: readonly Message[]): Record<string, string>[] =>
  messages.filter((message) => message.type === 'E').map(fieldsOf);
export const sqlstates = (messages: readonly Message[]): (string | undefined)[] =>
  errors(messages).map((fields) => fields['C']);
/** The first of each row. */
export const values = (messages: readonly Message[]): (string | null)[] =>
  messages.filter((message) => message.type === 'D').map((row) => valuesOf(row)[0]?.toString() ?? null);
export const value = (messages: readonly Message[]): string | null => {
  const [first = null] = values(messages);
  return first;
};
export const sqlstate = (messages: readonly Message[]): string | undefined => {
  const [first] = sqlstates(messages);
  return first;
};
export const refusedWith = (code: string): unknown =>
  expect.objectContaining({ fields: expect.objectContaining({ C: code, S: 'FATAL' }) as unknown });

/** A request without a body, such as SSLRequest. */
export function request(code: number, ...more: readonly Buffer[]): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(8 + more.reduce((sum, part) => sum + part.length, 0), 0);
  bytes.writeInt32BE(code, 4);
  return Buffer.concat([bytes, ...more]);
}
export const SSL = request(80877103);
export const GSSENC = request(80877104);

/** Sends bytes to the door and gives all that comes back until it closes. */
export async function knock(door: Pick<ScriptedDoor, 'options'>, ...parts: readonly Buffer[]): Promise<Buffer> {
  const socket: Socket = connect({ host: '127.0.0.1', port: door.options.port });
  const heard: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void heard.push(chunk));
  socket.on('error', () => socket.destroy());
  for (const part of parts) socket.write(part);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(heard);
}

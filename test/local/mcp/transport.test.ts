import { PassThrough } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { LineTransport } from '../../../src/local/mcp/transport.ts';

async function opened() {
  const [input, output] = [new PassThrough(), new PassThrough({ highWaterMark: 1000 })];
  const transport = new LineTransport(input, output);
  const messages: JSONRPCMessage[] = [];
  const faults: string[] = [];
  let closed = 0;
  transport.onmessage = (message) => messages.push(message);
  transport.onerror = (error) => faults.push(error.message);
  transport.onclose = () => (closed += 1);
  await transport.start();
  const said = (): unknown[] =>
    ((output.read() as Buffer | null)?.toString('utf8') ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  return { input, output, transport, messages, faults, said, closed: () => closed };
}

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' } as const;
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('messages', () => {
  it('are lines, in whatever pieces they come', async () => {
    const { input, messages } = await opened();
    const bytes = Buffer.from(line(PING) + line({ ...PING, method: 'grüße' }) + line(PING).replace('\n', '\r\n'));
    for (const byte of bytes) input.write(Buffer.from([byte]));
    input.write(`\n  \n${line(PING)}${line(PING)}`);
    await turn();
    expect(messages.map((message) => 'method' in message && message.method)).toEqual([
      'ping',
      'grüße',
      'ping',
      'ping',
      'ping',
    ]);
  });

  it('that are none are answered as such, and end nothing', async () => {
    const { input, messages, said, faults, closed } = await opened();
    input.write(`nonsense\n[${JSON.stringify(PING)}]\n{"jsonrpc":"1.0"}\n7\nnull\n${line(PING)}`);
    await turn();
    expect(said()).toEqual([
      { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'a line that is no JSON' } },
      ...Array.from({ length: 4 }, () => ({
        jsonrpc: '2.0',
        id: null,
        error: { code: -32600, message: 'JSON that is no message' },
      })),
    ]);
    expect([messages.length, faults.length, closed()]).toEqual([1, 5, 0]);
  });

  it('of more than eight megabytes are let go, and the next one is heard', async () => {
    const { input, messages, said } = await opened();
    const part = 'x'.repeat(1024 * 1024);
    input.write('{"jsonrpc":"2.0","id":1,"method":"');
    for (let size = 0; size < 10; size += 1) input.write(part);
    await turn();
    expect(said()).toMatchObject([{ id: null, error: { code: -32600 } }]);
    input.write(`"}\n${line(PING)}`);
    await turn();
    expect([messages, said()]).toEqual([[PING], []]);
  });

  it('that are sent hold nothing that a terminal obeys, and mean the same', async () => {
    const { transport, output } = await opened();
    const message = { jsonrpc: '2.0', id: 1, result: { text: '\u001b[2J\u009b31m\u202e\u200b\nü' } } as const;
    await transport.send(message);
    const sent = (output.read() as Buffer).toString('utf8');
    expect(sent).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]+\n$/);
    expect(JSON.parse(sent)).toEqual(message);
  });
});

describe('whoever is at the other end', () => {
  it('is not read from while they do not read', async () => {
    const { input, output, transport, messages } = await opened();
    await transport.send({ jsonrpc: '2.0', id: 1, result: { text: 'x'.repeat(2000) } });
    input.write(line(PING));
    await turn();
    expect(messages).toEqual([]);
    output.resume();
    await turn();
    await turn();
    expect(messages).toEqual([PING]);
  });

  it.each([
    ['ends its input', ({ input }: Awaited<ReturnType<typeof opened>>) => input.end()],
    ['is gone', ({ input }: Awaited<ReturnType<typeof opened>>) => input.destroy(new Error('ECONNRESET'))],
    ['does not read any more', ({ output }: Awaited<ReturnType<typeof opened>>) => output.destroy(new Error('EPIPE'))],
  ])('%s: it is over, once', async (_what, leave) => {
    const one = await opened();
    leave(one);
    await turn();
    await turn();
    expect(one.closed()).toBe(1);
    await one.transport.close();
    await one.transport.send(PING);
    expect(one.closed()).toBe(1);
  });
});

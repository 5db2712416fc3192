import type { Readable, Writable } from 'node:stream';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { visibleJson } from '../../core/visible.ts';

/** Bytes of one message. A statement is refused above 1 MiB; escaped as JSON it is longer. */
const MOST_MESSAGE = 8 * 1024 * 1024;

const NEWLINE = 0x0a;

/** JSON-RPC 2.0, section 5.1. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const INVALID_PARAMS = -32_602;

/**
 * Messages as lines of JSON, in and out. What is no message is answered as such, whatever it is, and does not end
 * anything; the end of the input does. Nothing is read while whoever is at the other end does not read, either.
 */
export class LineTransport implements Transport {
  readonly #input: Readable;
  readonly #output: Writable;
  #parts: Buffer[] = [];
  #size = 0;
  /** The line is too long: what is left of it is let go. */
  #skipping = false;
  #closed = false;
  readonly #objection: (message: JSONRPCMessage) => string | null;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  /** `objection`: what is wrong with the parameters of a request, in one sentence; null for nothing. */
  constructor(input: Readable, output: Writable, objection: (message: JSONRPCMessage) => string | null = () => null) {
    this.#objection = objection;
    this.#input = input;
    this.#output = output;
  }

  async start(): Promise<void> {
    this.#input.on('data', this.#onData).once('end', this.#onOver).once('close', this.#onOver);
    this.#input.once('error', this.#onOver);
    this.#output.once('error', this.#onOver).once('close', this.#onOver);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#say(message);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#input.off('data', this.#onData);
    this.#input.pause();
    this.#parts = [];
    this.onclose?.();
  }

  readonly #onOver = (): void => void this.close();

  readonly #onData = (chunk: Buffer): void => {
    let rest = chunk;
    while (!this.#closed) {
      const end = rest.indexOf(NEWLINE);
      if (end === -1) break;
      this.#add(rest.subarray(0, end));
      this.#line();
      rest = rest.subarray(end + 1);
    }
    this.#add(rest);
  };

  #add(bytes: Buffer): void {
    if (this.#skipping || bytes.length === 0) return;
    this.#size += bytes.length;
    if (this.#size <= MOST_MESSAGE) {
      this.#parts.push(bytes);
      return;
    }
    this.#skipping = true;
    this.#parts = [];
    this.#refuse(INVALID_REQUEST, `a message of more than ${MOST_MESSAGE} bytes`);
  }

  #line(): void {
    const line = Buffer.concat(this.#parts).toString('utf8');
    const skipped = this.#skipping;
    this.#parts = [];
    this.#size = 0;
    this.#skipping = false;
    if (!skipped && line.trim() !== '') this.#take(line);
  }

  #take(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#refuse(PARSE_ERROR, 'a line that is no JSON');
      return;
    }
    const message = JSONRPCMessageSchema.safeParse(value);
    if (!message.success) return this.#refuse(INVALID_REQUEST, 'JSON that is no message');
    const wrong = 'id' in message.data ? this.#objection(message.data) : null;
    if (wrong === null || !('id' in message.data)) return this.onmessage?.(message.data);
    this.#say({ jsonrpc: '2.0', id: message.data.id, error: { code: INVALID_PARAMS, message: wrong } });
  }

  #refuse(code: number, message: string): void {
    this.onerror?.(new Error(`the client sent ${message}`));
    this.#say({ jsonrpc: '2.0', id: null, error: { code, message } });
  }

  #say(message: unknown): void {
    if (this.#closed || this.#output.destroyed || this.#output.writableEnded) return;
    if (this.#output.write(`${visibleJson(JSON.stringify(message))}\n`) || this.#input.isPaused()) return;
    this.#input.pause();
    this.#output.once('drain', () => {
      if (!this.#closed) this.#input.resume();
    });
  }
}

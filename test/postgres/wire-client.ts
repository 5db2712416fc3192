import { connect, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { fieldsOf, frames, type Message, startupPacket } from './frames.ts';
import { ScramClient } from './scram.ts';

export interface WireOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** More startup parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly protocol?: number;
}

export class WireError extends Error {
  readonly fields: Record<string, string>;

  constructor(fields: Record<string, string>) {
    super(fields['M'] ?? 'no message');
    this.fields = fields;
  }
}

/** A client that sends what it is told to, frame by frame or byte by byte, and keeps all it hears. */
export class WireClient {
  readonly socket: Socket;
  readonly messages: Message[] = [];
  /** Parameters the server reported, the newest value of each. */
  readonly parameters = new Map<string, string>();
  key: { readonly pid: number; readonly secret: Buffer } | null = null;
  closed = false;
  #read = 0;
  #pending: Buffer = Buffer.alloc(0);
  #wake: (() => void) | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#accept(chunk));
    socket.on('error', () => this.#close());
    socket.on('close', () => this.#close());
  }

  #close(): void {
    this.closed = true;
    this.#wake?.();
  }

  #accept(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 5) {
      const length = this.#pending.readInt32BE(1);
      if (length < 4) throw new Error(`the peer sent a length of ${length}`);
      if (this.#pending.length < length + 1) break;
      const message = {
        type: String.fromCharCode(this.#pending[0] ?? 0),
        body: Buffer.from(this.#pending.subarray(5, length + 1)),
      };
      this.#pending = this.#pending.subarray(length + 1);
      if (message.type === 'S') {
        const [name, value] = message.body.toString().split('\0');
        this.parameters.set(name ?? '', value ?? '');
      }
      if (message.type === 'K') this.key = { pid: message.body.readInt32BE(0), secret: message.body.subarray(4) };
      this.messages.push(message);
    }
    this.#wake?.();
  }

  send(...parts: readonly Buffer[]): void {
    if (!this.closed) this.socket.write(Buffer.concat(parts));
  }

  /** The next message not yet taken; null when the connection ended. @throws after `within` milliseconds of silence */
  async next(within = 20_000): Promise<Message | null> {
    const deadline = Date.now() + within;
    for (;;) {
      const message = this.messages[this.#read];
      if (message !== undefined) {
        this.#read += 1;
        return message;
      }
      if (this.closed) return null;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`silence for ${within} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
  }

  /** All messages up to and including one of these types, or up to the end of the connection. */
  async until(types: string, within = 20_000): Promise<Message[]> {
    const taken: Message[] = [];
    for (;;) {
      const message = await this.next(within);
      if (message === null) return taken;
      taken.push(message);
      if (types.includes(message.type)) return taken;
    }
  }

  /** One simple Query and all of its answer. */
  async query(text: string, within = 20_000): Promise<Message[]> {
    this.send(frames.query(text));
    return this.until('Z', within);
  }

  async login(options: WireOptions): Promise<void> {
    const { user, database, parameters } = options;
    this.send(startupPacket({ user, database, ...parameters }, options.protocol));
    const scram = new ScramClient(options.password);
    for (;;) {
      const message = await this.next();
      if (message === null) throw new Error('the connection ended during login');
      if (message.type === 'E') throw new WireError(fieldsOf(message));
      if (message.type === 'Z') return;
      if (message.type === 'R') this.#authenticate(message.body, options, scram);
    }
  }

  #authenticate(body: Buffer, options: WireOptions, scram: ScramClient): void {
    const text = body.toString('utf8', 4);
    const kind = body.readInt32BE(0);
    if (kind === 3) this.send(frames.raw('p', Buffer.from(`${options.password}\0`)));
    else if (kind === 5) this.send(frames.raw('p', Buffer.from(`${md5Answer(options, body.subarray(4))}\0`)));
    else if (kind === 10) {
      const first = Buffer.from(scram.first());
      const length = Buffer.alloc(4);
      length.writeInt32BE(first.length);
      this.send(frames.raw('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, first])));
    } else if (kind === 11) this.send(frames.raw('p', Buffer.from(scram.final(text))));
    else if (kind === 12) scram.verify(text);
    else if (kind !== 0) throw new Error(`authentication ${kind} is not known`);
  }

  /** Ends the connection as a client should. */
  async end(): Promise<void> {
    if (this.closed) return;
    this.socket.end(frames.terminate());
    await new Promise<void>((resolve) => {
      if (this.socket.closed) resolve();
      else this.socket.once('close', () => resolve());
    });
  }

  /** Drops the connection. */
  destroy(): void {
    this.socket.destroy();
  }
}

function md5Answer(options: WireOptions, salt: Buffer): string {
  const inner = createHash('md5').update(`${options.password}${options.user}`).digest('hex');
  return `md5${createHash('md5').update(inner).update(salt).digest('hex')}`;
}

/** Opens a socket and nothing more. */
export async function dial(host: string, port: number): Promise<WireClient> {
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return new WireClient(socket);
}

/** Opens a connection and logs in. @throws WireError when the server says no */
export async function wireClient(options: WireOptions): Promise<WireClient> {
  const client = await dial(options.host, options.port);
  try {
    await client.login(options);
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  }
}

/** What libpq would read from its environment. */
export function wireOptions(environment: Readonly<Record<string, string>>): WireOptions {
  const read = (name: string): string => {
    const value = environment[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    return value;
  };
  return {
    host: read('PGHOST'),
    port: Number(read('PGPORT')),
    user: read('PGUSER'),
    password: read('PGPASSWORD'),
    database: read('PGDATABASE'),
  };
}

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** How the command ended, by the word of what ran it. */
export type Ending =
  | { readonly exit: number | null; readonly signal: NodeJS.Signals | null }
  /** It could not be started: an errno. */
  | { readonly failed: string }
  /** It held more than it may. */
  | { readonly exceeded: 'processes' | 'memory' };

/** How hoopctl speaks with the first program in the sandbox. */
export interface Control {
  /** Whether the command has been started, by the word of that program. */
  begun(): boolean;
  /** What is sent before it has come waits for it. */
  send(message: object): void;
  /** Null when it was lost before it could say. */
  readonly ending: Promise<Ending | null>;
  close(): void;
}

/** Longest line that is read from inside. */
const LONGEST = 4096;

/** Listens on a Unix socket for one that calls, once. What comes is from inside: it is not believed to be well formed. */
export async function openControl(path: string): Promise<Control> {
  const ending = Promise.withResolvers<Ending | null>();
  const waiting: string[] = [];
  let caller: Socket | null = null;
  let begun = false;
  const server: Server = createServer((socket) => {
    if (caller !== null) return socket.destroy();
    caller = socket;
    server.close();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => ending.resolve(null));
    let length = 0;
    socket.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > LONGEST) socket.destroy();
    });
    const lines = createInterface({ input: socket }).on('line', (line) => {
      const value = parsed(line);
      if (value?.['begun'] === true && !begun) begun = true;
      else ending.resolve(endingOf(value));
    });
    // It passes on what befalls the socket, which has its own listener: whoever resets it would end hoopctl.
    lines.on('error', () => undefined);
    for (const line of waiting) socket.write(line);
    return undefined;
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    begun: () => begun,
    send: (message) => {
      const line = `${JSON.stringify(message)}\n`;
      if (caller === null) waiting.push(line);
      else caller.write(line);
    },
    ending: ending.promise,
    close: () => {
      caller?.destroy();
      if (server.listening) server.close();
      ending.resolve(null);
    },
  };
}

function endingOf(value: Readonly<Record<string, unknown>> | null): Ending | null {
  if (value === null) return null;
  const { exit, signal, failed, exceeded } = value;
  if (exceeded === 'processes' || exceeded === 'memory') return { exceeded };
  if (typeof failed === 'string' && /^[A-Z0-9]{1,20}$/.test(failed)) return { failed };
  if (Number.isInteger(exit) && Number(exit) >= 0 && Number(exit) <= 255) return { exit: Number(exit), signal: null };
  if (typeof signal === 'string' && /^SIG[A-Z0-9]{1,12}$/.test(signal)) {
    return { exit: null, signal: signal as NodeJS.Signals };
  }
  return null;
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

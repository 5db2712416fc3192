import type { ClientChannel, ServerChannel, SocketBindInfo, TcpipBindInfo } from 'ssh2';
import type { Guard } from '../../../core/guard.ts';
import { CHANNELS_AT_ONCE } from '../limits.ts';
import type { Upstream } from '../upstream.ts';
import type { Crossings, Passage } from './crossings.ts';
import { opened } from './opening.ts';
import { permissionOf } from './permission.ts';
import { bindOf, placeText, socketOf } from './place.ts';

/** What a client wants the target to listen on, or no longer. */
interface Wanted {
  /** As it is judged; null when it is not written so that it could be. */
  readonly place: string | null;
  /** Has the target listen. Calls `done` before anything comes in there. */
  readonly listen: (upstream: Upstream, done: (error: Error | null | undefined, port: number) => void) => void;
  readonly unlisten: (upstream: Upstream, port: number, done: () => void) => void;
  /** What the target will call it by; of a port that it chose itself, with that. */
  readonly key: (port: number) => string;
  /** 0 lets the target choose. Of a socket always 0. */
  readonly port: number;
  readonly accept: ((chosenPort?: number) => void) | undefined;
  readonly reject: (() => void) | undefined;
}

/** Something that the target listens on for the client. */
interface Listener {
  readonly wanted: Wanted;
  readonly port: number;
  readonly guard: Guard;
  readonly statement: number;
  readonly pipes: Set<Passage>;
  bytes: number;
}

/** Connections to what the client can reach, from where the target listens: `ssh -R`. */
export class RemoteForwards {
  readonly #crossings: Crossings;
  readonly #listeners = new Map<string, Listener>();
  /** One behind the other: a client may take back what is not answered yet. */
  #last: Promise<void> = Promise.resolve();
  /** Requests that are not answered. */
  #waiting = 0;

  constructor(crossings: Crossings) {
    this.#crossings = crossings;
  }

  /** From here on answers what the client asks for. */
  attend(): void {
    const { connection, upstream } = this.#crossings.line;
    connection.on('request', (accept, reject, name: string, info: TcpipBindInfo | SocketBindInfo) => {
      const wanted = bindingOf(info, { accept, reject });
      const isCancel = name.startsWith('cancel-');
      // They are answered in their order: one that is held holds up all that a client can think of.
      if (this.#waiting >= CHANNELS_AT_ONCE) return void connection.end();
      this.#waiting += 1;
      this.#last = this.#last.then(() => this.#answer(wanted, isCancel)).finally(() => (this.#waiting -= 1));
    });
    void upstream.then((line) => this.#await(line)).catch(() => undefined);
  }

  /** What goes on is on record as over. */
  async close(): Promise<void> {
    for (const key of this.#listeners.keys()) await this.#end(key);
  }

  /** Never rejects. */
  async #answer(wanted: Wanted, isCancel: boolean): Promise<void> {
    try {
      const port = await (isCancel ? this.#cancel(wanted) : this.#listen(wanted));
      if (port === null) wanted.reject?.();
      else wanted.accept?.(port);
    } catch {
      // There is no target, or no record: other channels say so in words, which there are none for here.
      wanted.reject?.();
    }
  }

  /** The port; null when it may not be, or the target will not. */
  async #listen(wanted: Wanted): Promise<number | null> {
    const { line, withdrawal } = this.#crossings;
    const leave = this.#crossings.enter();
    if (leave === null || wanted.place === null) return null;
    try {
      const upstream = await line.upstream;
      const guard = line.guard();
      const pipes = new Set<Passage>();
      const sever = (): void => {
        pipes.forEach((pipe) => pipe.drop());
        void this.#stop(wanted, pipes);
      };
      const permission = await permissionOf(guard, { direction: 'remote', place: wanted.place, withdrawal, sever });
      if (!permission.granted || withdrawal.aborted) return null;
      const statement = permission.number;
      return await new Promise((resolve) => {
        wanted.listen(upstream, (error, port) => {
          if (error instanceof Error) return resolve(null);
          // At once: the next thing that the target says may be that somebody has come.
          this.#listeners.set(wanted.key(port), { wanted, port, guard, statement, pipes, bytes: 0 });
          resolve(port);
        });
      });
    } finally {
      leave();
    }
  }

  async #cancel(wanted: Wanted): Promise<number | null> {
    const key = wanted.key(wanted.port);
    if (!this.#listeners.has(key)) return null;
    await this.#unlisten(wanted, wanted.port);
    await this.#end(key);
    return wanted.port;
  }

  /** What was approved is not any more. */
  async #stop(wanted: Wanted, pipes: Set<Passage>): Promise<void> {
    const found = [...this.#listeners].find(([, listener]) => listener.pipes === pipes);
    if (found === undefined) return;
    const [key, { port }] = found;
    // Whoever comes from here on is turned away, whatever the target says.
    await this.#end(key);
    await this.#unlisten(wanted, port);
  }

  async #unlisten(wanted: Wanted, port: number): Promise<void> {
    const upstream = await this.#crossings.line.upstream;
    await new Promise<void>((resolve) => {
      void upstream.closed.then(() => resolve());
      wanted.unlisten(upstream, port, () => resolve());
    });
  }

  async #end(key: string): Promise<void> {
    const listener = this.#listeners.get(key);
    if (listener === undefined) return;
    this.#listeners.delete(key);
    const { guard, statement, bytes } = listener;
    const { number: connection } = this.#crossings.line;
    await guard.note({ type: 'complete', connection, statement, tag: 'closed', rows: 0, bytes }).catch(() => undefined);
  }

  /** Somebody has come to where the target listens. */
  #await({ client }: Upstream): void {
    const { connection } = this.#crossings.line;
    client.on('tcp connection', ({ destIP, destPort, srcIP, srcPort }, accept, reject) => {
      const open = (): Promise<ServerChannel> =>
        opened((done) => connection.forwardOut(destIP, destPort, srcIP, srcPort, done));
      void this.#let(portKey(destIP, destPort), open, accept, reject);
    });
    client.on('unix connection', ({ socketPath }, accept, reject) => {
      const open = (): Promise<ServerChannel> =>
        opened((done) => connection.openssh_forwardOutStreamLocal(socketPath, done));
      void this.#let(socketPath, open, accept as () => ClientChannel, reject);
    });
  }

  async #let(
    key: string,
    open: () => Promise<ServerChannel>,
    accept: () => ClientChannel,
    reject: () => void,
  ): Promise<void> {
    const listener = this.#listeners.get(key);
    const leave = listener === undefined ? null : this.#crossings.enter();
    if (listener === undefined || leave === null) return reject();
    try {
      const client = await open().catch(() => null);
      if (client === null) return reject();
      const { guard, statement, pipes } = listener;
      const { bytes } = await this.#crossings.carry({ client, upstream: accept(), guard, statement }, pipes);
      listener.bytes += bytes;
    } finally {
      leave();
    }
  }
}

function portKey(host: string, port: number): string {
  return `${host} ${port}`;
}

type Answers = Pick<Wanted, 'accept' | 'reject'>;

function bindingOf(info: TcpipBindInfo | SocketBindInfo, answers: Answers): Wanted {
  return 'socketPath' in info ? socket(info.socketPath, answers) : port(info, answers);
}

function port({ bindAddr, bindPort }: TcpipBindInfo, answers: Answers): Wanted {
  const place = bindOf(bindAddr, bindPort);
  return {
    ...answers,
    place: place === null ? null : placeText(place),
    listen: ({ client }, done) => client.forwardIn(bindAddr, bindPort, done),
    unlisten: ({ client }, chosen, done) => client.unforwardIn(bindAddr, chosen, done),
    key: (chosen) => portKey(bindAddr, chosen),
    port: bindPort,
  };
}

function socket(socketPath: string, answers: Answers): Wanted {
  return {
    ...answers,
    // The client knows it by what it wrote itself.
    place: socketOf(socketPath) === socketPath ? `unix:${socketPath}` : null,
    listen: ({ client }, done) => client.openssh_forwardInStreamLocal(socketPath, (error) => done(error, 0)),
    unlisten: ({ client }, _port, done) => client.openssh_unforwardInStreamLocal(socketPath, done),
    key: () => socketPath,
    port: 0,
  };
}

import type { PseudoTtyInfo, ServerChannel, Session, X11Info } from 'ssh2';
import { VARIABLE, VARIABLES } from './limits.ts';
import type { Start } from './opening.ts';
import { Program } from './program.ts';
import { type Extra, screenOf } from './lending/extras.ts';
import type { Loans } from './lending/loans.ts';
import type { Line } from './line.ts';
import type { Late } from './ssh2-channels.ts';

/** TERM. Of other letters ssh2 would miscount the bytes. */
const KIND = /^[\x21-\x7e]{0,256}$/;

/** A channel of a client's on which one program runs: what it is given first, and what is said while it runs. */
export class SessionChannel {
  readonly #line: Line;
  readonly #loans: Loans;
  readonly #variables = new Map<string, string>();
  readonly #extras = new Map<Extra['kind'], Extra>();
  #terminal: PseudoTtyInfo | null = null;
  #program: Program | null = null;
  /** Resolves when the program has ended, and the client has been told how. */
  #over: Promise<void> = Promise.resolve();
  readonly #left = Promise.withResolvers<void>();

  constructor(session: Session, line: Line, loans: Loans) {
    this.#line = line;
    this.#loans = loans;
    session.once('close', () => (this.#program?.isQuiet === true ? void this.#over.then(this.leave) : this.leave()));
    session.on('pty', (accept, reject, terminal) => {
      if (this.#program !== null || !KIND.test(terminal.term)) return refuse(reject);
      this.#terminal = terminal;
      agree(accept);
    });
    session.on('env', (accept, reject, { key, val }) => {
      if (this.#program !== null || !this.#keep(key, val)) refuse(reject);
      else agree(accept);
    });
    // What comes of these is found out, and told, with what runs: clients do not wait for it, and mix up what is answered late.
    session.on('auth-agent', (accept, reject) => this.#lend({ kind: 'agent' }, accept, reject));
    session.on('x11', (accept, reject, info: X11Info) => {
      const screen = screenOf(info);
      this.#lend(screen === null ? null : { kind: 'x11', screen }, accept, reject);
    });
    // A channel must be taken at once: one whose client has said already that it sends nothing is gone the next moment.
    session.on('exec', (accept, _reject, { command }) => this.#start(accept, { kind: 'exec', command }));
    session.on('shell', (accept) => this.#start(accept, { kind: 'shell' }));
    session.on('subsystem', (accept, _reject, { name }) => this.#start(accept, { kind: 'subsystem', name }));
  }

  /** Resolves when the client has closed it and waits for nothing any more, or is gone. */
  get closed(): Promise<void> {
    return this.#left.promise;
  }

  /** Resolves when it is closed, and nothing goes on for it any more. */
  async ended(): Promise<void> {
    await this.closed;
    await this.#over;
  }

  /** The client is gone. */
  readonly leave = (): void => this.#left.resolve();

  /** Ends what runs, with words for the client. */
  dismiss(words: string): void {
    this.#program?.dismiss(words);
  }

  /** What is said while a program runs. Whether anything was done. */
  heed({ type, data }: Late): boolean {
    switch (type) {
      case 'window-change':
        this.#program?.resize(data);
        return true;
      case 'signal':
        this.#program?.signal(data);
        return true;
      case 'break':
        return data?.length === 4 && this.#program?.break(data.readUInt32BE()) === true;
    }
  }

  #lend(extra: Extra | null, accept: (() => unknown) | undefined, reject: (() => unknown) | undefined): void {
    if (extra === null || this.#program !== null) return refuse(reject);
    this.#extras.set(extra.kind, extra);
    agree(accept);
  }

  #keep(name: string, value: string): boolean {
    if (this.#variables.size >= VARIABLES || name.length + value.length > VARIABLE) return false;
    if (name === '' || /[\0=]/.test(name) || value.includes('\0')) return false;
    this.#variables.set(name, value);
    return true;
  }

  #start(accept: () => ServerChannel, start: Start): void {
    if (this.#program !== null) return;
    const channel = accept();
    this.#program = new Program({
      line: this.#line,
      channel,
      closed: this.closed,
      start,
      terminal: this.#terminal,
      variables: this.#variables,
      extras: [...this.#extras.values()],
      loans: this.#loans,
    });
    this.#over = this.#program.run();
  }
}

/** Whoever wants no answer gives nothing to answer with. */
function agree(accept: (() => unknown) | undefined): void {
  accept?.();
}

function refuse(reject: (() => unknown) | undefined): void {
  reject?.();
}

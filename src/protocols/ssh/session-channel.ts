import type { PseudoTtyInfo, ServerChannel, Session } from 'ssh2';
import { VARIABLE, VARIABLES } from './limits.ts';
import type { Start } from './opening.ts';
import { Program } from './program.ts';
import type { Extra } from './extras.ts';
import type { Line } from './line.ts';

/** A channel of a client's on which one program runs: what it is given first, and what is said while it runs. */
export class SessionChannel {
  readonly #line: Line;
  readonly #variables = new Map<string, string>();
  readonly #extras = new Set<Extra>();
  #terminal: PseudoTtyInfo | null = null;
  #program: Program | null = null;
  /** Resolves when the client has closed it, or is gone. */
  readonly closed: Promise<void>;

  constructor(session: Session, line: Line) {
    this.#line = line;
    this.closed = new Promise((resolve) => {
      session.once('close', () => resolve());
      void line.gone.then(resolve);
    });
    session.on('pty', (accept, reject, terminal) => {
      if (this.#program !== null) return refuse(reject);
      this.#terminal = terminal;
      agree(accept);
    });
    session.on('env', (accept, reject, { key, val }) => {
      if (this.#program !== null || !this.#keep(key, val)) refuse(reject);
      else agree(accept);
    });
    // Nobody is told that it has begun. Why not is said with what runs.
    session.on('auth-agent', (_accept, reject) => this.#forgo('agent', reject));
    session.on('x11', (_accept, reject) => this.#forgo('x11', reject));
    session.on('window-change', (accept, _reject, size) => {
      agree(accept);
      this.#program?.resize(size);
    });
    session.on('signal', (accept, _reject, { name }) => {
      agree(accept);
      this.#program?.signal(name);
    });
    // A channel must be taken at once: one whose client has said already that it sends nothing is gone the next moment.
    session.on('exec', (accept, _reject, { command }) => this.#start(accept, { kind: 'exec', command }));
    session.on('shell', (accept) => this.#start(accept, { kind: 'shell' }));
    session.on('subsystem', (accept, _reject, { name }) => this.#start(accept, { kind: 'subsystem', name }));
  }

  /** Ends what runs, with words for the client. */
  dismiss(words: string): void {
    this.#program?.dismiss(words);
  }

  #forgo(extra: Extra, reject: (() => unknown) | undefined): void {
    if (this.#program === null) this.#extras.add(extra);
    refuse(reject);
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
      extras: this.#extras,
    });
    void this.#program.run();
  }
}

/** Whoever wants no answer gives nothing to answer with. */
function agree(accept: (() => unknown) | undefined): void {
  accept?.();
}

function refuse(reject: (() => unknown) | undefined): void {
  reject?.();
}

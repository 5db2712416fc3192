import { Worker } from 'node:worker_threads';
import type { Grammar, ParseOutcome } from '../core/grammar.ts';
import type { Question } from './grammar-worker.ts';

/** Bounds within which the grammar answers. */
export interface GrammarLimits {
  /** Longest text, in UTF-16 units: nested comments cost the parser quadratic time. */
  readonly text: number;
  /** Milliseconds for one answer; past it the worker is replaced. */
  readonly deadline: number;
}

export const DEFAULT_GRAMMAR_LIMITS: GrammarLimits = { text: 1024 * 1024, deadline: 2000 };

/** Milliseconds for the parser to load. */
const LOADING = 20_000;

interface Waiting {
  readonly question: Question;
  readonly resolve: (outcome: ParseOutcome) => void;
}

const failure = (reason: 'limit' | 'deadline' | 'failure', message: string): ParseOutcome => ({
  ok: false,
  reason,
  message,
  position: null,
});

/**
 * PostgreSQL's own parser in a worker thread: a statement that overflows its stack, never ends or kills the module
 * costs that statement and a new worker, nothing else.
 */
class WorkerGrammar implements Grammar {
  readonly #limits: GrammarLimits;
  readonly #file: URL;
  readonly #queue: Waiting[] = [];
  #current: Waiting | null = null;
  #worker: Worker | null = null;
  #ready = false;
  #closed = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: GrammarLimits, file: URL) {
    this.#limits = limits;
    this.#file = file;
  }

  load(): void {
    if (this.#worker === null && !this.#closed) this.#start();
  }

  sql(text: string): Promise<ParseOutcome> {
    return this.#ask({ language: 'sql', text });
  }

  plpgsql(definition: string): Promise<ParseOutcome> {
    return this.#ask({ language: 'plpgsql', text: definition });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#settle(failure('failure', 'the grammar was closed'));
    for (const waiting of this.#queue.splice(0)) waiting.resolve(failure('failure', 'the grammar was closed'));
    await this.#worker?.terminate();
  }

  #ask(question: Question): Promise<ParseOutcome> {
    if (this.#closed) return Promise.resolve(failure('failure', 'the grammar was closed'));
    // The parser stops at the first NUL: what follows would be sent but not judged.
    if (question.text.includes('\0')) return Promise.resolve(failure('failure', 'the text contains NUL'));
    if (question.text.length > this.#limits.text) {
      return Promise.resolve(failure('limit', `the text is longer than ${this.#limits.text} characters`));
    }
    return new Promise((resolve) => {
      this.#queue.push({ question, resolve });
      if (this.#worker === null) this.#start();
      this.#next();
    });
  }

  #start(): void {
    const worker = new Worker(this.#file, {
      // 10,000 chained operators overflow the default stack.
      resourceLimits: { stackSizeMb: 64 },
      // No flags of the host process, and no environment: nothing in it concerns a parser.
      execArgv: [],
      env: {},
    });
    this.#worker = worker;
    this.#ready = false;
    worker.unref();
    worker.on('message', (message: unknown) => {
      if (worker !== this.#worker) return;
      if (message === 'ready') this.#loaded();
      else this.#answer(String(message));
      this.#next();
    });
    worker.on('error', () => this.#replace(worker, failure('failure', 'the parser failed')));
    worker.on('exit', () => this.#replace(worker, failure('failure', 'the parser stopped')));
    const late = (): void => this.#replace(worker, failure('deadline', 'the parser does not load'));
    this.#timer = setTimeout(late, LOADING).unref();
    if (this.#queue.length > 0) worker.ref();
  }

  #loaded(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#ready = true;
  }

  #answer(message: string): void {
    const outcome = decode(message);
    const lost = !outcome.ok && outcome.reason === 'failure';
    this.#settle(outcome);
    if (lost && this.#worker !== null) this.#replace(this.#worker, outcome);
  }

  #replace(worker: Worker, outcome: ParseOutcome): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    void worker.terminate();
    this.#settle(outcome);
    if (this.#closed) return;
    if (this.#ready) return this.#start();
    // One that does not even load is not tried again until somebody asks: no answer is better than a busy loop.
    for (const waiting of this.#queue.splice(0)) waiting.resolve(outcome);
  }

  #settle(outcome: ParseOutcome): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const current = this.#current;
    this.#current = null;
    if (this.#queue.length === 0) this.#worker?.unref();
    current?.resolve(outcome);
  }

  #next(): void {
    if (this.#current !== null || !this.#ready || this.#worker === null) {
      if (this.#queue.length > 0) this.#worker?.ref();
      return;
    }
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    const worker = this.#worker;
    this.#current = waiting;
    worker.ref();
    this.#timer = setTimeout(() => {
      this.#replace(worker, failure('deadline', `the parser took longer than ${this.#limits.deadline} ms`));
    }, this.#limits.deadline);
    worker.postMessage(waiting.question);
  }
}

/** A tree too deep to be read back is as good as none. */
function decode(message: string): ParseOutcome {
  try {
    return JSON.parse(message) as ParseOutcome;
  } catch {
    return failure('limit', 'the syntax tree is too deep');
  }
}

/** Beside this module: a bundle keeps its own name for the worker. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './grammar-worker.ts' : './grammar-worker.js', import.meta.url);
}

/** The parser, which loads when it is told to, or asked: in parallel with whatever the caller does next. */
export function openGrammar(limits: GrammarLimits = DEFAULT_GRAMMAR_LIMITS, file: URL = workerFile()): Grammar {
  return new WorkerGrammar(limits, file);
}

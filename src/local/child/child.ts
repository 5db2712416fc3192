/** A program that runs, wherever it does. */
export interface Child {
  readonly pid: number;
  /** Hands over what it prints, in order. Nothing is lost before the first call. */
  onOutput(listener: (stream: 'stdout' | 'stderr', chunk: Buffer) => void): void;
  /** Holds its output back, and lets it come again: a program that prints faster than anybody reads waits. */
  pause(): void;
  resume(): void;
  /** Takes no more of its output: somebody else still holds it open. */
  abandon(): void;
  /** Of the process itself, not of what it has started. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended and all that it printed was handed over. Rejects when it could not be started. */
  readonly exited: Promise<Exit>;
  /** Resolves when the process is gone, whoever may still hold its output open. */
  readonly gone: Promise<void>;
}

export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What is to be started. */
export interface ChildRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

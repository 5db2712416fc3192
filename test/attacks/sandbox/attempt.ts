/** One thing that a hostile program tries. */
export interface Attempt {
  /** Completes “a sandboxed program cannot …”. */
  readonly title: string;
  /**
   * Python. `worked()` says that it did what it must not; an OSError, or to come to the end, that it was refused.
   * See driver.py for what else it can use.
   */
  readonly code: string;
  /** Why it does not work outside either, where it does not: then nothing shows that the attempt itself is right. */
  readonly uncontrolled?: string;
  /** What it ends with where there is no such thing to be refused. */
  readonly absent?: number;
}

/** What the attempts are about: places and numbers outside of the sandbox. */
export interface World {
  readonly home: string;
  readonly state: string;
  readonly runtime: string;
  readonly project: string;
  readonly other: string;
  /** What must not be read anywhere. */
  readonly canary: string;
  readonly pid: number;
  readonly tcp: number;
  readonly udp: number;
  readonly abstract: string;
  readonly shared: number;
  /** The port of a door, inside. */
  readonly door: number;
}

import type { Endpoint, Target } from '../endpoint.ts';
import type { Programs } from '../programs.ts';
import type { Owned, Workspace } from '../workspace.ts';

/** A way to the server, open. */
export interface Subject {
  readonly endpoint: Endpoint;
  /** The process in between; null when there is none. */
  readonly process: Owned | null;
  /** Ends it and removes what it left: a million recorded rows are many. */
  close(): Promise<void>;
}

/** A way to the server that can be measured. */
export interface Contender {
  readonly name: string;
  /** What it is, in a few words. */
  readonly title: string;
  /** Null when its program is there; otherwise which one is not. */
  missing(programs: Programs): string | null;
  /** Opens it in front of `target`. */
  start(workspace: Workspace, programs: Programs, target: Target): Promise<Subject>;
}

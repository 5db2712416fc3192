import type { DoorAddress, DoorCredential, Protocol } from '../../src/core/protocol.ts';
import type { Target } from '../../src/core/target.ts';
import type { Policy } from '../../src/policy/rules.ts';

/** What became of one statement, as the client of the protocol sees it. */
export type Outcome =
  | { readonly outcome: 'done'; readonly answer: string }
  /** Refused by the guard, in the protocol's own words; the connection may go on. */
  | { readonly outcome: 'refused'; readonly message: string }
  /** The connection is over. */
  | { readonly outcome: 'ended' };

/** An ordinary client of the protocol, logged in. */
export interface Client {
  run(statement: string): Promise<Outcome>;
  /** Resolves when the other side has closed the connection. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** A real target, and all that the suite needs to know of its language. */
export interface Place {
  readonly protocol: () => Protocol;
  readonly target: Target;
  /** Texts of the target's credential, in every form that could show up. */
  readonly secrets: readonly string[];
  /** The same target, shown a wrong credential. */
  readonly locked: Target;
  /** A policy under which `harmless` passes and `denied` does not. */
  readonly policy: Policy;
  /** A statement that passes, different for each number, and its answer. */
  harmless(number: number): { readonly statement: string; readonly answer: string };
  /** A statement that does not pass. */
  readonly denied: string;
  /** What `connect` itself has run, to find out whether the target is reached; null where logging in tells. */
  readonly hello: string | null;
  /** Logs in through a door. @throws when it is not let in */
  connect(address: DoorAddress, door: DoorCredential): Promise<Client>;
  /** Logs in with nothing but what `environment` gives. */
  connectByEnvironment(environment: Readonly<Record<string, string>>): Promise<Client>;
  /** Logs in with nothing but what `url` gives, and the files that the environment names. */
  connectByUrl(url: string, environment: Readonly<Record<string, string>>): Promise<Client>;
  /** Statements that the target has begun to run since the last call, in order. */
  reached(): Promise<readonly string[]>;
  /** Connections that the target holds for hoopctl. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** One protocol, put to the test. */
export interface Subject {
  readonly name: string;
  readonly start: () => Promise<Place>;
}

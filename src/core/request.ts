import type { Effect } from './action.ts';
import type { RuleReference } from './decision.ts';
import type { Identity } from './identity.ts';
import type { Phase, RecordedValue } from './statement.ts';
import type { ProtocolName } from './target.ts';

/** Who may say yes: whoever opened the session, or this many of those who are meant, never the requester. */
export type Approvers =
  | 'self'
  | {
      /** Members of any of these; of the three lists at least one names somebody. */
      readonly groups: readonly string[];
      readonly subjects: readonly string[];
      /** Verified addresses. */
      readonly emails: readonly string[];
      readonly count: number;
    };

/** Who may say yes, in words: `2 members of dba or ops`, `ada@example.com`, `2 of these: members of dba, ada@example.com`. Not made safe. */
export function approversLabel(approvers: Approvers): string {
  if (approvers === 'self') return 'whoever opened the session';
  const { count, groups } = approvers;
  const people = [...approvers.subjects, ...approvers.emails];
  if (people.length === 0) return `${count === 1 ? 'a member' : `${count} members`} of ${groups.join(' or ')}`;
  const members = groups.length === 0 ? [] : [`${count === 1 ? 'a member' : 'members'} of ${groups.join(' or ')}`];
  const all = [...members, ...people];
  return count === 1 ? all.join(', or ') : `${count} of these: ${all.join(', ')}`;
}

/** Run on trial what can be taken back; only ask what the server expects; or nothing. */
export type PreviewDepth = 'trial' | 'estimate' | 'none';

/** One `ask` rule (or `default: ask`, or `opaque: ask`) that a statement falls under. All of them must be satisfied. */
export interface AskTerms {
  readonly policy: string;
  /** Position in the policy's `ask`, from 0; null for its `default` or `opaque`. */
  readonly index: number | null;
  /** Asked for since nobody can know what it does. */
  readonly opaque?: true;
  readonly approvers: Approvers;
  /** Milliseconds a request waits for an answer. */
  readonly within: number;
  readonly stepUp: boolean;
  /** Who may override in an emergency, alone and with a reason; null: nobody. */
  readonly breakGlass: Approvers | null;
  /** The rule's own words to whoever asks. */
  readonly message: string | null;
  /** How far it is found out what the statement would do. */
  readonly preview: PreviewDepth;
}

/** The rule that asks: see `ruleLabel`. */
export function askingRule({ policy, index, opaque }: AskTerms): RuleReference {
  if (index !== null) return { policy, clause: 'ask', index };
  return { policy, clause: opaque === true ? 'opaque' : 'default', index };
}

/** What a name stands for that SQL's EXECUTE runs. */
export interface PreparedTexts {
  readonly name: string;
  /** More than one where the server has not confirmed yet which. */
  readonly texts: readonly string[];
}

/** A statement that waits until people have answered. Plain data: it crosses the control socket as JSON. */
export interface ApprovalRequest {
  /** Short enough to type: eight letters and digits, unique on this machine for all practical purposes. */
  readonly id: string;
  readonly session: string;
  readonly connection: number;
  /** The record's number of the statement. */
  readonly statement: number;
  readonly identity: Identity;
  /**
   * Who vouches for those who may answer: `os`, or the OIDC issuer of the configuration that the session was opened with. A
   * service that asks may be vouched for by another one.
   */
  readonly issuer: string;
  /** Why the session was opened. */
  readonly reason: string | null;
  readonly target: {
    readonly name: string;
    readonly protocol: ProtocolName;
    readonly address: string;
    readonly database: string;
    readonly user: string;
  };
  readonly phase: Phase;
  readonly text: string;
  /** Of a command line that hoopctl has run in a directory: the same words do something else in another one. */
  readonly directory?: string;
  /** `NAME=value` of each variable that the client sets for it; left out where there are none. */
  readonly variables?: readonly string[];
  readonly parameters: readonly RecordedValue[] | null;
  /** What the names in it stand for that SQL's EXECUTE runs: every text that each may. */
  readonly prepared: readonly PreparedTexts[];
  readonly effects: readonly Effect[];
  /** Masked columns within reach, as `schema.relation.column`. */
  readonly masked: readonly string[];
  readonly terms: readonly AskTerms[];
  readonly policyHash: string;
  /** SHA-256, hex, of everything an answer binds: see `session/approvals/digest.ts`. */
  readonly digest: string;
  /** ISO times. `expires` is absolute: nothing prolongs it. */
  readonly asked: string;
  readonly expires: string;
  /** True inside a transaction of the client's. */
  readonly inTransaction: boolean;
  /** What it would do, as far as that could be found out; null while it is being found out, or where it is not known. */
  readonly preview: Preview | null;
}

/** What a statement would do. */
export interface Preview {
  /** Rows the server expects to touch or return; null when it would not say. */
  readonly estimate: number | null;
  /** What it did in a transaction that was rolled back; null when that was not done. */
  readonly dryRun: DryRun | null;
  /** Why it was not run on trial, for people to read; null when it was. */
  readonly withheld: string | null;
}

export interface DryRun {
  /** Rows the statement itself touches. */
  readonly rows: number;
  /** Hex digest of which rows, and what becomes of them: equal digests, equal effects. */
  readonly effect: string;
  /** False when it did something else the second time (clocks, sequences): only that may happen can nobody say then. */
  readonly repeatable: boolean;
  /** What every table would gain and lose, cascades and triggers included. */
  readonly tables: readonly {
    readonly schema: string;
    readonly name: string;
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
  }[];
  /** Some of the rows, as text, masked like any result; null where the policy lets no row be shown. */
  readonly sample: {
    readonly columns: readonly string[];
    readonly rows: readonly {
      /** Null for a row that is new. */
      readonly before: readonly (string | null)[] | null;
      /** Null for a row that goes. */
      readonly after: readonly (string | null)[] | null;
    }[];
  } | null;
  /** An undo script can be kept when it runs. */
  readonly undoable: boolean;
}

/** How a request ended. Everything but `approved` means that the statement was not sent. */
export type Outcome =
  | 'approved'
  | 'denied'
  /** Its time was up. */
  | 'expired'
  /** By the client. */
  | 'cancelled'
  /** The client's connection ended. */
  | 'disconnected'
  /** The session did. */
  | 'ended'
  /** It would have done something else by then. */
  | 'changed'
  /** Too much waited already. */
  | 'crowded'
  /** It was not known for sure any more who asked. */
  | 'unconfirmed';

/** What one approval may cover at most, beyond which it is a policy's business: uses, and milliseconds. */
export const MOST_USES = 1000;
export const LONGEST_GRANT = 24 * 60 * 60 * 1000;
/** Characters of an approver's reason. */
export const LONGEST_REASON = 500;

/** What an approver says, before it is signed. */
export interface Answer {
  readonly request: string;
  /** The request's, as the approver saw it. */
  readonly digest: string;
  readonly verdict: 'approve' | 'deny';
  readonly reason: string | null;
  readonly by: Identity;
  /** ISO time. */
  readonly at: string;
  /** How often it holds, for statements of the same shape and effects when it is more than once. */
  readonly uses: number;
  /** ISO time at which what is left of it lapses; null: with the request, or for one use. */
  readonly until: string | null;
  /** The dry run's digest, when only exactly that may happen; null: whatever the statement does then. */
  readonly effect: string | null;
  /** True for an emergency override, which needs a reason. */
  readonly breakGlass: boolean;
}

/** An answer with the approver's ed25519 signature over its canonical JSON. */
export interface SignedAnswer extends Answer {
  /** Of the approver, SPKI DER in base64. */
  readonly key: string;
  /** Base64. */
  readonly signature: string;
}

/** What an approval leaves behind: leave to run statements, until it is used up, lapses or is revoked. */
export interface Grant {
  /** The request's id. */
  readonly id: string;
  readonly target: string;
  readonly session: string;
  /** The statement with its values left out. */
  readonly shape: string;
  readonly by: readonly Identity[];
  readonly uses: number;
  readonly used: number;
  /** ISO time. */
  readonly until: string;
  readonly effect: string | null;
  readonly breakGlass: boolean;
  readonly revoked: boolean;
}

import type { Action, Channel, ObjectKind, Operation } from '../core/action.ts';
import type { Verdict } from '../core/decision.ts';
import type { MaskMethod } from '../core/mask.ts';
import type { Approvers, PreviewDepth } from '../core/request.ts';

/** A compiled name pattern: exact, `*` within a name, or `/…/` anchored and linear-time. */
export interface Pattern {
  /** As written in the policy. */
  readonly source: string;
  matches(text: string): boolean;
}

/** `schema.name` (or `schema.name.column`), each part a pattern; a missing schema matches any. */
export interface NamePattern {
  readonly source: string;
  /** Outermost first: `[schema, relation]`, `[schema, relation, column]`. */
  readonly parts: readonly Pattern[];
}

/** A program by its name, or by its absolute path. `matches` takes any spelling that could run it. */
export interface ProgramPattern extends Pattern {
  /** True when `program`, as written in a command, runs what is meant and nothing else. */
  surely(program: string): boolean;
}

/** A word of a command that is no flag. */
export interface WordPattern {
  matches(word: string): boolean;
  /** True when a word that may be anything of the form of `glob` could match. */
  meets(glob: string): boolean;
}

/** One or more words of a command, all of which must be there. `matches` takes a word for the first that is no flag. */
export interface ArgumentPattern extends Pattern {
  /** `flags`: letters and long names that must all be given, in whatever spelling. */
  readonly parts: readonly ({ readonly flags: readonly string[] } | WordPattern)[];
}

/** What is said of a path: where it is not known for sure, its `*` and `**` stand for what it may be. */
export interface PathSpan {
  readonly name: string;
  readonly certain: boolean;
  /** True when everything beneath it is meant as well. */
  readonly beneath: boolean;
}

/** An absolute, normalised path. `*` stays within a name; `**` does not, and stands for nothing as well. */
export interface PathPattern extends Pattern {
  /** True when what the span stands for may hold something that the pattern matches. */
  meets(span: PathSpan): boolean;
  /** True when all that the span stands for is matched. */
  holds(span: PathSpan): boolean;
}

/** What a rule says of commands, and of what is done over SSH. Its keys hold together, like a rule's. */
export interface CommandRule {
  readonly program: readonly ProgramPattern[] | null;
  /** Words of a command: flags, in whatever way they are spelt, or other words. */
  readonly args: readonly ArgumentPattern[] | null;
  readonly path: readonly PathPattern[] | null;
  readonly operation: readonly Operation[] | null;
  /** True: only what cannot be known before it runs. */
  readonly opaque: boolean;
  readonly channel: readonly Channel[] | null;
}

/** A rule holds for an effect when all keys that are set hold; a list holds when any of it does. */
export interface Rule {
  /** Groups are expanded. Null: any action. */
  readonly action: readonly Action[] | null;
  readonly object: readonly ObjectKind[] | null;
  readonly relation: readonly NamePattern[] | null;
  readonly column: readonly NamePattern[] | null;
  readonly function: readonly NamePattern[] | null;
  readonly where: 'absent' | null;
  /** Set in rules for SSH, which have none of the keys above. */
  readonly command?: CommandRule;
  /** What a refused client is told. */
  readonly message: string | null;
}

export interface AskRule extends Rule {
  readonly approvers: Approvers;
  /** Milliseconds a request waits for an answer. */
  readonly within: number;
  readonly stepUp: boolean;
  /** Who may override in an emergency, alone and with a reason; null: nobody. */
  readonly breakGlass: Approvers | null;
  /** How far it is found out what a held statement would do. */
  readonly preview: PreviewDepth;
}

export interface MaskRule {
  readonly column: readonly NamePattern[] | null;
  readonly field: readonly string[] | null;
  /** Names of detectors, and expressions as `/…/`, looked for anywhere in a text. */
  readonly detect: readonly string[] | null;
  /** Columns in which what `detect` finds is shown. Null: none. */
  readonly except: readonly NamePattern[] | null;
  readonly with: MaskMethod;
}

/** A validated policy. Nothing in it is optional: defaults are written out. */
export interface Policy {
  readonly name: string;
  readonly default: Verdict;
  readonly deny: readonly Rule[];
  readonly ask: readonly AskRule[];
  readonly allow: readonly Rule[];
  readonly mask: readonly MaskRule[];
  readonly masking: {
    readonly mode: 'strict' | 'lenient';
    readonly inference: 'refuse' | 'equality' | 'allow';
    readonly trustedFunctions: readonly NamePattern[];
  };
  /** Null: not narrowed. */
  readonly scope: {
    readonly schemas: readonly Pattern[] | null;
    readonly namespaces: readonly Pattern[] | null;
    readonly paths: readonly string[] | null;
    readonly directories: readonly string[] | null;
  } | null;
  readonly access: 'read-write' | 'read-only';
  /** What becomes of commands that cannot be known before they run, and that no rule speaks of. */
  readonly opaque: Verdict;
  /** Whether interactive shells are the target's own, or hoopctl reads and decides each command line. */
  readonly shell: 'native' | 'guarded';
  /** Milliseconds. */
  readonly session: {
    readonly ttl: number;
    readonly idle: number | null;
    readonly reason: 'required' | 'optional';
    /** Whether a program that is run against a target must be in a sandbox, unless its script says otherwise. */
    readonly sandbox: 'required' | 'optional';
  };
  readonly record: {
    readonly results: 'full' | 'summary';
    readonly sync: 'process' | 'disk';
    /** What is typed into terminals, as far as they echo it. */
    readonly input: 'none' | 'full';
  };
  /** What is run has added it to a target's own policies: it holds back more, and lifts nothing; see `applies.ts`. */
  readonly besides: boolean;
  /** Null: everybody. Otherwise any of these is enough; see `applies.ts`. */
  readonly appliesTo: {
    readonly groups: readonly string[] | null;
    /** Of people, and of services that are not declared. */
    readonly subjects: readonly string[] | null;
    /** Of people, as their issuer has verified them. */
    readonly emails: readonly string[] | null;
    /** Names of declared services. */
    readonly services: readonly string[] | null;
    /** Null: an agent is taken for whom it acts for. */
    readonly agents: 'any' | 'none' | readonly string[] | null;
  } | null;
}

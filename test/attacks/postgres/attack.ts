import type { PolicyName } from './policies.ts';

/** How the statements of an attack are sent. */
export type Mode = 'simple' | 'extended' | 'named' | 'pipelined';

export const modes: readonly Mode[] = ['simple', 'extended', 'named', 'pipelined'];

export type Step =
  /** A statement, sent in the mode under test. */
  | string
  /** A statement with parameters in text format; never sent by simple query. */
  | { readonly sql: string; readonly values: readonly (string | null)[] }
  /** A statement whose COPY data follows. */
  | { readonly sql: string; readonly copy: string }
  /** Frames as they are, in any mode; `answers` is how many times the server says it is ready (1 if not given). */
  | { readonly frames: readonly Buffer[]; readonly answers?: number };

/**
 * What tells whether the forbidden thing happened. Any of them is enough to say that it did; on a
 * direct connection all of them must be so, or the attack proves nothing.
 */
export interface Effect {
  /** Over the administrator's connection: one row with one boolean. A missing table counts as true. */
  readonly sql?: string;
  /** Of a statement the server began to run for the guarded user. */
  readonly log?: RegExp;
  /** Text the client got to see, wherever the server put it. */
  readonly received?: string;
}

export interface Attack {
  readonly name: string;
  /** The lesson it comes from, such as `R28`. */
  readonly lesson: string;
  readonly policy: PolicyName;
  /** Run by the administrator beforehand. */
  readonly setup: readonly string[];
  readonly steps: readonly Step[];
  readonly effect: Effect;
  /** Startup parameters of the connection. */
  readonly startup: Readonly<Record<string, string>>;
  readonly modes: readonly Mode[];
  /** The first server version it works on. */
  readonly since: number;
  /** The last server version it works on. */
  readonly until: number;
}

export type Options = Partial<Pick<Attack, 'setup' | 'startup' | 'modes' | 'since' | 'until'>>;

type Entry = readonly [name: string, steps: Step | readonly Step[], effect: Effect, options?: Options];

function stepsOf(steps: Step | readonly Step[]): readonly Step[] {
  return Array.isArray(steps) ? (steps as readonly Step[]) : [steps as Step];
}

function modesOf(steps: readonly Step[]): readonly Mode[] {
  const statements = steps.filter((step) => typeof step === 'string' || 'sql' in step);
  // Frames speak for themselves: the statements around them only prepare the ground.
  if (statements.length < steps.length) return ['simple'];
  const bound = statements.some((step) => typeof step !== 'string' && 'values' in step);
  return bound ? modes.filter((mode) => mode !== 'simple') : modes;
}

/** Attacks of one class under one policy. */
export function attacks(policy: PolicyName, lesson: string, entries: readonly Entry[]): Attack[] {
  return entries.map(([name, given, effect, options = {}]) => {
    const steps = stepsOf(given);
    return {
      name,
      lesson,
      policy,
      steps,
      effect,
      setup: options.setup ?? [],
      startup: options.startup ?? {},
      modes: options.modes ?? modesOf(steps),
      since: options.since ?? 15,
      until: options.until ?? 99,
    };
  });
}

/** The table's rows are no longer those of the start. */
export function changed(table: string): Effect {
  const copy = `baseline.${table.replace('.', '_')}`;
  return {
    sql: `select exists ((table ${table} except all table ${copy}) union all (table ${copy} except all table ${table}))`,
  };
}

export function gone(name: string): Effect {
  return { sql: `select to_regclass('${name}') is null` };
}

export function made(name: string): Effect {
  return { sql: `select to_regclass('${name}') is not null` };
}

/** The statement reached the server, which began to run it. */
export function ran(log: RegExp): Effect {
  return { log };
}

/** The client saw the secret. */
export const leaked: Effect = { received: 'CANARY-9f31c6' };

/** An advisory lock or a lock on a table is held. */
export function locked(condition: string): Effect {
  return {
    sql: `select exists (select from pg_locks l join pg_stat_activity a using (pid) where a.usename = 'guarded' and ${condition})`,
  };
}

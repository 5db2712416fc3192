import type { Config } from '../../config/load.ts';
import type { Clock } from '../../core/clock.ts';
import type { Answer } from './answer.ts';
import type { Given } from './arguments.ts';
import type { Calls } from './calls.ts';
import type { Sessions } from './sessions.ts';

/** What all tools work with. */
export interface Desk {
  readonly config: Config;
  /** The targets that are served, by name. */
  readonly targets: readonly string[];
  readonly ttl: number | null;
  readonly reason: string | null;
  readonly sessions: Sessions;
  readonly calls: Calls;
  readonly clock: Clock;
}

/** A JSON schema of an object. */
export interface Schema {
  readonly [key: string]: unknown;
  readonly type: 'object';
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

/** A tool as data, and what it does. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For models to read. */
  readonly description: string;
  readonly input: Schema;
  readonly output: Schema;
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint: boolean;
    readonly idempotentHint: boolean;
    readonly openWorldHint: boolean;
  };
  /** The signal aborts when the client does not wait any more. @throws HoopError what is then told as an error */
  call(desk: Desk, given: Given, signal: AbortSignal): Promise<Answer>;
}

/** Nothing is changed by it. */
export const READING: Tool['annotations'] = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** Fields that any answer may have which is not the one that was hoped for. */
export const REFUSED_FIELDS = {
  denied: { type: 'boolean', description: 'true: a policy or a person said no. Stop, and tell the user.' },
  reason: { type: 'string', description: 'who said no' },
  code: { type: 'string' },
  message: { type: 'string' },
  detail: { type: ['string', 'null'] },
  hint: { type: ['string', 'null'] },
  sqlstate: { type: 'string' },
  position: { type: 'integer', description: 'where in the statement, in characters from 1' },
} as const;

export const TARGET_FIELD = { type: 'string', description: 'a name that list_targets gives' } as const;

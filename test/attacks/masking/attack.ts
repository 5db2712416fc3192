import { type Mode, modes, type Step } from '../postgres/attack.ts';
import type { Inference } from './policies.ts';

/**
 * How a value comes out: `shown` puts it before the client, in clear or encoded; `told` answers differently where the
 * value is another, so that asking often enough spells it out.
 */
export type Channel = 'shown' | 'told';

export interface MaskAttack {
  readonly name: string;
  /** The class it is counted under. */
  readonly kind: string;
  readonly channel: Channel;
  /** Modes of inference under which nothing may come of it. */
  readonly inference: readonly Inference[];
  /** Run by the administrator beforehand. */
  readonly setup: readonly string[];
  readonly steps: readonly Step[];
  readonly startup: Readonly<Record<string, string>>;
  readonly modes: readonly Mode[];
  /** The first server version it works on. */
  readonly since: number;
  /** The last server version it works on. */
  readonly until: number;
}

export type Options = Partial<Pick<MaskAttack, 'setup' | 'startup' | 'modes' | 'since' | 'until'>>;

export type Entry = readonly [name: string, steps: Step | readonly Step[], options?: Options];

function modesOf(steps: readonly Step[]): readonly Mode[] {
  const statements = steps.filter((step) => typeof step === 'string' || 'sql' in step);
  // Frames speak for themselves: the statements around them only prepare the ground.
  if (statements.length < steps.length) return ['simple'];
  const bound = statements.some((step) => typeof step !== 'string' && 'values' in step);
  if (bound) return modes.filter((mode) => mode !== 'simple');
  // What ends a transaction or is several statements in one does not go through a pipeline.
  return steps.length === 1 ? modes : ['simple', 'extended'];
}

function made(kind: string, channel: Channel, inference: readonly Inference[], entries: readonly Entry[]) {
  return entries.map(([name, given, options = {}]): MaskAttack => {
    const steps = Array.isArray(given) ? (given as readonly Step[]) : [given as Step];
    return {
      name,
      kind,
      channel,
      inference,
      steps,
      setup: options.setup ?? [],
      startup: options.startup ?? {},
      modes: options.modes ?? modesOf(steps),
      since: options.since ?? 15,
      until: options.until ?? 99,
    };
  });
}

/** Attempts to see a masked value, which no mode of inference may let pass. */
export const showing = (kind: string, entries: readonly Entry[]): MaskAttack[] =>
  made(kind, 'shown', ['refuse', 'equality', 'allow'], entries);

/** Questions finer than whether two values are the same: answered under `allow` alone. */
export const telling = (kind: string, entries: readonly Entry[]): MaskAttack[] =>
  made(kind, 'told', ['refuse', 'equality'], entries);

/** Questions whether a whole value is a given one: not answered under `refuse`. */
export const equating = (kind: string, entries: readonly Entry[]): MaskAttack[] =>
  made(kind, 'told', ['refuse'], entries);

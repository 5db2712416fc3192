import type { Mode, Step } from './attack.ts';
import { modes } from './attack.ts';
import type { PolicyName } from './policies.ts';

/** Something an honest client does. It must give, through the door, what it gives directly. */
export interface Errand {
  readonly name: string;
  readonly policies: readonly PolicyName[];
  readonly steps: readonly Step[];
  readonly modes: readonly Mode[];
  readonly since: number;
}

export const everyPolicy: readonly PolicyName[] = [
  'read-only',
  'select-only',
  'scoped',
  'tables',
  'production',
  'admin',
];
/** Where writes are allowed that keep away from what the policies name. */
export const writing: readonly PolicyName[] = ['scoped', 'tables', 'production', 'admin'];
/** Where schema changes are. */
export const shaping: readonly PolicyName[] = ['scoped', 'tables', 'admin'];

type Entry = readonly [name: string, steps: Step | readonly Step[], options?: Partial<Pick<Errand, 'modes' | 'since'>>];

export function errands(policies: readonly PolicyName[], entries: readonly Entry[]): Errand[] {
  return entries.map(([name, given, options = {}]) => {
    const steps = Array.isArray(given) ? (given as readonly Step[]) : [given as Step];
    const bound = steps.some((step) => typeof step !== 'string' && 'values' in step);
    return {
      name,
      policies,
      steps,
      modes: options.modes ?? (bound ? ['extended', 'named', 'pipelined'] : modes),
      since: options.since ?? 15,
    };
  });
}

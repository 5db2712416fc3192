import { type Mode, modes, type Step } from '../../postgres/attack.ts';

/** Something that applications and tools do on tables with masked columns, and that masks must not get in the way of. */
export interface HonestErrand {
  readonly kind: string;
  /** What it does, in its own words. */
  readonly title: string;
  readonly steps: readonly Step[];
  readonly modes: readonly Mode[];
  /** Names of result columns that show masks. The others, and all else that is said, is as it is directly. */
  readonly masked: ReadonlySet<string>;
}

const sqlOf = (step: Step): string => (typeof step === 'string' ? step : 'sql' in step ? step.sql : 'frames');

function made(kind: string, masked: readonly string[], steps: readonly Step[]): HonestErrand {
  const bound = steps.some((step) => typeof step !== 'string' && 'values' in step);
  const single = steps.length === 1;
  const usual = bound ? modes.filter((mode) => mode !== 'simple') : modes;
  return {
    kind,
    title: steps.map(sqlOf).join('; ').replaceAll(/\s+/g, ' '),
    steps,
    modes: single ? usual : usual.filter((mode) => mode === 'simple' || mode === 'extended'),
    masked: new Set(masked),
  };
}

type Entry = Step | readonly Step[];

const stepsOf = (entry: Entry): readonly Step[] =>
  Array.isArray(entry) ? (entry as readonly Step[]) : [entry as Step];

/** What shows nothing that is masked: to be the same byte for byte. */
export const clean = (kind: string, entries: readonly Entry[]): HonestErrand[] =>
  entries.map((entry) => made(kind, [], stepsOf(entry)));

/** What shows masks in some columns. */
export const masking = (kind: string, entries: readonly (readonly [columns: string, entry: Entry])[]): HonestErrand[] =>
  entries.map(([columns, entry]) => made(kind, columns.split(', '), stepsOf(entry)));

/** A statement with parameters. */
export const bound = (sql: string, ...values: readonly (string | null)[]): Step => ({ sql, values });

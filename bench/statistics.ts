/** The middle value; the mean of the two middle ones of an even number. Null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  const lower = sorted[middle - 1];
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

/** The smallest value that at least `share` (0 to 1) of all values do not exceed. Null of none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** Several measurements of one thing, beside another. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/**
 * How many times `base` the values are, round by round: what disturbs a round disturbs both sides of its ratio.
 * Null when there is nothing to compare with.
 */
export function ratio(values: readonly (number | null)[], base: readonly (number | null)[]): Ratio | null {
  const ratios: number[] = [];
  for (const [round, value] of values.entries()) {
    const other = base[round];
    if (value !== null && typeof other === 'number' && other > 0) ratios.push(value / other);
  }
  const middle = median(ratios);
  return middle === null ? null : { median: middle, least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** Numbers alone. */
export function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

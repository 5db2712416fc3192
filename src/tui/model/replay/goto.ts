/** A place in a record, as somebody typed it. */
export type Place = { readonly micros: number } | { readonly number: number };

/** `1:23`, `1:02:03.5`, `90s`, `2m`, `50%` of the whole, `#12` for an event. Null for anything else. */
export function placeOf(typed: string, totalMicros: number): Place | null {
  const text = typed.trim();
  const event = /^#?(\d{1,15})$/.exec(text);
  if (event !== null) return { number: Number(event[1]) };
  const share = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text);
  if (share !== null) return { micros: (Math.min(100, Number(share[1])) / 100) * totalMicros };
  const span = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text);
  if (span !== null) return { micros: Number(span[1]) * (UNITS[span[2] ?? ''] ?? 0) };
  const clock = /^(?:(\d{1,6}):)?(\d{1,6}):(\d{1,2}(?:\.\d+)?)$/.exec(text);
  if (clock === null) return null;
  return { micros: (Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) * 1_000_000 };
}

const UNITS: Readonly<Record<string, number>> = { s: 1e6, m: 60e6, h: 3600e6 };

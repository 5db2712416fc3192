/** `1:02:03.4`, of microseconds. */
export function clock(micros: number): string {
  const tenths = Math.floor(micros / 100_000);
  const [seconds, minutes, hours] = [
    Math.floor(tenths / 10) % 60,
    Math.floor(tenths / 600) % 60,
    Math.floor(tenths / 36_000),
  ];
  const padded = (value: number): string => String(value).padStart(2, '0');
  const front = hours > 0 ? `${hours}:${padded(minutes)}` : String(minutes);
  return `${front}:${padded(seconds)}.${tenths % 10}`;
}

/** A duration as people say it, of microseconds. */
export function duration(micros: number): string {
  if (micros < 1000) return `${micros} µs`;
  if (micros < 1_000_000) return `${(micros / 1000).toFixed(1)} ms`;
  return micros < 60_000_000 ? `${(micros / 1_000_000).toFixed(2)} s` : clock(micros);
}

/** An ISO time, or nothing where there is no such time. */
export function moment(startedMillis: number, micros: number): string {
  const time = startedMillis + micros / 1000;
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : '';
}

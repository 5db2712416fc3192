/** Time, as a port: tests bring their own. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Monotonic, microseconds since an arbitrary point. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.round(performance.now() * 1000),
};

/** `1:02.345`, `1:00:02.345`: minutes and hours as far as they are needed. */
export function clockTime(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const seconds = `${pad(Math.floor(milliseconds / 1000) % 60, 2)}.${pad(milliseconds % 1000, 3)}`;
  const minutes = Math.floor(milliseconds / 60_000);
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${pad(minutes % 60, 2)}:${seconds}`;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

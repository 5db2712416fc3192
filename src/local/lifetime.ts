import type { Clock } from '../core/clock.ts';

export interface LifetimeOptions {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly ttl: number;
  /** Milliseconds without a sign of life; null: no limit. */
  readonly idle: number | null;
  /** Grows with every sign of life. */
  readonly traffic: () => number;
  readonly end: (cause: 'expired' | 'idle') => void;
}

export interface Lifetime {
  /** Wall clock, milliseconds since the epoch. */
  readonly expires: number;
  stop(): void;
}

/** Often enough that a machine that slept past the limit ends its sessions when it wakes. */
const LOOK = 1000;

/** Ends a session when its time is up, or when nothing has passed for too long. Ends it once. */
export function limitLifetime(options: LifetimeOptions): Lifetime {
  const { clock, idle } = options;
  const expires = clock.now() + options.ttl;
  let seen = options.traffic();
  let lively = clock.now();
  let timer: NodeJS.Timeout | null = null;

  const look = (): void => {
    const now = clock.now();
    const traffic = options.traffic();
    if (traffic !== seen) {
      seen = traffic;
      lively = now;
    }
    if (now >= expires) return options.end('expired');
    if (idle !== null && now - lively >= idle) return options.end('idle');
    const next = Math.min(expires, idle === null ? expires : lively + idle) - now;
    timer = setTimeout(look, Math.min(next, LOOK));
  };
  look();
  return {
    expires,
    stop: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

import { vi } from 'vitest';
import type { Identity } from '../../../src/core/identity.ts';
import type { Profile } from '../../../src/core/profile.ts';
import type { Standing } from '../../../src/core/standing.ts';
import { loginStanding } from '../../../src/identity/standing/login.ts';
import { login, tokens } from '../people.ts';
import { MemoryProfiles, ScriptedProvider, TestClock } from './bench.ts';

/** Somebody who has logged in, and what is heard of them. */
export interface Heard {
  readonly standing: Standing;
  readonly heard: readonly (Identity | null)[];
}

/** A provider, a place for logins, and any number of processes that share one. Time stands still until it is told to pass. */
export class Desk {
  readonly clock = new TestClock();
  readonly profiles = new MemoryProfiles();
  provider = new ScriptedProvider(this.clock);
  readonly #opened: Standing[] = [];

  constructor() {
    vi.useFakeTimers();
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((standing) => standing.close()));
    vi.useRealTimers();
  }

  /** Somebody logs in at the beginning of 2026, and goes to work. */
  async begin(more: Partial<Profile> = {}, held = tokens('1')): Promise<Heard> {
    await this.profiles.keep(login(more), held);
    return this.again();
  }

  /** The same in one more process. */
  async again(): Promise<Heard> {
    const { clock, profiles, provider } = this;
    const profile = await profiles.read('default');
    if (profile === null) throw new Error('nobody is logged in');
    const standing = await loginStanding({ provider, profiles, profile, clock });
    this.#opened.push(standing);
    const heard: (Identity | null)[] = [];
    standing.listen((now) => void heard.push(now));
    return { standing, heard };
  }
}

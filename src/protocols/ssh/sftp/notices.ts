import type { Handle } from './handle.ts';
import { MASKED } from './refuse.ts';

/** What the user is told beside the protocol: many clients show the words of a status code, and no others. */
export class Notices {
  readonly #tell: (text: string) => void;
  /** Reasons that were told of looks. There are no more of them than a policy has words. */
  readonly #ofLooks = new Set<string>();
  /** What was told of a look just now: clients do next what they have looked for. */
  #justTold: string | null = null;
  readonly #masked = new WeakSet<Handle>();

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** `isLook`: what clients do by themselves, and often. Of that each reason is told once. */
  refused(reason: string, isLook: boolean): void {
    const before = this.#justTold;
    this.#justTold = null;
    if (isLook) {
      if (this.#ofLooks.has(reason)) return;
      this.#ofLooks.add(reason);
      this.#justTold = reason;
    } else if (before === reason) return;
    this.#tell(reason);
  }

  /** Reading has come upon what the policy masks; clients have many reads under way. */
  masked(handle: Handle): void {
    if (this.#masked.has(handle)) return;
    this.#masked.add(handle);
    this.#tell(MASKED.message);
  }
}

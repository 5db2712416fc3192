import { inspect } from 'node:util';

/**
 * A value that must not appear in argv, environments, logs, records, errors or dumps.
 * Every implicit way of turning it into text gives `[secret]`; only `reveal` gives the value.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

import { HoopError } from '../core/errors.ts';
import type { Terminal } from './terminal.ts';

/** One run of one command: what was asked for, and the world it runs in. */
export interface Invocation {
  readonly terminal: Terminal;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly cwd: string;
  readonly home: string;
  /** `--config`, or null. */
  readonly config: string | null;
  /** Whether a question may be asked. */
  readonly interactive: boolean;
  readonly arguments: readonly string[];
  readonly options: Options;
  /** What followed `--`; null when there was no `--`. */
  readonly rest: readonly string[] | null;
}

const DURATION = /^(?<amount>\d+(?:\.\d+)?)(?<unit>ms|s|m|h|d)$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The options of a command line, read with their meaning. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param values by the long name in camel case, as commander gives them */
  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values[camel(name)] === true;
  }

  /** Of a pair `--name` and `--no-name`: the one that was given, or null. */
  either(name: string): boolean | null {
    const value = this.#values[camel(name)];
    return typeof value === 'boolean' ? value : null;
  }

  text(name: string): string | null {
    const value = this.#values[camel(name)];
    return typeof value === 'string' ? value : null;
  }

  list(name: string): readonly string[] {
    const value = this.#values[camel(name)];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** @throws HoopError `cli.usage` */
  integer(name: string, least: number, most: number): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new HoopError('cli.usage', `--${name} takes a whole number from ${least} to ${most}`, {
      hint: `--${name} ${least}`,
    });
  }

  /** In milliseconds, above zero. @throws HoopError `cli.usage` */
  duration(name: string): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const groups = DURATION.exec(text)?.groups;
    const value = Number(groups?.['amount']) * (UNITS[groups?.['unit'] ?? ''] ?? Number.NaN);
    if (value > 0 && value <= 365 * 86_400_000) return value;
    throw new HoopError('cli.usage', `--${name} takes a duration such as 30s, 15m or 2h`, { hint: `--${name} 30m` });
  }
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

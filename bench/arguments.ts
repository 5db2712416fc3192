import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** Something the person who runs the benchmark can do something about. */
export class BenchError extends Error {
  readonly attempt: string;

  constructor(message: string, attempt: string) {
    super(message);
    this.attempt = attempt;
  }
}

/**
 * The values of options.
 * @param usage what prints which there are
 * @throws BenchError for what is not understood
 */
export function parseArguments<const T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
  usage: string,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new BenchError(error instanceof Error ? error.message : 'unreadable options', usage);
  }
}

/** @throws BenchError for what is no number that makes sense */
export function count(name: string, text: string | undefined, preset: number): number {
  if (text === undefined) return preset;
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new BenchError(`--${name} is a whole number from 1 to 9999, and not ${text}`, `--${name} ${preset}`);
  }
  return Number(text);
}

/** What stands between commas; null: all. */
export function names(text: string | undefined): readonly string[] | null {
  return text === undefined ? null : text.split(',').map((name) => name.trim());
}

import { PLAIN } from './listing.ts';

const OPTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries(PLAIN).map(([name, { options }]) => [name, options]),
);

/** The options of a program that runs others, all in front of what it runs; undefined where they are not listed. */
export function wrapperOptions(name: string): string | undefined {
  return OPTIONS.get(name);
}

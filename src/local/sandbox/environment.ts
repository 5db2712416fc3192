import { HOME } from './places.ts';

/** Of the caller's environment, what tells programs how to speak and draw, and nothing else. */
const PASSED = /^(?:LANG|LANGUAGE|LC_[A-Z]+|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR|TZ|CI)$/;

export interface SandboxEnvironment {
  /** The caller's. */
  readonly own: Readonly<NodeJS.ProcessEnv>;
  /** PATH inside. */
  readonly searched: string;
  /** Names of further variables that are passed on. */
  readonly passed: readonly string[];
  /** What leads to the doors: it counts before all else. */
  readonly doors: Readonly<Record<string, string>>;
}

/** The environment of a sandboxed program: an allow-list, so that no credential has to be known to be left out. */
export function sandboxEnvironment({ own, searched, passed, doors }: SandboxEnvironment): Record<string, string> {
  const kept = Object.entries(own).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (PASSED.test(entry[0]) || passed.includes(entry[0])),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: searched,
    HOME,
    USER: 'sandbox',
    LOGNAME: 'sandbox',
    SHELL: '/bin/sh',
    TMPDIR: '/tmp',
    ...doors,
  };
}

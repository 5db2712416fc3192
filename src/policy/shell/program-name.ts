/** Where a system keeps its own programs: what lies there is what its name says. */
const SYSTEM = /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]+$/u;

/** The last name of a program's path: what it is, as far as anybody may say without looking at it. */
export function baseName(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

/** True for a bare name, and for a path into one of the system's own directories. */
export function isTrusted(program: string): boolean {
  return program.includes('/') ? SYSTEM.test(program) && !/\/\.{1,2}$/u.test(program) : program !== '';
}

/**
 * Whether `name` is one that `pattern` stands for: `*` is any run of characters, `?` is one (ssh_config(5), PATTERNS).
 * Takes no longer than both lengths multiplied, whatever the pattern.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  let [at, from] = [0, 0];
  /** Behind the last `*`, and where in the name it ends for now. */
  let star: { readonly next: number; end: number } | null = null;
  while (from < name.length) {
    const char = pattern[at];
    if (char === '*') {
      star = { next: at + 1, end: from };
      at = star.next;
    } else if (char === '?' || char === name[from]) {
      at += 1;
      from += 1;
    } else if (star === null) return false;
    else {
      star.end += 1;
      at = star.next;
      from = star.end;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}

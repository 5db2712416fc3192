const REASONS: Readonly<Record<string, string>> = {
  '55P03': 'somebody else holds a lock that it needs',
  '57014': 'it took longer than five seconds',
  '25006': 'its transaction is read-only',
  '42501': 'the role may not read what it changes',
  '40001': 'somebody else is changing the same rows',
  '40P01': 'somebody else is changing the same rows',
};

/** Why a trial came to nothing, for people to read. The server's own words may hold values, and are left out. */
export function reasonOf(code: string): string {
  const known = REASONS[code];
  if (known !== undefined) return known;
  // integrity_constraint_violation, data_exception
  const fails = code.startsWith('23') || code.startsWith('22');
  return fails ? `it would fail (SQLSTATE ${code})` : `the trial failed (SQLSTATE ${code})`;
}

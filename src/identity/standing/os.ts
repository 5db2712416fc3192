import type { Standing } from '../../core/standing.ts';
import { osUser } from '../os-user.ts';

/** The operating system's user: nobody can say more of them later than now. */
export function osStanding(): Standing {
  const identity = osUser();
  return { identity, doubt: () => null, listen: () => () => undefined, close: () => Promise.resolve() };
}

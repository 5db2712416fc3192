import type { Attack } from './ssh/attack.ts';
import { deeds, twice } from './ssh/deeds.ts';
import { prepared, programs } from './ssh/programs.ts';
import { wrappers } from './ssh/running.ts';
import { spread } from './ssh/spread.ts';
import { writings } from './ssh/writing.ts';

/** Command lines that do what is denied. */
export const corpus: readonly Attack[] = [
  ...writings,
  ...wrappers,
  ...programs,
  ...prepared,
  ...deeds,
  ...twice,
  ...spread,
];

/** Under which they must do none of it. */
export const POLICIES = `
  sensible:
    default: allow
    opaque: ask
    deny:
      - { operation: [write, mkdir, remove, rename, symlink], path: ROOT/*/srv/** }
      - { path: ROOT/*/srv/key }
      - { program: wreck }
  strict:
    default: allow
    opaque: deny
    deny:
      - { operation: [write, mkdir, remove, rename, symlink], path: ROOT/*/srv/** }
      - { path: ROOT/*/srv/key }
      - { program: wreck }
  closed:
    default: deny
    opaque: deny
    allow:
      - { program: [ls, echo, 'true', pwd, uptime, ps, id] }
  bounded:
    default: allow
    opaque: allow
    scope: { directories: [ROOT/open, /usr, /bin, /dev] }
    allow:
      - { program: [/usr/bin/python3, perl, sh, bash, make, git] }
    deny:
      - { program: wreck }
`;

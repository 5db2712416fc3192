import type { HonestErrand } from './errand.ts';
import { mappers } from './mappers.ts';
import { cleanReads, equalities, maskedReads } from './reads.ts';
import { definitions, maskedSessions, sessions } from './sessions.ts';
import { cleanWrites, maskedWrites } from './writes.ts';

/** What must go on under masks, in strict mode and with `inference: equality`. */
export const honest: readonly HonestErrand[] = [
  ...cleanReads,
  ...equalities,
  ...maskedReads,
  ...cleanWrites,
  ...maskedWrites,
  ...sessions,
  ...maskedSessions,
  ...definitions,
  ...mappers,
];

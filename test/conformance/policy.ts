import { REFUSAL } from './transcript.ts';

/** Refuses what no conversation says, but those that are meant to. What is not known to be harmless is let through. */
export const policy = {
  default: 'allow',
  deny: [
    { action: ['truncate'], message: REFUSAL },
    { action: ['delete', 'copy-in'], relation: ['forbidden'], message: REFUSAL },
  ],
  allow: [{ action: ['opaque'] }],
} as const;

/*
 * Bounds that nothing is gained by moving. Those that a target's configuration sets are in core/limits.ts.
 */

/** Bytes from a client that has not logged in: key exchange and a few attempts take about 5,000. */
export const UNAUTHENTICATED_BYTES = 64 * 1024;

/** Attempts to log in at a door: OpenSSH's own servers allow six. */
export const ATTEMPTS = 6;

/** Bytes of an environment variable and its name, and how many of them one program is given. */
export const VARIABLE = 4096;
export const VARIABLES = 64;

/** Sessions that one connection has open at once. OpenSSH's own servers allow ten by default, at the target. */
export const CHANNELS_AT_ONCE = 256;

/** Questions about a whole connection that wait for an answer: signs of life, while a port to listen on is held. */
export const QUESTIONS_AT_ONCE = 1024;

/** Milliseconds between two signs of life towards the target, and how many may stay without an answer. */
export const KEEPALIVE = 15_000;
export const UNANSWERED_KEEPALIVES = 3;

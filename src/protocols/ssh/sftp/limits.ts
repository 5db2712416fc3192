const KIB = 1024;

/**
 * Bytes of one message, its length field not counted. OpenSSH ends a connection beyond it, on both sides, and says in
 * its answer to limits@openssh.com that less may be asked for.
 */
export const LONGEST_MESSAGE = 256 * KIB;

/** Bytes of a handle: the specification's own limit (section 6.3). */
export const LONGEST_HANDLE = 256;

/** Bytes of a path: Linux's PATH_MAX. */
export const LONGEST_PATH = 4096;

/** Parts of one path. Each is a question to the server; no honest path comes near. */
export const MOST_PARTS = 128;

/** Symbolic links that are followed in one path: as many as Linux follows. */
export const MOST_LINKS = 40;

/** Names in one answer: what fits in a message at 12 bytes for the shortest entry. */
export const MOST_NAMES = Math.floor(LONGEST_MESSAGE / 12);

import type { SessionEnd } from '../../core/protocol.ts';

/** The ways in which serving a client ends. */
export const EXPIRED: SessionEnd = { cause: 'expired', message: 'the session has ended' };
export const NOT_LET_IN: SessionEnd = { cause: 'client', message: 'not let in' };
export const GONE: SessionEnd = { cause: 'client', message: 'the client ended the connection' };
export const ENDED: SessionEnd = { cause: 'target', message: 'the target ended the connection' };

/** Milliseconds a client gets to read what it was told last. */
export const LINGER = 1000;

import type * as ssh2 from 'ssh2';
import type { randomFillSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { type Insides, teachCertificates } from './certificates/exchange.ts';
import { paddingSource } from './padding.ts';
import { type ChannelClass, heedConnections } from './room.ts';
import { heedReads, type ReadableClass } from './ssh2-windows.ts';

/*
 * The only place where ssh2 is loaded, since something has to be seen to before and while it is.
 *
 * Its native ciphers must not be collected: built with the headers of Node 24.19 or later they abort the process when
 * they are (nodejs/node#65446, mscdex/ssh2#1511). So each is kept; what it holds of OpenSSL is let go by ssh2 itself.
 * That is about a kilobyte for every exchange of keys.
 *
 * It takes its randomness from where it is had for less (see padding.ts), no more than can be sent (see room.ts), and says what
 * is read (see ssh2-windows.ts). And it takes the certificates of servers (see certificates/exchange.ts).
 */

type Library = typeof ssh2;
type Cipher = new (...args: unknown[]) => object;

const require = createRequire(import.meta.url);
const kept: object[] = [];

/** Null where the addon is not there: ssh2 goes on without, and says nothing. */
function nativeCiphers(): Record<string, unknown> | null {
  try {
    return require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node') as Record<string, unknown>;
  } catch {
    return null;
  }
}

function keepAll(ciphers: Record<string, unknown>): void {
  for (const [name, made] of Object.entries(ciphers)) {
    if (/^[A-Z].*ipher$/.test(name) && typeof made === 'function') ciphers[name] = keeping(made as Cipher);
  }
}

function keeping(made: Cipher): Cipher {
  return class {
    constructor(...args: unknown[]) {
      const cipher = new made(...args);
      kept.push(cipher);
      // What `new` gives is the cipher itself.
      return cipher;
    }
  };
}

const native = nativeCiphers();
if (native !== null) keepAll(native);

/** Whether what is copied is encrypted by native code. */
export const hasNativeCiphers = native !== null;

function load(): Library {
  const crypto = require('node:crypto') as { randomFillSync: typeof randomFillSync };
  const own = crypto.randomFillSync;
  crypto.randomFillSync = paddingSource(own);
  try {
    teachCertificates({
      parser: require('ssh2/lib/protocol/keyParser.js') as Insides['parser'],
      constants: require('ssh2/lib/protocol/constants.js') as Insides['constants'],
    });
    const { Channel } = require('ssh2/lib/Channel.js') as { Channel: ChannelClass & ReadableClass };
    heedConnections(Channel);
    heedReads(Channel);
    return require('ssh2') as Library;
  } finally {
    crypto.randomFillSync = own;
  }
}

export const { BaseAgent, Client, createAgent, Server, utils } = load();

import type { Client, ParsedKey } from 'ssh2';
import { utils } from './library.ts';
import { ed25519Key, SEED } from './openssh-key.ts';
import { sendInPlace, type Wire } from './ssh2-channels.ts';
import { sshString } from './strings.ts';

/*
 * Keys that ssh2 cannot log in with: certified ones, and those of security keys. Its version is pinned exactly in
 * package.json: look here when it changes.
 */

/** Somebody who can prove to have such a key. */
export interface Signer {
  /** How the server is told that it is signed with (RFC 4252, section 7; PROTOCOL.certkeys and PROTOCOL.u2f of OpenSSH). */
  readonly algorithm: string;
  /** The key or the certificate, as it goes over the wire. */
  readonly blob: Buffer;
  /** What it is, for people: `the certificate "deploy"`. */
  readonly words: string;
  /** The signature, as it goes over the wire. Rejects with Error when whoever holds the key does not sign. */
  sign(data: Buffer): Promise<Buffer>;
}

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

interface LoginWire extends Wire {
  readonly _kex: { readonly sessionID: Buffer };
  authPK: (user: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign) => void;
}

const stand = utils.parseKey(ed25519Key(Buffer.alloc(SEED), '').publicText);
if (stand instanceof Error) throw stand;
const STAND_IN: ParsedKey = stand;

const signers = new WeakMap<object, Signer>();

/** What ssh2 takes for a key, in the signer's place. */
export function standIn(signer: Signer): ParsedKey {
  const key = Object.create(STAND_IN) as ParsedKey;
  signers.set(key, signer);
  return key;
}

/** Null for a key that is one of ssh2's. */
export function signerOf(key: ParsedKey): Signer | null {
  return signers.get(key) ?? null;
}

/**
 * Has a connection show signers where it is given their stand-ins. To be called when it has begun. What it gives says whom it
 * has shown last: null when that was a key of ssh2's.
 */
export function showSigners(client: Client): () => Signer | null {
  const { _protocol: wire } = client as unknown as { readonly _protocol: LoginWire };
  const own = wire.authPK.bind(wire);
  let last: Signer | null = null;
  wire.authPK = (user, key, algorithm, sign) => {
    last = signerOf(key);
    const signer = last;
    if (signer === null) return own(user, key, algorithm, sign);
    const send = (message: Buffer): void => sendInPlace(wire, message, () => own(user, STAND_IN, undefined));
    if (sign === undefined) return send(request(user, signer, false));
    const wanted = request(user, signer, true);
    sign(Buffer.concat([sshString(wire._kex.sessionID), wanted]), (signature) => {
      if (isThere(client)) send(Buffer.concat([wanted, sshString(signature)]));
    });
  };
  return () => last;
}

/** SSH_MSG_USERAUTH_REQUEST. */
const USERAUTH_REQUEST = Buffer.from([50]);

function request(user: string, { algorithm, blob }: Signer, isSigned: boolean): Buffer {
  return Buffer.concat([
    USERAUTH_REQUEST,
    ...[user, 'ssh-connection', 'publickey'].map(sshString),
    Buffer.from([isSigned ? 1 : 0]),
    sshString(algorithm),
    sshString(blob),
  ]);
}

/** People may take long to touch a key. */
function isThere(client: Client): boolean {
  return (client as unknown as { readonly _sock?: { readonly writable: boolean } })._sock?.writable === true;
}

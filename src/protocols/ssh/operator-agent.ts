import type { Duplex } from 'node:stream';
import type { BaseAgent, ParsedKey } from 'ssh2';
import { Cursor } from '../../wire/cursor.ts';
import { Framer } from '../../wire/framer.ts';
import { type Certificate, certificateOf } from './certificates/certificate.ts';
import { algorithmOf } from './certificates/certified-key.ts';
import { certificateWords } from './certificates/user.ts';
import { FRAMING } from './lending/agent-messages.ts';
import { utils } from './library.ts';
import { fingerprintOf } from './openssh-key.ts';
import type { Signer } from './ssh2-login.ts';
import { readString, sshString, uint32 } from './strings.ts';

/*
 * The operator's agent (draft-ietf-sshm-ssh-agent), asked directly: ssh2 leaves out what it does not know.
 *
 *   11  list: nothing            → 12  uint32 count, so many times: string key, string comment
 *   13  sign: string key, string data, uint32 flags  → 14  string signature
 */
const REQUEST = { list: 11, sign: 13 } as const;
const ANSWER = { list: 12, sign: 14 } as const;

/** Of RSA keys: without it, they sign with SHA-1. */
const RSA_SHA2_512 = 4;

/** Keys on security keys (PROTOCOL.u2f of OpenSSH): the agent sees to their being touched. */
const SECURITY_KEYS: ReadonlySet<string> = new Set([
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]);

/** What an agent holds, as far as anybody can be logged in with it. */
export interface Held {
  /** Certified keys first: servers count attempts. */
  readonly keys: readonly (Signer | ParsedKey)[];
  readonly certificates: readonly Certificate[];
}

/**
 * Asks the operator's agent what it holds. `isUseful`: whether a certificate is worth to be shown.
 * @throws Error when it does not answer as agents do
 */
export async function heldBy(agent: BaseAgent, isUseful: (certificate: Certificate) => boolean): Promise<Held> {
  const blobs = keysIn(await ask(agent, [Buffer.from([REQUEST.list])]));
  const certificates = blobs.map(certificateOf).filter((one): one is Certificate => one?.use === 'user');
  const certified = certificates.filter(isUseful).map((one) => certifiedSigner(agent, one));
  return { keys: [...certified, ...blobs.flatMap((blob) => bareKey(agent, blob) ?? [])], certificates };
}

function certifiedSigner(agent: BaseAgent, certificate: Certificate): Signer {
  const { blob, keyType } = certificate;
  const flags = keyType === 'ssh-rsa' ? RSA_SHA2_512 : 0;
  const words = certificateWords(certificate);
  return {
    algorithm: algorithmOf(certificate),
    blob,
    words,
    sign: (data: Buffer) => signature(agent, blob, data, flags),
  };
}

/** Null for what nobody knows how to use. */
function bareKey(agent: BaseAgent, blob: Buffer): Signer | ParsedKey | null {
  const type = readString(new Cursor(blob)).toString('latin1');
  if (SECURITY_KEYS.has(type)) {
    const words = `the security key ${fingerprintOf(blob)}`;
    return { algorithm: type, blob, words, sign: (data: Buffer) => signature(agent, blob, data, 0) };
  }
  const key = utils.parseKey(blob);
  return key instanceof Error ? null : key;
}

async function signature(agent: BaseAgent, blob: Buffer, data: Buffer, flags: number): Promise<Buffer> {
  const words = [Buffer.from([REQUEST.sign]), sshString(blob), sshString(data), uint32(flags)];
  const cursor = new Cursor(await ask(agent, words));
  const type = cursor.uint8();
  const signed = readString(cursor);
  if (type === ANSWER.sign && cursor.finished) return signed;
  throw new Error('the agent does not sign');
}

function keysIn(answer: Buffer): readonly Buffer[] {
  const cursor = new Cursor(answer);
  const type = cursor.uint8();
  const count = cursor.uint32();
  const blobs: Buffer[] = [];
  while (cursor.intact && blobs.length < count) {
    blobs.push(readString(cursor));
    readString(cursor);
  }
  if (type === ANSWER.list && cursor.finished) return blobs;
  throw new Error('the agent does not say what it holds');
}

/** One request, and what is answered, without its length. */
async function ask(agent: BaseAgent, parts: readonly Buffer[]): Promise<Buffer> {
  const stream = await connected(agent);
  try {
    stream.write(sshString(Buffer.concat(parts)));
    const framer = new Framer(FRAMING);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      framer.feed(chunk);
      const answer = framer.next();
      if (answer !== null) return answer.subarray(uint32(0).length);
    }
    throw new Error('the agent closed the connection');
  } finally {
    stream.destroy();
  }
}

function connected(agent: BaseAgent): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  agent.getStream?.((error, stream) => {
    if (stream === undefined) reject(error ?? new Error('there is no agent'));
    else resolve(stream);
  });
  return promise;
}

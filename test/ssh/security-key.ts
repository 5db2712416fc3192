import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cursor } from '../../src/wire/cursor.ts';
import { Framer } from '../../src/wire/framer.ts';
import { FRAMING } from '../../src/protocols/ssh/lending/agent-messages.ts';
import { readString, sshString, uint32 } from '../../src/protocols/ssh/strings.ts';

/** An agent with a key as a security key has it (PROTOCOL.u2f of OpenSSH), which is touched whenever it is to be. */
export interface SecurityKeyAgent {
  readonly socket: string;
  /** `sk-ssh-ed25519@openssh.com AAAA…`. */
  readonly publicKey: string;
  /** Takes a certificate of that key, which it then holds, too. */
  take(certificate: Buffer): void;
  stop(): void;
}

const TYPE = 'sk-ssh-ed25519@openssh.com';
const APPLICATION = 'ssh:';
const TOUCHED = 1;

/** `isTouched`: false for one that nobody touches in time. */
export async function startSecurityKeyAgent(isTouched = true): Promise<SecurityKeyAgent> {
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-sk-'));
  const socket = join(directory, 'agent');
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const blob = Buffer.concat([sshString(TYPE), sshString(point), sshString(APPLICATION)]);
  const digest = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();
  const signature = (data: Buffer): Buffer => {
    const tail = Buffer.concat([Buffer.from([TOUCHED]), uint32(7)]);
    const signed = sign(null, Buffer.concat([digest(APPLICATION), tail, digest(data)]), privateKey);
    return Buffer.concat([sshString(TYPE), sshString(signed), tail]);
  };
  const held: Buffer[] = [blob];
  const answer = (message: Buffer): Buffer => {
    const cursor = new Cursor(message, 4);
    if (cursor.uint8() === LIST) return listed(held);
    if (!isTouched) return Buffer.from([FAILURE]);
    readString(cursor);
    return Buffer.concat([Buffer.from([SIGNED]), sshString(signature(readString(cursor)))]);
  };
  const server = createServer((client) => {
    const framer = new Framer(FRAMING);
    client
      .on('error', () => undefined)
      .on('data', (chunk) => {
        framer.feed(chunk);
        for (let message = framer.next(); message !== null; message = framer.next())
          client.write(sshString(answer(message)));
      });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    publicKey: `${TYPE} ${blob.toString('base64')}`,
    take: (certificate) => void held.push(certificate),
    stop: () => {
      server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Messages of the agent protocol. */
const FAILURE = 5;
const LIST = 11;
const LISTED = 12;
const SIGNED = 14;

function listed(blobs: readonly Buffer[]): Buffer {
  const keys = blobs.flatMap((blob) => [sshString(blob), sshString('')]);
  return Buffer.concat([Buffer.from([LISTED]), uint32(blobs.length), ...keys]);
}

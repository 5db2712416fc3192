import type { Client as SshClient, ClientChannel, Connection, ExecOptions } from 'ssh2';
import { doorKeys } from '../../src/protocols/ssh/door-keys.ts';
import { Client } from '../../src/protocols/ssh/library.ts';
import type { SshStage } from './stage.ts';

/** ssh2's client, let in through the door. */
export function enter(stage: SshStage): Promise<SshClient> {
  const client = new Client();
  const { address } = stage.door;
  if (address.kind !== 'tcp') throw new Error('no port');
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client)).on('error', reject);
    const { user: username } = stage.credential;
    const privateKey = doorKeys(stage.credential).client.privateText;
    client.connect({ host: address.host, port: address.port, username, privateKey });
  });
}

export function run(client: SshClient, command: string, options: ExecOptions = {}): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
}

/** All that it says until it ends, and how it ended. */
export async function outcomeOf(channel: ClientChannel): Promise<{ readonly said: string; readonly exit: unknown }> {
  let said = '';
  let exit: unknown = null;
  channel.on('data', (bytes: Buffer) => void (said += bytes.toString()));
  channel.stderr.on('data', (bytes: Buffer) => void (said += bytes.toString()));
  channel.once('exit', (code: number | null, signal?: string) => void (exit = code ?? signal));
  await new Promise((resolve) => channel.once('close', resolve));
  return { said, exit };
}

/** Sends a message that ssh2 would not. */
export function sayAsItIs(from: SshClient | Connection, payload: Buffer): void {
  const { _packetRW: packets, _cipher: cipher } = (from as unknown as { readonly _protocol: Packets })._protocol;
  const packet = packets.write.alloc(payload.length);
  packet.set(payload, packets.write.allocStart);
  cipher.encrypt(packets.write.finalize(packet));
}

interface Packets {
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      alloc(length: number): Buffer;
      finalize(packet: Buffer): Buffer;
    };
  };
  readonly _cipher: { encrypt(packet: Buffer): void };
}

import type { ClientChannel } from 'ssh2';
import type { Exit } from './ssh2.ts';

const EXITS = new WeakMap<ClientChannel, Promise<Exit | null>>();

/**
 * How the program on a channel ends; null when the target does not say. Resolves when the channel is closed. To be called
 * once as soon as there is a channel: all of it may have come in the same packet.
 */
export function exitOf(channel: ClientChannel): Promise<Exit | null> {
  const known = EXITS.get(channel);
  if (known !== undefined) return known;
  let exit: Exit | null = null;
  channel.once('exit', (code: number | null, name?: string, coreDumped?: boolean) => {
    exit =
      code !== null
        ? { kind: 'code', code }
        : { kind: 'signal', name: name ?? 'SIGKILL', coreDumped: coreDumped === true };
  });
  const ended = new Promise<Exit | null>((resolve) => channel.once('close', () => resolve(exit)));
  EXITS.set(channel, ended);
  return ended;
}

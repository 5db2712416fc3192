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
        : { kind: 'signal', name: signalOf(name), coreDumped: coreDumped === true };
  });
  const ended = new Promise<Exit | null>((resolve) => channel.once('close', () => resolve(exit)));
  EXITS.set(channel, ended);
  return ended;
}

/** What a system calls a signal. Anything else would be words of the target's, which nobody has looked at. */
const NAME = /^SIG[A-Z0-9]{1,12}$/;

function signalOf(name = ''): string {
  return NAME.test(name) ? name : 'SIGUNKNOWN';
}

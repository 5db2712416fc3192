import type { Client, Connection } from 'ssh2';

interface Negotiating {
  /** What this side offered, best first. */
  readonly _offer: { readonly lists: Record<'kex' | 'serverHostKey', { readonly array: readonly string[] }> };
  /** Its `_remoteKexinit`: the other side's offer as it came. */
  readonly _kex?: { readonly _remoteKexinit?: Buffer };
  _skipNextInboundPacket: boolean;
}

/**
 * Takes the first guess at a key exchange that the other side may send along with what it offers: ssh2 would drop all of them, and
 * dropbear's clients wait for an answer. Wrong ones are dropped as ever. To be called when a connection has begun.
 */
export function takeGuesses(connection: Client | Connection): void {
  const wire = (connection as unknown as { readonly _protocol: Negotiating })._protocol;
  let isGuessed = false;
  Object.defineProperty(wire, '_skipNextInboundPacket', {
    get: () => {
      const skips = isGuessed && !isRight(wire);
      isGuessed = false;
      return skips;
    },
    set: (value: boolean) => {
      isGuessed = value;
    },
  });
}

/** Whether both sides like the same exchange and host key best (RFC 4253, section 7). */
function isRight({ _offer: { lists }, _kex: exchange }: Negotiating): boolean {
  const [kex, hostKey] = namesIn(exchange?._remoteKexinit ?? Buffer.alloc(0));
  return kex?.[0] === lists.kex.array[0] && hostKey?.[0] === lists.serverHostKey.array[0];
}

/** Type and cookie, in front of the lists of a KEXINIT. */
const HEAD = 17;

/** The first two lists: exchanges and host keys. */
function namesIn(offer: Buffer): readonly (readonly string[])[] {
  const lists: (readonly string[])[] = [];
  let at = HEAD;
  while (lists.length < 2 && at + 4 <= offer.length) {
    const end = at + 4 + offer.readUInt32BE(at);
    lists.push(offer.toString('latin1', at + 4, end).split(','));
    at = end;
  }
  return lists;
}

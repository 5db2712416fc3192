import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client, Connection } from 'ssh2';
import { giveBack } from './memory.ts';
import { interceptPackets } from './ssh2.ts';

/** Bytes that wait for what else is written in the same turn: more than these would hide nothing of the cost of a write. */
const LOT = 256 * 1024;

/**
 * Sends all that ssh2 writes in one turn of the event loop in one go: by itself it writes packet by packet, and each
 * wakes the other side. To be called before the first exchange of keys.
 */
export function sendTogether(connection: Client | Connection, stream: Duplex): void {
  const lot = new Lot(stream);
  interceptPackets(connection, (packet, write) => lot.add(packet, write));
}

/** Packets that are sent together. */
class Lot {
  readonly #stream: Duplex;
  #packets: Uint8Array[] = [];
  readonly #send = (): void => this.#flush();

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  add(packet: Uint8Array, write: (packet: Uint8Array) => void): void {
    if (this.#packets.length === 0) {
      this.#stream.cork();
      process.nextTick(this.#send);
    }
    this.#packets.push(packet);
    write(packet);
    if (this.#stream.writableLength >= LOT) this.#flush();
  }

  #flush(): void {
    if (this.#packets.length === 0) return;
    const packets = this.#packets;
    this.#packets = [];
    this.#stream.uncork();
    // What a socket has taken at once is with the kernel; other streams may still have the packets themselves.
    if (this.#stream instanceof Socket && this.#stream.writableLength === 0)
      for (const packet of packets) giveBack(packet);
  }
}

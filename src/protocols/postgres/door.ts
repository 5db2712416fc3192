import { timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { HoopError } from '../../core/errors.ts';
import type { Inbound } from '../../wire/inbound.ts';
import { BACKEND, cstring, FRONTEND, frame, HEADER, int32 } from './frames.ts';
import { overLimit, PLAUSIBLE_PACKET } from './limits.ts';
import type { Reception } from './reception.ts';
import { errorResponse, type Fault } from './refuse.ts';
import { MECHANISM, ScramServer } from './scram.ts';
import { admit, decodeStartup, PROTOCOL_3_0, type Startup, type StartupPacket } from './startup.ts';

const authentication = (kind: number, ...rest: readonly Buffer[]): Buffer =>
  frame(BACKEND.authentication, int32(kind), ...rest);

const WRONG_PASSWORD: Fault = {
  severity: 'FATAL',
  code: '28P01',
  message: 'this door opens only with the user and password that hoopctl printed for this session',
  hint: 'Use the PG* variables of the session: hoopctl connect TARGET -- psql',
};

/** Lets one client in: start-up, and proof of the session's secret. */
export class Door {
  readonly #client: Duplex;
  readonly #inbound: Inbound;
  readonly #reception: Reception;

  constructor(client: Duplex, inbound: Inbound, reception: Reception) {
    this.#client = client;
    this.#inbound = inbound;
    this.#reception = reception;
  }

  /**
   * What the client asked for, once it has proven the secret; null when it wanted nothing but a cancellation, or was
   * turned away (and told why).
   * @throws HoopError `wire.*` when it does not speak the protocol
   */
  async admit(): Promise<Startup | null> {
    const packet = await this.#startup();
    if (packet === null) return null;
    const startup = admit(packet);
    if (!('settings' in startup)) return this.#turnAway(startup);
    if (startup.newer || startup.unknownOptions.length > 0) this.#negotiate(startup);
    if (!(await this.#authenticate(startup))) {
      // Nobody has a reason to try: the secret was made for this session, and is printed nowhere else.
      this.#reception.warnOnce('a client that does not know the user and password of this session was turned away');
      return this.#turnAway(WRONG_PASSWORD);
    }
    const { database } = this.#reception.session.target;
    if (startup.database !== database) {
      const hint = `Connect to database ${JSON.stringify(database)}, or configure another target.`;
      return this.#turnAway({
        severity: 'FATAL',
        code: '3D000',
        message: 'this door leads to one database only',
        hint,
      });
    }
    return startup;
  }

  #turnAway(fault: Fault): null {
    this.#client.end(errorResponse(fault));
    return null;
  }

  async #startup(): Promise<(StartupPacket & { kind: 'startup' }) | null> {
    const asked = new Set<string>();
    for (;;) {
      const packet = await this.#packet();
      switch (packet.kind) {
        case 'startup':
          return packet;
        case 'cancel':
          // As in PostgreSQL the client hears nothing, and knows by the end that it is done.
          await this.#reception.keys.use(packet.process, packet.key);
          this.#client.end();
          return null;
        case 'malformed':
          throw new HoopError('wire.protocol', `the client does not speak PostgreSQL’s protocol (${packet.reason})`);
        case 'ssl':
        case 'gssenc':
          // Bytes sent before the answer is known would be plain where the client meant them to be encrypted.
          if (this.#inbound.early > 0 || asked.has(packet.kind)) {
            throw new HoopError('wire.protocol', 'the client sent bytes before encryption was agreed on');
          }
          asked.add(packet.kind);
          this.#client.write('N');
      }
    }
  }

  async #packet(): Promise<StartupPacket> {
    const prefix = await this.#inbound.exactly(4);
    const length = prefix.readInt32BE();
    if (length < 8 || length > PLAUSIBLE_PACKET) {
      throw new HoopError('wire.protocol', 'the client does not speak PostgreSQL’s protocol');
    }
    this.#fits('start-up packet', length);
    return decodeStartup(Buffer.concat([prefix, await this.#inbound.exactly(length - 4)]));
  }

  #fits(what: string, length: number): void {
    const { startupPacket } = this.#reception.session.target.limits;
    if (length <= startupPacket) return;
    throw overLimit('startupPacket', `a client’s ${what} of ${length} bytes is over the limit of ${startupPacket}`);
  }

  /** NegotiateProtocolVersion: Int32 version, Int32 n, n × String option. */
  #negotiate(startup: Startup): void {
    const options = startup.unknownOptions.map(cstring);
    this.#client.write(
      frame(BACKEND.negotiateProtocolVersion, int32(PROTOCOL_3_0 | startup.minor), int32(options.length), ...options),
    );
  }

  async #authenticate(startup: Startup): Promise<boolean> {
    const server = new ScramServer(await this.#reception.verifier);
    this.#client.write(authentication(10, cstring(MECHANISM), Buffer.from([0])));
    const initial = await this.#password();
    const first = server.first(decodeInitial(initial) ?? '');
    if (first === null) return false;
    this.#client.write(authentication(11, Buffer.from(first, 'utf8')));
    const final = server.final((await this.#password()).toString('utf8'));
    if (final === null || !same(startup.user, this.#reception.session.door.user)) return false;
    this.#client.write(Buffer.concat([authentication(12, Buffer.from(final, 'utf8')), authentication(0)]));
    return true;
  }

  /** Body of the next message, which must be one of the `p` family. */
  async #password(): Promise<Buffer> {
    const header = await this.#inbound.exactly(HEADER);
    const length = header.readInt32BE(1);
    if (header[0] !== FRONTEND.password || length < 4 || length > PLAUSIBLE_PACKET) {
      throw new HoopError('wire.protocol', 'the client did not answer the request for its password');
    }
    this.#fits('message of its login', length);
    return this.#inbound.exactly(length - 4);
  }
}

/** SASLInitialResponse: String mechanism, Int32 length, bytes. Null when malformed or another mechanism. */
function decodeInitial(body: Buffer): string | null {
  const prefix = cstring(MECHANISM);
  if (!body.subarray(0, prefix.length).equals(prefix) || body.length < prefix.length + 4) return null;
  const response = body.subarray(prefix.length + 4);
  return body.readInt32BE(prefix.length) === response.length ? response.toString('utf8') : null;
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}

import type { ClientChannel, ServerChannel } from 'ssh2';
import type { Guard } from '../../../core/guard.ts';
import { refuseOpening } from '../ssh2.ts';
import type { Crossings, Passage } from './crossings.ts';
import { type NotOpened, notOpened, opened, PROHIBITED, SHORTAGE, UNCONNECTED, UNREADABLE } from './opening.ts';
import { permissionOf } from './permission.ts';
import { placeOf, placeText, socketOf } from './place.ts';

/** What a client wants to be connected to. */
interface Wanted {
  /** Null when it is not written so that it could be judged. */
  readonly place: string | null;
  readonly open: () => Promise<ClientChannel>;
  readonly accept: () => ServerChannel | undefined;
  readonly reject: () => void;
}

/** Connections from the client to what the target can reach: `ssh -L`, `-D`, `-W`, `-J`. */
export class LocalForwards {
  readonly #crossings: Crossings;

  constructor(crossings: Crossings) {
    this.#crossings = crossings;
  }

  /** From here on answers what the client asks for. */
  attend(): void {
    const { connection, upstream } = this.#crossings.line;
    connection.on('tcpip', (accept, reject, { destIP, destPort, srcIP, srcPort }) => {
      const place = placeOf(destIP, destPort);
      const open = async (): Promise<ClientChannel> => {
        const { client } = await upstream;
        return opened((done) => client.forwardOut(srcIP, srcPort, place?.host ?? '', destPort, done));
      };
      void this.#lead({ place: place === null ? null : placeText(place), open, accept, reject });
    });
    connection.on('openssh.streamlocal', (accept, reject, { socketPath }) => {
      const path = socketOf(socketPath);
      const open = async (): Promise<ClientChannel> => {
        const { client } = await upstream;
        return opened((done) => client.openssh_forwardOutStreamLocal(path ?? '', done));
      };
      void this.#lead({ place: path === null ? null : `unix:${path}`, open, accept, reject });
    });
  }

  async #lead(wanted: Wanted): Promise<void> {
    const leave = this.#crossings.enter();
    if (leave === null) return this.#refuse(wanted, SHORTAGE);
    const { line } = this.#crossings;
    const guard = line.guard();
    try {
      await this.#cross(wanted, guard);
    } catch (error) {
      const why = notOpened(error, guard);
      if (why === null) line.session.warn('a forward failed for a reason that is a bug in hoopctl');
      this.#refuse(wanted, why ?? { reason: UNCONNECTED, words: 'hoopctl failed' });
    } finally {
      leave();
    }
  }

  async #cross(wanted: Wanted, guard: Guard): Promise<void> {
    const { line, withdrawal } = this.#crossings;
    const { place, open, accept } = wanted;
    if (place === null) return this.#refuse(wanted, UNREADABLE);
    // Before anybody is asked: there may be no target to connect from.
    await line.upstream;
    const pipes = new Set<Passage>();
    const sever = (): void => pipes.forEach((pipe) => pipe.drop());
    const permission = await permissionOf(guard, { direction: 'local', place, withdrawal, sever });
    if (!permission.granted) return this.#refuse(wanted, { reason: PROHIBITED, words: permission.words });
    const statement = permission.number;
    const done = { type: 'complete', connection: line.number, statement, rows: 0 } as const;
    const upstream = await open().catch(async (error: unknown) => {
      await guard.note({ ...done, tag: 'not connected', bytes: 0 });
      throw error;
    });
    const client = withdrawal.aborted ? undefined : accept();
    if (client === undefined) return void upstream.close();
    const { bytes } = await this.#crossings.carry({ client, upstream, guard, statement }, pipes);
    await guard.note({ ...done, tag: 'closed', bytes });
  }

  #refuse({ reject }: Wanted, { reason, words }: NotOpened): void {
    refuseOpening(this.#crossings.line.connection, reject, { reason, words: `hoopctl: ${words}` });
  }
}

import { PassThrough } from 'node:stream';
import type { ServerChannel } from 'ssh2';

type Reader = (bytes: Buffer) => void;

const NOBODY: Reader = () => undefined;

/** What a client sends on its channel, and who reads it at the moment: what nobody reads is dropped. */
export class Intake {
  readonly #channel: ServerChannel;
  #reader: Reader = NOBODY;
  #ended: () => void = () => undefined;
  #isOver = false;

  constructor(channel: ServerChannel) {
    this.#channel = channel;
    const end = (): void => {
      this.#isOver = true;
      this.#ended();
    };
    channel.on('data', (bytes: Buffer) => this.#reader(bytes));
    channel.once('end', end).once('close', end);
  }

  /** `ended` is called when no more comes, at once where that is so already. */
  read(reader: Reader, ended: () => void): void {
    this.#reader = reader;
    this.#ended = ended;
    if (this.#isOver) ended();
  }

  /** Nothing is read before that: whoever types does not keep up with what is shown of it. */
  rest(until: Promise<void>): void {
    this.#channel.pause();
    void until.then(() => this.#channel.resume());
  }

  drop(): void {
    this.#reader = NOBODY;
    this.#ended = () => undefined;
  }

  /** All that comes from now on, for a program that runs. What is left in it when the program ends is dropped. */
  stream(): PassThrough {
    const stream = new PassThrough();
    const resume = (): void => void this.#channel.resume();
    stream.on('drain', resume).once('close', resume);
    this.read(
      (bytes) => {
        if (!stream.write(bytes)) this.#channel.pause();
      },
      () => void stream.end(),
    );
    return stream;
  }
}

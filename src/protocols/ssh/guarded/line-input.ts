import type { LineReader } from '../../../core/line-reader.ts';
import { completionOf, NOTHING_FOLLOWS, placeOf, wantedBy, type Completion } from './completion.ts';
import type { Intake } from './intake.ts';
import { type EditorEvent, LineEditor } from './line-editor.ts';
import type { Listing } from './listing.ts';
import { usableWindow, type Window } from './painter.ts';

export interface LineInputOptions {
  readonly intake: Intake;
  readonly listing: Listing;
  readonly programs: LineReader['programs'];
  readonly window: Window;
  /** Shows what is drawn, to the client alone. Null when there is room for more, else a promise of that. */
  readonly draw: (text: string) => Promise<void> | null;
}

/** How the writing of a line ended. */
export type Written = Exclude<EditorEvent, { readonly kind: 'complete' }>;

const INTERRUPT = 0x03;
/** Bytes that are typed while names are looked up. */
const MOST_TYPED = 4096;
/**
 * What a program may have left behind is taken back, where the cursor is: the other screen, reports of a mouse and of the
 * focus, a part of the window that scrolls by itself, letters that are drawn as lines, colours, a hidden cursor, letters that
 * push others on, rows that do not wrap, keys of another kind.
 */
export const PLAIN = [
  '\u001b[?47l\u001b7\u001b[r\u001b8',
  '\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1004l\u001b[?1006l',
  '\u001b(B\u000f\u001b[0m\u001b[?25h\u001b[4l\u001b[?7h\u001b[?1l\u001b>',
].join('');

/** Has lines written, one after the other, by whoever types on a channel. */
export class LineInput {
  readonly #options: LineInputOptions;
  readonly #editor: LineEditor;
  #window: Window;
  #isEditing = false;

  constructor(options: LineInputOptions) {
    this.#options = options;
    this.#window = usableWindow(options.window);
    this.#editor = new LineEditor(this.#window);
  }

  get history(): LineEditor['history'] {
    return this.#editor.history;
  }

  /** See `LineEditor.pasted`. */
  get pasted(): number {
    return this.#editor.pasted;
  }

  /** Lines that were pasted are given up. */
  forget(): void {
    this.#editor.forget();
  }

  resize(window: Window): void {
    this.#window = usableWindow(window);
    if (this.#isEditing) this.#draw(this.#editor.resize(this.#window));
    else this.#editor.setWindow(this.#window);
  }

  /** Gives the terminal back from the middle of a line. */
  leave(): void {
    if (this.#isEditing) this.#draw(this.#editor.leave());
    this.#isEditing = false;
  }

  #draw(text: string): void {
    const room = this.#options.draw(text);
    if (room !== null) this.#options.intake.rest(room);
  }

  /**
   * Has one line written that runs in `directory`. `afresh`: a program may have left the cursor anywhere. `end` comes
   * also when nothing more can be typed.
   */
  line(
    prompt: string,
    { directory, afresh }: { readonly directory: string; readonly afresh: boolean },
  ): Promise<Written> {
    const { intake } = this.#options;
    this.#isEditing = true;
    return new Promise<Written>((resolve) => {
      const done = (written: Written): void => {
        this.#isEditing = false;
        intake.drop();
        resolve(written);
      };
      const over = (): void => done({ kind: 'end' });
      const take = (bytes: Buffer): void => {
        const { drawn, event } = this.#editor.push(bytes);
        this.#draw(drawn);
        if (event?.kind === 'complete') void complete(event.before);
        else if (event !== null) done(event);
      };
      const complete = async (before: string): Promise<void> => {
        const { typed, completion } = await this.#ask(before, directory, over);
        if (!this.#isEditing) return;
        this.#draw(this.#editor.complete(completion.inserted, completion.shown));
        intake.read(take, over);
        take(typed);
      };
      // From wherever the cursor is to the beginning of a row: a full row of blanks ends in the next, unless it began one.
      this.#draw((afresh ? `${PLAIN}${' '.repeat(this.#window.columns)}\r` : '') + this.#editor.begin(prompt));
      intake.read(take, over);
    });
  }

  /** What could follow, and what was typed while it was looked up. */
  async #ask(
    before: string,
    directory: string,
    over: () => void,
  ): Promise<{ readonly typed: Buffer; readonly completion: Completion }> {
    const { intake } = this.#options;
    const stopped = Promise.withResolvers<Completion>();
    const typed: Buffer[] = [];
    let length = 0;
    intake.read((bytes) => {
      length += bytes.length;
      if (length <= MOST_TYPED) typed.push(bytes);
      if (bytes.includes(INTERRUPT)) stopped.resolve(NOTHING_FOLLOWS);
    }, over);
    const completion = await Promise.race([this.#completion(before, directory), stopped.promise]);
    return { typed: Buffer.concat(typed), completion };
  }

  async #completion(before: string, directory: string): Promise<Completion> {
    const { listing, programs } = this.#options;
    const { columns } = this.#window;
    const wanted = wantedBy(before);
    switch (wanted?.kind) {
      case undefined:
        return NOTHING_FOLLOWS;
      case 'program':
        return completionOf(
          wanted,
          programs.map((name) => ({ name, isDirectory: false })),
          columns,
        );
      case 'path':
        return completionOf(wanted, await listing.list(placeOf(wanted, directory)), columns);
    }
  }
}

/** UTF-16 units of one line. What is more is left out. */
const LONGEST = 16 * 1024;

const SEGMENTS = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A line that is written, and where in it: what people take for one character is one. */
export class LineBuffer {
  #before: string[] = [];
  #after: string[] = [];
  /** What was cut out last, to be put in elsewhere. */
  #cut = '';

  get text(): string {
    return this.before + this.after;
  }

  /** What stands in front of the cursor. */
  get before(): string {
    return this.#before.join('');
  }

  get after(): string {
    return this.#after.join('');
  }

  /** The cursor stands behind it. */
  replace(text: string): void {
    this.#before = charactersOf(text.slice(0, LONGEST));
    this.#after = [];
  }

  /** False when there was no room for all of it. */
  insert(text: string): boolean {
    const room = Math.max(0, LONGEST - this.text.length);
    if (room > 0) {
      // A mark that is typed by itself stands on what is there.
      const last = this.#before.pop() ?? '';
      this.#before.push(...charactersOf(last + text.slice(0, room)));
    }
    return text.length <= room;
  }

  left(): boolean {
    return moved(this.#before, this.#after);
  }

  right(): boolean {
    const next = this.#after.shift();
    if (next !== undefined) this.#before.push(next);
    return next !== undefined;
  }

  home(): void {
    this.#after = [...this.#before, ...this.#after];
    this.#before = [];
  }

  end(): void {
    this.#before = [...this.#before, ...this.#after];
    this.#after = [];
  }

  wordLeft(): void {
    const at = this.#wordStart();
    this.#after = [...this.#before.slice(at), ...this.#after];
    this.#before = this.#before.slice(0, at);
  }

  wordRight(): void {
    const at = this.#wordEnd();
    this.#before = [...this.#before, ...this.#after.slice(0, at)];
    this.#after = this.#after.slice(at);
  }

  backspace(): boolean {
    return this.#before.pop() !== undefined;
  }

  delete(): boolean {
    return this.#after.shift() !== undefined;
  }

  cutToEnd(): void {
    this.#cut = this.after;
    this.#after = [];
  }

  cutToStart(): void {
    this.#cut = this.before;
    this.#before = [];
  }

  /** Up to the blank before it. */
  cutBlankWord(): void {
    let at = this.#before.length;
    while (at > 0 && isBlank(this.#before[at - 1])) at -= 1;
    while (at > 0 && !isBlank(this.#before[at - 1])) at -= 1;
    this.#cutBefore(at);
  }

  cutWordBack(): void {
    this.#cutBefore(this.#wordStart());
  }

  cutWord(): void {
    const at = this.#wordEnd();
    this.#cut = this.#after.slice(0, at).join('');
    this.#after = this.#after.slice(at);
  }

  paste(): boolean {
    return this.insert(this.#cut);
  }

  /** Changes the two characters around the cursor for each other, at the end the last two. */
  transpose(): boolean {
    if (this.#after.length === 0) this.left();
    const [previous, next] = [this.#before.pop(), this.#after.shift()];
    if (previous === undefined || next === undefined) {
      if (next !== undefined) this.#after.unshift(next);
      if (this.#after.length === 1) this.right();
      return false;
    }
    this.#before.push(next, previous);
    return true;
  }

  #cutBefore(at: number): void {
    this.#cut = this.#before.slice(at).join('');
    this.#before = this.#before.slice(0, at);
  }

  #wordStart(): number {
    let at = this.#before.length;
    while (at > 0 && !isWord(this.#before[at - 1])) at -= 1;
    while (at > 0 && isWord(this.#before[at - 1])) at -= 1;
    return at;
  }

  #wordEnd(): number {
    let at = 0;
    while (at < this.#after.length && !isWord(this.#after[at])) at += 1;
    while (at < this.#after.length && isWord(this.#after[at])) at += 1;
    return at;
  }
}

function charactersOf(text: string): string[] {
  return Array.from(SEGMENTS.segment(text), ({ segment }) => segment);
}

function moved(from: string[], to: string[]): boolean {
  const last = from.pop();
  if (last !== undefined) to.unshift(last);
  return last !== undefined;
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && /^\s/u.test(character);
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^[\p{L}\p{N}\p{M}_]/u.test(character);
}

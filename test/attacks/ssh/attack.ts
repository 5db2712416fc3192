/**
 * A way to do harm beneath a directory of its own, written as `§`: to change what lies in `§/srv`, to show what
 * is in `§/srv/key`, or to run the program `wreck §`, which leaves its mark.
 */
export interface Attack {
  readonly command: string;
  /** What an earlier visitor has left on the server. */
  readonly before?: string;
  /** What it reads. */
  readonly input?: string;
  /** Variables that are asked for. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One for each line that is not empty. */
export function lines(text: string): readonly Attack[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((command) => ({ command }));
}

/** What a command is encoded as, by the name that stands in `«name command»`. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => Buffer.from(text).toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  escapes: (text) => Buffer.from(text).toString('hex').replaceAll(/../g, '\\x$&'),
  octal: (text) => [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  unicode: (text) =>
    Array.from(text, (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join(''),
  reversed: (text) => Array.from(text).toReversed().join(''),
  rot13: (text) =>
    text.replaceAll(/[a-z]/gi, (one) => {
      const base = one <= 'Z' ? 65 : 97;
      return String.fromCodePoint(((one.charCodeAt(0) - base + 13) % 26) + base);
    }),
};

/** The text of an attack on one directory. */
export function aimed(text: string, directory: string): string {
  const placed = text.replaceAll('§', directory);
  return placed.replaceAll(/«(\w+) ([^»]*)»/g, (whole, name: string, plain: string) => {
    const encode = ENCODINGS[name];
    if (encode === undefined) throw new Error(`there is no such encoding: ${whole}`);
    return encode(plain);
  });
}

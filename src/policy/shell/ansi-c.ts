const NAMED: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const NUMBERED = /x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})/uy;

/** Reads `$'…'` from behind its opening quote; `end` is behind the closing one. */
export function decodeAnsiC(source: string, start: number): { readonly text: string; readonly end: number } {
  let text = '';
  let at = start;
  while (at < source.length) {
    const char = source[at++] ?? '';
    if (char === "'") break;
    if (char !== '\\') {
      text += char;
      continue;
    }
    NUMBERED.lastIndex = at;
    const match = NUMBERED.exec(source);
    if (match !== null) {
      const digits = match[1] ?? match[2] ?? match[3];
      text += characterOf(digits === undefined ? parseInt(match[4] ?? '0', 8) & 0xff : parseInt(digits, 16));
      at = NUMBERED.lastIndex;
      continue;
    }
    const next = source[at++] ?? '';
    text += NAMED[next] ?? next;
  }
  return { text, end: at };
}

function characterOf(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\u{FFFD}';
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Echo } from '../../src/session/echo.ts';

function open() {
  let told = '';
  let now = 0;
  const echo = new Echo(
    () => now,
    (text) => (told += text.toString('utf8')),
  );
  return {
    echo,
    wait: (milliseconds: number) => void (now += milliseconds),
    type: (text: string) => echo.typed(Buffer.from(text)),
    show: (text: string) => echo.shown(Buffer.from(text)),
    told: () => told,
  };
}

describe('what is typed into a terminal', () => {
  it('is given out line by line when it is echoed', () => {
    const { type, show, told } = open();
    show('$ ');
    for (const letter of 'ls -l') {
      type(letter);
      show(letter);
    }
    expect(told()).toBe('');
    type('\r');
    show('\r\ntotal 0\r\n$ ');
    expect(told()).toBe('ls -l\r');
  });

  it('is counted, and not given out, at a prompt that echoes nothing', () => {
    const { type, show, told } = open();
    show('[sudo] password for ada: ');
    for (const letter of 'hunter') type(letter);
    type('\r');
    show('\r\nhun, welcome\r\n');
    expect(told()).toBe('‹6 keys not shown›\r');
  });

  it('is given out where the terminal echoed it ahead of a prompt that would not have', () => {
    const { type, show, told } = open();
    type('hunter2\r');
    show('hunter2\r\n');
    show('Password: ');
    type('hunter3\r');
    show('\r\n');
    expect(told()).toBe('hunter2\r‹7 keys not shown›\r');
  });

  it('is counted when the program shows something else for it, or the first letters of it only', () => {
    const { type, show, told } = open();
    type('secret\r');
    show('******\r\n');
    type('secret\r');
    show('secre\r\n');
    type('W\r');
    show('Welcome\r\n');
    expect(told()).toBe('‹6 keys not shown›\r‹6 keys not shown›\r‹1 key not shown›\r');
  });

  it('is counted as a whole when echo ends in the middle of a line', () => {
    const { type, show, told } = open();
    type('ab');
    show('ab');
    type('cd\r');
    show('\r\n');
    expect(told()).toBe('‹4 keys not shown›\r');
  });

  it('is known behind colours, movements of the cursor, and what the program shows by itself', () => {
    const { type, show, told } = open();
    type('l');
    show('\u001b[32ml\u001b[0m');
    type('x');
    show('x');
    type('\u007f');
    show('\b\u001b[K');
    type('s\u001b[D\t');
    show('s\u001b[D');
    show('ome-file');
    type('\r');
    show('\u001b[?2004l\r\r\n');
    expect(told()).toBe('lx\u007fs\u001b[D\t\r');
  });

  it('is known when it was pasted, with the frame that a terminal puts around it', () => {
    const { type, show, told } = open();
    type('\u001b[200~echo "ß"\u001b[201~');
    show('\u001b[7mecho "ß"\u001b[27m');
    type('\r');
    show('\r\n');
    expect(told()).toBe('\u001b[200~echo "ß"\u001b[201~\r');
  });

  it('is known over a slow link, where a line is typed before any of it is echoed, but not for ever', () => {
    const { type, show, told, wait } = open();
    type('make all\r');
    wait(3000);
    show('mak');
    show('e all\r\n');
    expect(told()).toBe('make all\r');
    type('late\r');
    wait(20_000);
    show('late\r\n');
    expect(told()).toBe('make all\r‹4 keys not shown›\r');
  });

  it('is counted when it is not over at the end, and when it was broken off', () => {
    const { echo, type, show, told } = open();
    type('sec\u0003');
    type('ret');
    show('ret');
    echo.end();
    expect(told()).toBe('‹3 keys not shown›\u0003‹3 keys not shown›');
  });

  it.each([
    ['\u001b', 'Pa55word'],
    ['\u001b', ']hunter2'],
    ['\u001b', '^secret'],
    ['\u001b', '_secret'],
    ['\u001b', 'Xsecret'],
    ['\u001b', '[12345678z'],
    ['\u001b', '[?x'],
    ['\u001b', 'OK'],
    ['\u001b', 'OOps'],
    ['\u001b', '(ab'],
    ['\u001b\u001b', 'Psecret'],
    ['\u001b[', '(secret'],
    ['\u001b[12;', 'secret'],
    ['\u001bO', 'secret'],
    ['\u001b]', 'secret'],
  ])('is counted where nothing is echoed, also behind an Escape: %j, then %j', (before, secret) => {
    for (const pieces of [[before + secret], Array.from(before + secret), [before, secret]]) {
      const { echo, type, show, told } = open();
      show('Password: ');
      for (const piece of pieces) type(piece);
      type('\r');
      show('\r\n$ ');
      for (const letter of 'ls') {
        type(letter);
        show(letter);
      }
      type('\r');
      show('\r\n');
      echo.end();
      expect(told()).toMatch(/^‹\d+ keys? not shown›\r/u);
      expect(told()).toContain('\rls\r');
      // Whole or in part.
      for (const part of [secret, secret.slice(1), secret.slice(-2)]) expect(told()).not.toContain(part);
    }
  });

  it('keeps nothing of an Escape that ends what is typed', () => {
    const { echo, type, told } = open();
    type('\u001b[12');
    echo.end();
    expect(told()).toBe('‹3 keys not shown›');
  });

  it('shows no letter of a line that is too long to be remembered', () => {
    const { type, told } = open();
    type(`${'x'.repeat(5000)}\r`);
    expect(told()).toBe('‹5000 keys not shown›\r');
  });

  it('takes a bounded part of a line that does not end', () => {
    const { echo, type, told } = open();
    for (let times = 0; times < 100; times += 1) type('x'.repeat(1000));
    echo.end();
    expect(told()).toBe('‹100000 keys not shown›');
  });

  it('is never given out where it was typed while nothing was echoed, whatever is shown and however it is cut', () => {
    // Lines of small letters are typed while the terminal echoes, capitals while it does not. What programs show has both.
    const typed = fc.record({
      letters: fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 }),
      echoes: fc.boolean(),
      /** How many of the letters were echoed before it was turned off. */
      from: fc.nat(6),
      behind: fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', 'C', ' ', '\u001b[1m'), maxLength: 8 }),
      atOnce: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(typed, { maxLength: 12 }), (lines) => {
        const { echo, type, show, told } = open();
        for (const { letters, echoes, from, behind, atOnce } of lines) {
          const off = echoes ? letters.length : Math.min(from, letters.length - 1);
          const keys = `${letters.slice(0, off)}${letters.slice(off).toUpperCase()}`;
          if (atOnce) {
            type(`${keys}\r`);
            show(letters.slice(0, off));
          } else {
            for (const [at, key] of Array.from(keys).entries()) {
              type(key);
              if (at < off) show(key);
            }
            type('\r');
          }
          // A space: what a program shows by itself is not, letter by letter to the end of a line, what was typed.
          show(`\r\n ${behind}\r\n`);
        }
        echo.end();
        expect(told().replaceAll(/‹\d+ keys? not shown›/g, '')).not.toMatch(/[A-Z]/);
      }),
      { numRuns: 500 },
    );
  });
});

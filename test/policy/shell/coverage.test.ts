import { describe, expect, it } from 'vitest';
import { isCovered } from '../../../src/policy/shell/coverage.ts';

/** Where these pieces stand in the text. */
function spansOf(text: string, pieces: readonly string[]): readonly (readonly [number, number])[] {
  return pieces.map((piece) => {
    const at = text.indexOf(piece);
    if (at < 0) throw new Error(`${piece} is not in ${text}`);
    return [at, at + piece.length];
  });
}

/** Whether a text is read to its end when these pieces of it were. */
const isRead = (text: string, ...pieces: readonly string[]): boolean =>
  isCovered(text, 0, text.length, spansOf(text, pieces));

describe('a text of which pieces were read', () => {
  it('is read where nothing but signs, reserved words and comments stands between them', () => {
    expect(isRead('ls; id', 'ls', 'id')).toBe(true);
    expect(isRead('ls; id', 'id', 'ls')).toBe(true);
    expect(isRead('if ls; then id; fi # x', 'ls', 'id')).toBe(true);
    expect(isRead('ls \\\n a', 'ls', 'a')).toBe(true);
    expect(isRead('# nothing')).toBe(true);
    expect(isRead('')).toBe(true);
  });

  it('is not read where anything else is left out: in front, between or behind', () => {
    expect(isRead('rm; ls; id', 'ls', 'id')).toBe(false);
    expect(isRead('ls; rm; id', 'ls', 'id')).toBe(false);
    expect(isRead('ls; id; rm', 'ls', 'id')).toBe(false);
    expect(isRead('ls; id; r', 'ls', 'id')).toBe(false);
    expect(isRead('rm')).toBe(false);
  });

  it('is not read where a word only begins or ends like a reserved one', () => {
    expect(isRead('ls; ifconfig; id', 'ls', 'id')).toBe(false);
    expect(isRead('ls; fi', 'ls')).toBe(true);
    // Of a piece that begins in the midst of a word.
    expect(
      isCovered('ls; fix', 0, 7, [
        [0, 2],
        [6, 7],
      ]),
    ).toBe(false);
  });

  it('is read where pieces lie within each other', () => {
    expect(isRead('ls $(id); w', 'ls', '$(id)', 'id', 'w')).toBe(true);
    expect(isRead('ls $(id) x', 'ls', '$(id)', 'id')).toBe(false);
  });

  it('is looked at from where it begins to where it ends', () => {
    expect(isCovered('rm ls rm', 3, 5, [[3, 5]])).toBe(true);
    expect(isCovered('rm ls rm', 2, 6, [[3, 5]])).toBe(true);
    expect(isCovered('rm ls rm', 1, 5, [[3, 5]])).toBe(false);
    expect(isCovered('rm ls rm', 3, 7, [[3, 5]])).toBe(false);
  });
});

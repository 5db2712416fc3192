import { describe, expect, it } from 'vitest';
import { EMPTY_FIELD, fieldOf, moveField, type } from '../../../src/tui/model/field.ts';
import { fieldLine } from '../../../src/tui/model/field-line.ts';
import { lineWidth, textOf } from '../../../src/tui/safe-text.ts';

describe('a field', () => {
  it('is edited by characters and words', () => {
    const typed = fieldOf('drop 日本 👍');
    expect(moveField(typed, 'backspace').text).toBe('drop 日本 ');
    expect(moveField(moveField(typed, 'delete-word'), 'delete-word').text).toBe('drop ');
    expect(moveField(moveField(typed, 'home'), 'delete').text).toBe('rop 日本 👍');
    expect(type(moveField(moveField(typed, 'left'), 'left'), '!')).toEqual({ text: 'drop 日本! 👍', cursor: 8 });
    expect(moveField(EMPTY_FIELD, 'backspace')).toEqual(EMPTY_FIELD);
  });

  it('takes one line of what can be seen, and no more than a person writes', () => {
    expect(type(EMPTY_FIELD, 'a\r\nb\u0000\u202e\u001b[31m').text).toBe('a b[31m');
    expect(type(EMPTY_FIELD, 'x'.repeat(1_000_000)).text).toHaveLength(2000);
  });

  it('is drawn with its cursor in sight, however little room there is', () => {
    for (const width of [10, 12, 30]) {
      const line = fieldLine('for:', fieldOf('a long text that does not fit'), width);
      expect(lineWidth(line)).toBeLessThanOrEqual(width);
      expect(line.at(-1)).toEqual({ text: ' ', tone: 'found' });
      expect(textOf(line)).toContain('for:');
    }
  });
});

import { describe, expect, it } from 'vitest';
import type { PressedKey } from '../../../src/tui/model/keys.ts';
import { typingOf } from '../../../src/tui/model/typing.ts';

const KEY: PressedKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
};

describe('what is typed into a text', () => {
  it('is text, however much of it comes at once: a line feed within it submits nothing', () => {
    expect(typingOf('a', KEY)).toEqual({ type: 'text', text: 'a' });
    expect(typingOf('yes\ry', KEY)).toEqual({ type: 'text', text: 'yes\ry' });
  });

  it('is submitted and left with keys, and moved in with others', () => {
    expect(typingOf('', { ...KEY, return: true })).toEqual({ type: 'submit' });
    expect(typingOf('', { ...KEY, escape: true })).toEqual({ type: 'leave' });
    expect(typingOf('u', { ...KEY, ctrl: true })).toEqual({ type: 'move', move: 'delete-before' });
    expect(typingOf('', { ...KEY, leftArrow: true })).toEqual({ type: 'move', move: 'left' });
  });

  it('is not what a key with another meaning sends', () => {
    expect(typingOf('r', { ...KEY, ctrl: true })).toBeNull();
    expect(typingOf('x', { ...KEY, meta: true })).toBeNull();
    expect(typingOf('', { ...KEY, upArrow: true })).toBeNull();
  });
});

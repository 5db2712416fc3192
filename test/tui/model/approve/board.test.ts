import { describe, expect, it } from 'vitest';
import type { InboxEvent } from '../../../../src/core/inbox.ts';
import { applied, EMPTY_BOARD, usableGrants } from '../../../../src/tui/model/approve/board.ts';
import { answer, grant, iso, PREVIEW, request, START } from '../../approve/samples.ts';

const come = (...ids: readonly string[]): readonly InboxEvent[] =>
  ids.map((id, index) => ({ type: 'request', request: request(id, {}, index * 1000) }));
const settled = (id: string): InboxEvent => ({ type: 'settled', request: id, outcome: 'expired' });

describe('the board of requests', () => {
  it('has those that wait oldest first, in whatever order they are told', () => {
    expect(applied(EMPTY_BOARD, [...come('a', 'b', 'c')].reverse(), START).waiting).toEqual(['a', 'b', 'c']);
  });

  it('has those that are over the last one first, with how they ended', () => {
    const board = applied(EMPTY_BOARD, [...come('a', 'b', 'c'), settled('b'), settled('a')], START + 5);
    expect(board.waiting).toEqual(['c']);
    expect(board.settled).toEqual(['a', 'b']);
    expect(board.entries.get('a')?.settled).toEqual({ outcome: 'expired', at: START + 5 });
  });

  it('knows more of a request when more is told, but what is over stays over', () => {
    const first = applied(EMPTY_BOARD, come('a'), START);
    const more: InboxEvent = { type: 'request', request: request('a', { preview: PREVIEW }) };
    expect(applied(first, [more], START).entries.get('a')?.request.preview).toBe(PREVIEW);
    const over = applied(first, [settled('a'), more, settled('a')], START);
    expect(over.waiting).toEqual([]);
    expect(over.settled).toEqual(['a']);
    expect(over.entries.get('a')?.request.preview).toBeNull();
  });

  it('keeps answers with their request, and ignores what is told of requests it does not know', () => {
    const events: InboxEvent[] = [
      ...come('a'),
      { type: 'answer', request: 'a', answer: answer('a') },
      { type: 'answer', request: 'x', answer: answer('x') },
      settled('x'),
    ];
    const board = applied(EMPTY_BOARD, events, START);
    expect(board.entries.get('a')?.answers).toHaveLength(1);
    expect([...board.entries.keys()]).toEqual(['a']);
  });

  it('forgets the oldest of those that are over, and their texts with them', () => {
    const ids = Array.from({ length: 700 }, (_, index) => `r${index}`);
    const board = applied(EMPTY_BOARD, [...come(...ids), ...ids.map((id) => settled(id))], START);
    expect(board.settled).toHaveLength(500);
    expect(board.entries.size).toBe(500);
    expect(board.entries.has('r699')).toBe(true);
  });

  it('has grants that can still be used: neither used up, nor lapsed, nor taken back', () => {
    const grants = [
      grant('late', { until: iso(9000) }),
      grant('soon', { until: iso(2000) }),
      grant('lapsed', { until: iso(-1) }),
      grant('spent', { used: 5 }),
    ];
    const board = applied(
      EMPTY_BOARD,
      grants.map((one) => ({ type: 'grant', grant: one })),
      START,
    );
    expect(usableGrants(board, START).map(({ id }) => id)).toEqual(['soon', 'late']);
    const after = applied(board, [{ type: 'grant', grant: grant('soon', { revoked: true }) }], START);
    expect(usableGrants(after, START).map(({ id }) => id)).toEqual(['late']);
  });
});

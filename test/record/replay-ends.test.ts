import { describe, expect, it } from 'vitest';
import { closeLine, endLine } from '../../src/record/replay-lines.ts';

const ENDED = Date.UTC(2026, 2, 1, 10, 15);

function end(statements: number, refused: number, errors: number, rows: number): string {
  return endLine({
    type: 'end',
    cause: 'client',
    ended: ENDED,
    totals: { connections: 1, statements, refused, errors, rows },
  });
}

describe('how a replay tells of ends', () => {
  it('counts what there was, and rows only where there were any', () => {
    expect(end(8, 5, 2, 4)).toBe('ended 2026-03-01T10:15:00.000Z (client): 8 statements, 5 refused, 2 errors, 4 rows');
    expect(end(1, 1, 1, 1)).toBe('ended 2026-03-01T10:15:00.000Z (client): 1 statement, 1 refused, 1 error, 1 row');
    expect(end(3, 0, 0, 0)).toBe('ended 2026-03-01T10:15:00.000Z (client): 3 statements, 0 refused, 0 errors');
  });

  it('does not say of a connection that its time was up when its session ended', () => {
    expect(closeLine({ type: 'close', connection: 2, cause: 'expired' })).toBe(
      'connection 2 closed: the session ended',
    );
    expect(closeLine({ type: 'close', connection: 2, cause: 'target' })).toBe('connection 2 closed: target');
  });
});

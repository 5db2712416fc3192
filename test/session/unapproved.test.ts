import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../src/session/unapproved.ts';

const said = (protocol: 'postgres' | 'ssh', outcome: 'denied' | 'expired' | 'crowded' | 'cancelled'): string =>
  refusalOf(outcome, { outcome, reason: 'not now' }, { protocol, policy: null }).message;

describe('what a client is told of what was not approved', () => {
  it('speaks of a statement where it was one', () => {
    expect(said('postgres', 'denied')).toBe('a person denied this statement: not now');
    expect(said('postgres', 'expired')).toBe('nobody approved this statement in time');
    expect(said('postgres', 'cancelled')).toBe('the client took the statement back');
    expect(said('postgres', 'crowded')).toBe('too many statements wait for approval already');
  });

  it('does not call a shell, a file or a port a statement', () => {
    expect(said('ssh', 'denied')).toBe('a person denied this: not now');
    expect(said('ssh', 'expired')).toBe('nobody approved this in time');
    expect(said('ssh', 'cancelled')).toBe('taken back before anybody answered: it was not run');
    expect(said('ssh', 'crowded')).toBe('too many requests wait for approval already');
  });
});

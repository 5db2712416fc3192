import { describe, expect, it } from 'vitest';
import { type Described, type DescribedDoor, instructionsFor } from '../../src/local/instructions.ts';

const DOOR: DescribedDoor = {
  target: 'pg-prod',
  protocol: 'postgres',
  database: 'app',
  variables: ['PGHOST', 'PGPORT'],
  asks: false,
  readOnly: false,
  masks: false,
};

const told = (door: Partial<DescribedDoor> = {}, rest: Partial<Described> = {}): string =>
  instructionsFor({ doors: [{ ...DOOR, ...door }], hosts: [], sandboxed: true, writable: false, ...rest });

describe('instructions for agents', () => {
  it('name the doors and what leads to them', () => {
    expect(told({ readOnly: true })).toContain(
      '- **pg-prod**: postgres, database app, read-only. See `PGHOST`, `PGPORT`.',
    );
    expect(told({}, { hosts: ['api.example.com:443'] })).toContain('**api.example.com:443** by HTTPS');
  });

  it('say that a denial is a decision, after which variants are not tried (R42)', () => {
    expect(told()).toMatch(/a decision, not a fault[^]*do not send variants/);
  });

  it('speak of waiting, of masks and of the sandbox only where there is such a thing', () => {
    expect(told()).not.toMatch(/When a statement waits|are masked/);
    expect(told({ asks: true })).toContain('You cannot answer it yourself.');
    expect(told({ masks: true })).toContain('Some values are masked.');
    expect(told({}, { sandboxed: false })).not.toContain('sandbox');
    expect(told({}, { writable: true })).toContain('writable, except for');
  });
});

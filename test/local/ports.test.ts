import { describe, expect, it } from 'vitest';
import { candidatePorts } from '../../src/local/ports.ts';

describe('the ports of a target', () => {
  it('are the same every time', () => {
    expect([...candidatePorts('pg-prod')].slice(0, 5)).toEqual([...candidatePorts('pg-prod')].slice(0, 5));
  });

  it('differ from those of another', () => {
    expect(candidatePorts('pg-prod').next().value).not.toBe(candidatePorts('pg-stage').next().value);
  });

  it('are every one from 20000 to 29999, each once', () => {
    const ports = [...candidatePorts('pg-prod')];
    expect(new Set(ports).size).toBe(10_000);
    expect(Math.min(...ports)).toBe(20_000);
    expect(Math.max(...ports)).toBe(29_999);
  });
});

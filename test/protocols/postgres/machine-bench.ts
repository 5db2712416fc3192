import { HoopError } from '../../../src/core/errors.ts';
import { LIMITS } from '../../../src/core/limits.ts';
import type { SessionChange } from '../../../src/core/statement.ts';
import type { Expected } from '../../../src/protocols/postgres/expected.ts';
import { Machine } from '../../../src/protocols/postgres/machine.ts';
import type { Portal, Prepared } from '../../../src/protocols/postgres/prepared.ts';
import type { Fault } from '../../../src/protocols/postgres/refuse.ts';
import { type Report, Running } from '../../../src/protocols/postgres/running.ts';
import { server } from './messages.ts';

const ROWS = new Set(['D', 'd'].map((letter) => letter.charCodeAt(0)));
export const NO: Fault = { severity: 'ERROR', code: '42501', message: 'refused' };

export const prepared = (words: string): Prepared => ({
  text: words,
  types: [],
  number: 1,
  columns: null,
  approval: null,
});
export const portal = (words: string, resultFormats: readonly number[] = []): Portal => ({
  prepared: prepared(words),
  resultFormats,
  results: [],
  approval: null,
});

export const parse = (name: string, words = name, fault: Fault | null = null): Expected => ({
  kind: 'parse',
  delicate: false,
  name,
  prepared: fault === null ? prepared(words) : null,
  fault,
});
export const bind = (name: string, words = name): Expected => ({ kind: 'bind', portal: name, bound: portal(words) });
export const execute = (changes: readonly SessionChange[] = [], of: Portal = portal('x')): Expected => ({
  kind: 'execute',
  running: new Running({ number: 5, changes: [changes], results: [] }, of),
});
export const query = (...changes: readonly (readonly SessionChange[])[]): Expected => ({
  kind: 'query',
  running: new Running({ number: 6, changes, results: [] }),
  fault: null,
});
export const refusedQuery: () => Expected = () => ({
  kind: 'query',
  running: new Running({ number: null, changes: [], results: [] }),
  fault: NO,
});
export const close = (what: 'statement' | 'portal', name: string): Expected => ({ kind: 'close', what, name });
export const describing = (of: Prepared | null = null): Expected => ({ kind: 'describe', of });
export const sync: Expected = { kind: 'sync' };

/** A machine, what it reports, and what became of each message it was given. */
export class Bench {
  readonly reports: Report[] = [];
  readonly machine = new Machine(LIMITS, (report) => void this.reports.push(report));

  sent(...expected: readonly Expected[]): this {
    for (const one of expected) this.machine.sent(one);
    return this;
  }

  /** `forward`, `swallow`, `replace`, `rows`, or `lie` where the connection ends. */
  hears(...messages: readonly Buffer[]): string[] {
    return messages.map((bytes) => {
      const type = bytes[0] ?? 0;
      try {
        if (ROWS.has(type)) return this.machine.passed(type, 1, bytes) ? 'rows' : 'kept';
        return this.machine.received(type, bytes).kind;
      } catch (error) {
        if (error instanceof HoopError && error.code === 'postgres.protocol') return 'lie';
        throw error;
      }
    });
  }

  statement(name: string): string | null {
    return this.machine.statement(name)?.text ?? null;
  }

  portal(name: string): string | null {
    return this.machine.portal(name)?.prepared.text ?? null;
  }
}

export const bench = (...expected: readonly Expected[]): Bench => new Bench().sent(...expected);
export const { parseComplete, bindComplete, closeComplete, complete, error, ready } = server;

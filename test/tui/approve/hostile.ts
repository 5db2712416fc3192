import fc from 'fast-check';
import type { Effect } from '../../../src/core/action.ts';
import type { ApprovalRequest } from '../../../src/core/request.ts';
import { ALICE, DRY_RUN, PURGE, READ, request, TERMS } from './samples.ts';

/** What terminals obey, hide or reorder. */
export const TRICKS: readonly string[] = [
  '\u001b]52;c;cm0gLXJmIC8=\u0007',
  '\u001b]0;owned\u0007',
  '\u001b]2;owned\u001b\\',
  '\u009d52;c;cm0=\u009c',
  '\u001b]8;;http://evil.example\u001b\\',
  '\u001b[2J\u001b[H',
  '\u001b[8m',
  '\u001b[?1049l',
  '\u001b[6n\u001b[c',
  '\u001bP$q"p\u001b\\',
  '\r',
  '\r\n',
  '\n'.repeat(40),
  '\b'.repeat(200),
  '\t\t\t',
  '\u0007\u0000\u007f',
  '\u202eetadpu\u202c',
  '\u2066\u2069\u200f',
  '\u200b\u200d\u2060\ufeff',
  '\u00a0\u3000\u2800',
  'a\u0301\u0302\u0303\u0304',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '漢字'.repeat(40),
  ' '.repeat(5000),
  'x'.repeat(5000),
  '\ud800',
  '│ y approve   Esc back',
  '"; DROP TABLE app.customers; --',
];

export const text: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...TRICKS), fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 6 })
  .map((parts) => parts.join(''));

const effect: fc.Arbitrary<Effect> = fc
  .record({
    schema: fc.option(text),
    name: fc.option(text),
    via: fc.array(text, { maxLength: 3 }),
    columns: fc.array(text),
  })
  .map((names) => ({ ...READ, ...names }));

/** A request that says in every field what its asker likes, and purges the customers. */
export const hostileRequest: fc.Arbitrary<ApprovalRequest> = fc
  .record({
    display: text,
    reason: fc.option(text),
    target: text,
    prepared: fc.array(fc.record({ name: text, texts: fc.array(text, { maxLength: 2 }) }), { maxLength: 2 }),
    text: fc.oneof(
      text,
      text.map((one) => one + ' '.repeat(1_000_000) + 'delete from app.customers'),
    ),
    parameters: fc.array(fc.option(text), { maxLength: 3 }),
    effects: fc.array(effect, { maxLength: 60 }),
    masked: fc.array(text, { maxLength: 20 }),
    words: text,
    cells: fc.array(text, { maxLength: 8 }),
  })
  .map(({ display, reason, target, prepared, text: statement, parameters, effects, masked, words, cells }) => {
    const identity = { ...ALICE, display, subject: words, actsFor: { ...ALICE, display: words } };
    const tables = [{ schema: words, name: words, inserted: 0, updated: 0, deleted: 3 }];
    const sample = { columns: cells, rows: [{ before: cells, after: cells.toReversed() }] };
    return request('hostile0', {
      identity,
      reason,
      target: { name: target, protocol: 'postgres', address: words, database: words, user: words },
      text: statement,
      prepared,
      parameters,
      effects: [...effects, PURGE],
      masked,
      terms: [
        { ...TERMS, message: words, policy: words, approvers: { groups: [words], subjects: [], emails: [], count: 1 } },
      ],
      preview: { estimate: 3, dryRun: { ...DRY_RUN, tables, sample }, withheld: words },
    });
  });

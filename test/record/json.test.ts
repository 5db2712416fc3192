import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { StoredEvent } from '../../src/record/event.ts';
import { entryJson } from '../../src/record/json.ts';
import { ANSWER, askedEvent, BOB, DRY_RUN, requestEvent, settledEvent, terminalEvent } from './approvals.ts';
import { testHeader } from './fixtures.ts';

const by = { ...BOB, actsFor: BOB };
const preview = { estimate: 1, dryRun: DRY_RUN, withheld: null };
const column = { name: 'a', table: 1, attribute: 1, type: 23, format: 'text' } as const;
const totals = { connections: 1, statements: 1, refused: 0, errors: 0, rows: 0 };

/** One event of every type. */
const EVENTS: { readonly [T in StoredEvent['type']]: Extract<StoredEvent, { type: T }> } = {
  header: { type: 'header', header: testHeader({ identity: by }), writer: { pid: 1, host: 'here', birth: null } },
  open: { type: 'open', connection: 1, application: null, peer: 'local' },
  statement: askedEvent('update t set a = 1'),
  columns: { type: 'columns', connection: 1, statement: 1, columns: [column] },
  rows: { type: 'rows', connection: 1, statement: 1, direction: 'out', partial: false, bytes: Buffer.from('row') },
  complete: { type: 'complete', connection: 1, statement: 1, tag: 'SELECT 1', rows: 1, bytes: 1 },
  error: { type: 'error', connection: 1, statement: 1, code: '42601', message: 'no', severity: 'ERROR' },
  notice: { type: 'notice', connection: 1, code: '00000', message: 'yes' },
  request: requestEvent(1),
  preview: { type: 'preview', connection: 1, request: 'a', preview },
  answer: { type: 'answer', connection: 1, answer: { ...ANSWER, by } },
  settled: settledEvent(1, 'approved') as Extract<StoredEvent, { type: 'settled' }>,
  granted: { type: 'granted', connection: 1, statement: 1, request: 'a', use: 1 },
  revoked: { type: 'revoked', request: 'a', by, reason: null },
  terminal: terminalEvent('\u001b[31m$ ') as Extract<StoredEvent, { type: 'terminal' }>,
  transfer: {
    type: 'transfer',
    connection: 1,
    statement: 1,
    direction: 'in',
    path: '/srv/a',
    bytes: 1,
    sha256: 'ab',
    complete: true,
  },
  resize: { type: 'resize', connection: 1, columns: 80, rows: 24 },
  cancel: { type: 'cancel', connection: 1 },
  close: { type: 'close', connection: 1, cause: 'client' },
  end: { type: 'end', cause: 'client', ended: 1, totals },
};

/** The names of an object's fields, and of all objects in them. */
function names(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(names);
  return Object.entries(value).flatMap(([name, inner]) => [name, ...names(inner)]);
}

const documentation = readFileSync(new URL('../../docs/record-format.md', import.meta.url), 'utf8');
const ndjson = documentation.slice(documentation.indexOf('### NDJSON'));

describe('a line of NDJSON', () => {
  test.each(Object.values(EVENTS).map((event) => [event.type, event] as const))(
    'of %s is as documented',
    (type, event) => {
      const line = entryJson({ number: 7, offsetMicros: 1_500_000, event });
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      const value = JSON.parse(line) as Record<string, unknown>;
      expect(value).toMatchObject({ version: 1, number: 7, offset: 1.5, type });
      const row = ndjson.split('\n').find((text) => text.startsWith(`| \`${type}\` |`)) ?? '';
      const own = Object.keys(value).filter((name) => !['version', 'number', 'offset', 'type'].includes(name));
      for (const name of own) expect(row).toMatch(new RegExp(`\`${name}\\??\``));
      for (const name of names(value)) expect(ndjson).toMatch(new RegExp(`\`${name}\\??\``));
    },
  );
});

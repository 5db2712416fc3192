import type { Column } from '../../src/core/column.ts';
import { renderExport } from '../../src/record/export.ts';
import type { ExportFormat, ExportOptions } from '../../src/record/export.ts';
import { openSessionSource } from '../../src/record/source.ts';
import { openRecord } from '../../src/record/writer.ts';
import { onRecord, refusedEvent, rowsEvent, statementEvent, testClock, testHeader } from './fixtures.ts';

/** Everything that a terminal or a reader must not be handed: as `visible` shows it, none is left. */
export const HOSTILE = [
  '\u001b]0;owned\u0007',
  '\u001b[2J',
  '\u001b]52;c;ZWNobw==\u001b\\',
  '\u001bP+q\u001b\\',
  '\u009b31m',
  '\r',
  '\b',
  '\0',
  '\u007f',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u061c',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u00ad',
  '\u2028',
  '\u2029',
  '\ufe0f',
  '\u{e0041}',
  '\ud800',
  '\udfff',
  '\uffff',
].join('x');
export const MARKUP = `</pre></script><script>alert(1)</script><img src=x onerror="alert('1')">&lt;<!--`;

export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

export const columns: readonly Column[] = [
  { name: `id${HOSTILE}`, table: 0, attribute: 0, type: 23, format: 'text' },
  { name: MARKUP, table: 0, attribute: 0, type: 25, format: 'text' },
];

/** One row a line, one value a comma; `~` is NULL. */
export const decode = (_: readonly Column[], frames: Buffer): (string | null)[][] => {
  if (frames.includes('undecodable')) throw new Error('not rows');
  return frames
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(',').map((value) => (value === '~' ? null : value)));
};

/** A sealed record of everything that a client does, with such texts in all places. */
export async function record(state: string): Promise<string> {
  const header = testHeader({ reason: `because ${HOSTILE}` });
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  const complete = (statement: number, rows: number) =>
    onRecord(recorder, { type: 'complete', connection: 1, statement, tag: `SELECT ${rows}${HOSTILE}`, rows, bytes: 1 });
  await onRecord(recorder, { type: 'open', connection: 1, application: `psql${HOSTILE}`, peer: 'local' });
  const first = await onRecord(recorder, statementEvent(`select *\n\tfrom t -- ${HOSTILE}${MARKUP}`));
  await onRecord(recorder, { type: 'columns', connection: 1, statement: first, columns });
  await recorder.write(rowsEvent(Buffer.from(`1,${HOSTILE}\n~,${MARKUP}\n`)));
  await complete(first, 2);
  const many = await onRecord(recorder, statementEvent('select generate_series(1, 100)'));
  await onRecord(recorder, { type: 'columns', connection: 1, statement: many, columns: columns.slice(0, 1) });
  await recorder.write(rowsEvent(Buffer.from(Array.from({ length: 100 }, (_, index) => `row${index}\n`).join(''))));
  await complete(many, 100);
  await onRecord(recorder, refusedEvent(`drop table ${MARKUP}`));
  const copy = await onRecord(
    recorder,
    statementEvent('copy t to stdout', { parameters: [null, `v${HOSTILE}`, { base64: '3q2+7w==' }] }),
  );
  await recorder.write(rowsEvent(Buffer.from('copied line\n'), copy));
  await complete(copy, 1);
  await onRecord(recorder, { type: 'columns', connection: 1, statement: copy, columns });
  await recorder.write(rowsEvent(Buffer.from('undecodable'), copy));
  await onRecord(recorder, {
    type: 'error',
    connection: 1,
    statement: copy,
    code: '22P02',
    message: `no ${HOSTILE}\n${MARKUP}`,
    severity: 'ERROR',
  });
  await onRecord(recorder, { type: 'notice', connection: 1, code: '01000', message: HOSTILE });
  await onRecord(recorder, { type: 'cancel', connection: 1 });
  await onRecord(recorder, { type: 'close', connection: 1, cause: `client${HOSTILE}` });
  await recorder.close(`done${HOSTILE}`);
  return header.session;
}

export async function exported(
  state: string,
  session: string,
  format: ExportFormat,
  options: Omit<ExportOptions, 'decode'> = {},
): Promise<string> {
  const source = await openSessionSource(state, session);
  try {
    let text = '';
    for await (const piece of renderExport(source, format, { decode, ...options })) text += piece;
    return text;
  } finally {
    await source.close();
  }
}

import type { Masked } from '../../../src/core/guard.ts';
import { begin, columnsOf, dataRow, said, taleHeader } from './tale.ts';

/** What a record's fields may hold that a terminal would obey, hide, reorder or measure in its own way. */
export const HOSTILE_PARTS = [
  '\u001b]0;owned\u0007',
  '\u001b]2;owned\u001b\\',
  '\u001b]52;c;b3duZWQ=\u0007',
  '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  '\u001b[2J\u001b[H',
  '\u001b[8mhidden\u001b[28m',
  '\u001b[?1049l',
  '\u001b[?1000h',
  '\u001b[6n\u001b[c\u001b[>c\u001b[18t',
  '\u001bP$q"p\u001b\\',
  '\u001b_apc\u001b\\\u001b^pm\u001b\\\u001bXsos\u001b\\',
  '\u001bc',
  '\u009b31m\u009d0;owned\u009c',
  '\r\n\b\b\u007f\u0007',
  '\u202etxet\u202c\u2066x\u2069',
  '\u200b\u200d\u2060\ufeff\u00ad',
  '\u{e0041}\u{e0042}\ufe0f\ufe0e',
  '\ud800',
  'e\u0301\u0301\u0301\u0301',
  '日本語👍🏽🇩🇪각',
  '\u0085\u2028\u2029',
] as const;

/** Marks the end of a field, so that a test can tell that nothing of it was lost. */
export const LAST = 'LASTWORD';

/** A sealed record in which every field holds a text. */
export async function hostileRecord(state: string, text: string): Promise<string> {
  const hostile = `${text}${LAST}`;
  const { identity, target } = taleHeader();
  const header = taleHeader({
    identity: { ...identity, display: hostile, issuer: hostile },
    target: { ...target, name: hostile, database: hostile, user: hostile },
    policies: [hostile],
    reason: hostile,
  });
  const { recorder, clock, session } = await begin(state, header);
  recorder.append({ type: 'open', connection: 1, application: hostile, peer: hostile });
  clock.wait(1000);
  const refusal = { message: hostile, detail: hostile, hint: hostile, cause: 'denied' } as const;
  const rule = { policy: hostile, clause: 'deny', index: 0 };
  recorder.append(
    said(`SELECT '${hostile}'`, { parameters: [hostile], decision: { verdict: 'deny', rule, effect: null, refusal } }),
  );
  clock.wait(1000);
  const statement = recorder.append(said(`SELECT "${hostile}" -- ${hostile}`));
  recorder.append(columnsOf(statement, [hostile, 'b']));
  const bytes = dataRow([hostile, hostile]) as Buffer as Masked<Buffer>;
  await recorder.write({ type: 'rows', connection: 1, statement, direction: 'out', bytes });
  recorder.append({ type: 'notice', connection: 1, code: hostile, message: hostile });
  recorder.append({ type: 'complete', connection: 1, statement, tag: hostile, rows: 1, bytes: 1 });
  recorder.append({ type: 'error', connection: 1, statement, code: hostile, message: hostile, severity: hostile });
  clock.wait(1000);
  recorder.append({ type: 'terminal', connection: 2, stream: 'output', text: hostile as Masked<string> });
  recorder.append({ type: 'close', connection: 1, cause: hostile });
  await recorder.close(hostile);
  return session;
}

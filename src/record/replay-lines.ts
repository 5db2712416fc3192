import { ruleLabel } from '../core/decision.ts';
import { identityLabel } from '../core/identity.ts';
import { targetLabel } from '../core/target.ts';
import type { StoredEvent } from './event.ts';
import { visible, visibleLines } from '../core/visible.ts';

type Of<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>;

export function headerLines({ header }: Of<'header'>): string[] {
  const { identity, target } = header;
  const lines = [
    `session ${header.session}`,
    `started ${header.started}`,
    `by      ${identityLabel(identity)}`,
    `target  ${targetLabel(target)}`,
    `policy  ${header.policies.join(', ')}`,
    ...(header.reason === null ? [] : [`reason  ${header.reason}`]),
  ];
  return lines.map(visible);
}

export function openLine(event: Of<'open'>): string {
  const application = event.application === null ? '' : ` (${event.application})`;
  return visible(`connection ${event.connection} from ${event.peer}${application}`);
}

/** A connection that was cut off with its session says so: why the session ended stands at its end. */
export function closeLine({ connection, cause }: Of<'close'>): string {
  return visible(`connection ${connection} closed: ${cause === 'expired' ? 'the session ended' : cause}`);
}

export function refusalLines(event: Of<'statement'>): string[] {
  const { refusal, rule } = event.decision;
  const reason = refusal === null ? [] : [refusal.message, refusal.detail].flatMap((text) => indented(text));
  return [visible(`  refused by ${ruleLabel(rule)}`), ...reason];
}

/** Which statement an outcome belongs to: with pipelining, not always the last one shown. */
export function statementOf({ statement }: { readonly statement: number | null }): string {
  return statement === null ? '' : `#${statement} `;
}

export function errorLines(event: Of<'error'>): string[] {
  return indented(`${statementOf(event)}${event.severity} ${event.code}: ${event.message}`);
}

/** `letters`: what is left of the text without what only draws; `statement`: what it belongs to, where several run at once. */
export function terminalLines(
  stream: 'output' | 'input' | 'errors',
  letters: string,
  statement: number | undefined,
): string[] {
  const of = statement === undefined ? '' : `#${statement} `;
  const mark = { output: '|', errors: '!', input: '<' }[stream];
  const lines = visibleLines(letters).split('\n');
  return (lines.at(-1) === '' ? lines.slice(0, -1) : lines).map((line) => `  ${of}${mark} ${line}`);
}

export function resizeLine({ columns, rows, statement }: Of<'resize'>): string {
  return `${statementOf({ statement: statement ?? null })}terminal of ${columns} by ${rows}`;
}

const STREAMS = { input: 'its input', output: 'its output', errors: 'its error stream' } as const;

export function transferLine(event: Of<'transfer'>): string {
  const { direction, path, stream, bytes, sha256, complete } = event;
  const what = path ?? (stream === undefined ? 'a stream' : STREAMS[stream]);
  const hash = sha256 === null ? '' : `, SHA-256 ${sha256}`;
  const broken = complete ? '' : ', broken off';
  return visible(
    `${statementOf({ statement: event.statement ?? null })}${direction === 'in' ? 'sent to' : 'read from'} ${what}: ${bytes} bytes${hash}${broken}`,
  );
}

export function indented(text: string): string[] {
  return visibleLines(text)
    .split('\n')
    .map((line) => `  ${line}`);
}

export function parameterText(value: string | null | { readonly base64: string }, maxCell: number): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${visible(value)}'`;
  const bytes = Buffer.from(value.base64, 'base64');
  const cut = Math.max(1, Math.floor((maxCell - 2) / 2));
  return `\\x${bytes.toString('hex', 0, cut)}${bytes.length > cut ? `… (${bytes.length} bytes)` : ''}`;
}

export function endLine({ cause, ended, totals }: Of<'end'>): string {
  const { statements, refused, errors, rows } = totals;
  const when = new Date(ended).toISOString();
  const counts = [
    `${statements} ${statements === 1 ? 'statement' : 'statements'}`,
    `${refused} refused`,
    `${errors} ${errors === 1 ? 'error' : 'errors'}`,
    // Not every protocol knows of them.
    ...(rows === 0 ? [] : [`${rows} ${rows === 1 ? 'row' : 'rows'}`]),
  ];
  return visible(`ended ${when} (${cause}): ${counts.join(', ')}`);
}

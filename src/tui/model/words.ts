import type { Effect } from '../../core/action.ts';
import { commandWords } from '../../core/command-words.ts';
import { DECLARED_ISSUER, type Identity } from '../../core/identity.ts';
import { type ApprovalRequest, type Approvers, approversLabel, type DryRun } from '../../core/request.ts';
import { cutLine, type Line, lineWidth, safeLine, type Span, type Tone } from '../safe-text.ts';
import { type Weight, weightOf } from '../../core/weight.ts';

/** Cells that a name may take: more than any that PostgreSQL keeps whole. */
const NAME_CELLS = 72;

/** Our own words. */
export function said(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

/** A foreign word on one line, cut to `cells`: how much is missing is said. For labels; the whole stands elsewhere. */
export function clipped(text: string, tone: Tone = 'plain', cells: number = NAME_CELLS): Line {
  // Every character takes a cell or more, or is a mark on one that does.
  const head = safeLine(text.slice(0, 2 * cells), tone);
  if (text.length <= 2 * cells && lineWidth(head) <= cells) return head;
  return [...cutLine(head, cells), said(` (${count(text.length)} characters)`, 'mark')];
}

export function count(number: number): string {
  return number.toLocaleString('en-US');
}

export function rows(number: number): string {
  return `${count(number)} ${number === 1 ? 'row' : 'rows'}`;
}

/** `9:41`, `1:02:03`; `0:00` when it is over. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** `10 min`, `90 s`, `2 h`. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 3_600_000 && milliseconds % 3_600_000 === 0) return `${milliseconds / 3_600_000} h`;
  if (milliseconds >= 60_000 && milliseconds % 60_000 === 0) return `${milliseconds / 60_000} min`;
  return `${Math.ceil(milliseconds / 1000)} s`;
}

const WEIGHT_TONES: Readonly<Record<Weight, Tone>> = { unknown: 'bad', loss: 'bad', change: 'warn', read: 'plain' };

export function toneOf(effect: Effect): Tone {
  return WEIGHT_TONES[weightOf(effect)];
}

/** `delete table app.customers EVERY ROW`, `remove /srv/data`: what matters first. */
export function effectLine(effect: Effect, cells: number = NAME_CELLS): Line {
  const words = commandWords(effect);
  if (words !== null) {
    const { verb, joint, what } = words;
    const line = [said(verb, toneOf(effect)), said(joint === '' ? ' ' : ` ${joint} `), ...thing(what, cells)];
    return [...line, ...doubts(effect)];
  }
  const { action, object, schema, name, where, opaque, certain } = effect;
  const tone = toneOf(effect);
  const line: Span[] = [said(action, tone)];
  if (object !== null) line.push(said(` ${object}`));
  if (where === 'absent') line.push(said(' EVERY ROW of', 'bad'));
  const full = [schema, name].filter((part) => part !== null).join('.');
  if (full !== '') line.push(said(' '), ...clipped(full, 'strong', cells));
  else if (object === null) line.push(said(' something unknown', 'bad'));
  if (opaque) line.push(said(' (cannot be followed: it may do anything)', 'bad'));
  if (!certain) line.push(said(' (or another of that name)', 'warn'));
  return line;
}

function thing(what: string | null, cells: number): Line {
  return what === null ? [said('something unknown', 'bad')] : clipped(what, 'strong', cells);
}

/** What is not known of an effect over SSH. */
function doubts({ action, object, opaque, certain }: Effect): Line {
  if (opaque && action === 'open') return [said(' (what is done in it is not decided)', 'bad')];
  if (opaque) return [said(' (cannot be known before it runs: it may do anything)', 'bad')];
  return certain ? [] : [said(object === 'path' ? ' (or another path)' : ' (or another)', 'warn')];
}

/** What leads to an effect, and the columns it touches. */
export function effectNotes({ columns, via, command, object }: Effect): readonly Line[] {
  const notes: Line[] = [];
  if (columns === 'all') notes.push([said('all columns', 'dim')]);
  else if (columns !== null && columns.length > 0)
    notes.push([said('columns ', 'dim'), ...clipped(columns.join(', '))]);
  if (object === 'path' && command !== undefined && command.program !== null)
    notes.push([said('by ', 'dim'), ...clipped(command.program)]);
  const joint = command === undefined ? 'by way of ' : 'through ';
  if (via.length > 0) notes.push([said(joint, 'dim'), ...clipped(via.join(', '))]);
  return notes;
}

/** `agent-7 for Alice`: whoever asks, by the name they are shown under. */
export function identityLine(identity: Identity, cells = 40): Line {
  const line: Span[] = [...clipped(identity.display, 'strong', cells)];
  if (identity.actsFor !== null) line.push(said(' for '), ...clipped(identity.actsFor.display, 'strong', cells));
  return line;
}

/** What is known of who that is. */
export function identityNotes(identity: Identity): Line {
  const { kind, subject, verified, actsFor } = identity;
  const own: Line = [said(`${kind} `, 'dim'), ...clipped(subject, 'dim'), ...(verified ? [] : [unsure(identity)])];
  return actsFor === null ? own : [...own, said(', for ', 'dim'), ...identityNotes(actsFor)];
}

function unsure({ issuer }: Identity): Span {
  const whose = issuer === DECLARED_ISSUER ? 'a name it was given' : 'the operating system’s word';
  return said(`, not verified: ${whose}`, 'warn');
}

export function approversLine(approvers: Approvers): Line {
  const others: Line = approvers === 'self' ? [] : [said(', not whoever asks')];
  return [...clipped(approversLabel(approvers), 'plain'), ...others];
}

/** The gravest effect in at most `cells`, and how many there are besides. `ordered`: as `byWeight` puts them. */
export function gist(ordered: readonly Effect[], cells: number): Line {
  const [first] = ordered;
  if (first === undefined) return cutLine([said('nothing that is known', 'warn')], cells);
  const more = ordered.length > 1 ? [said(` +${count(ordered.length - 1)}`, 'dim')] : [];
  return [...cutLine(shortEffect(first), Math.max(1, cells - lineWidth(more))), ...more];
}

/** An effect for a list: `delete EVERY ROW of app.customers`. */
function shortEffect(effect: Effect): Line {
  const words = commandWords(effect);
  if (words !== null) {
    const { verb, joint, what } = words;
    const named: Line = what === null ? thing(what, 0) : safeLine(what.slice(0, 2 * NAME_CELLS), 'strong');
    const unknown: Line = effect.opaque && effect.action !== 'open' ? [said(' may do anything', 'bad')] : [];
    return [said(verb, toneOf(effect)), said(joint === '' ? ' ' : ` ${joint} `), ...named, ...unknown];
  }
  const { action, object, schema, name, where, opaque } = effect;
  const full = [schema, name].filter((part) => part !== null).join('.');
  const what = full === '' ? (object ?? 'something unknown') : full.slice(0, 2 * NAME_CELLS);
  return [
    said(action, toneOf(effect)),
    ...(where === 'absent' ? [said(' EVERY ROW of', 'bad')] : []),
    ...(object === null || object === 'table' || full === '' ? [] : [said(` ${object}`)]),
    said(' '),
    ...safeLine(what, 'strong'),
    ...(opaque ? [said(' may do anything', 'bad')] : []),
  ];
}

/** What a dry run did, in a few words. */
export function dryRunGist({ rows: own, tables }: DryRun): string {
  const all = tables.reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0);
  return all > own ? `${rows(own)}, ${count(all)} in all (${count(tables.length)} tables)` : rows(own);
}

/** `app` on `pg-prod`, for headings. */
export function targetLine({ target }: ApprovalRequest, cells = 40): Line {
  return clipped(target.name, 'accent', cells);
}

import type { ApprovalRequest } from '../../../core/request.ts';
import { type Line, safeLine, type Span } from '../../safe-text.ts';
import type { Entry } from './board.ts';
import { approvalCommand, offersEffect, offersBreakGlass, wantsLogin } from './draft.ts';
import { subjectLines } from './document.ts';
import { geometryOf } from './geometry.ts';
import { OUTCOME_WORDS } from '../../../core/outcome.ts';
import { wrapProse } from '../prose.ts';
import { unseenOf } from './seen.ts';
import type { Confirmation, State } from './state.ts';
import { byWeight } from '../../../core/weight.ts';
import { clipped, count, dryRunGist, duration, effectLine, identityLine, rows, said } from '../words.ts';

/** Effects that a question repeats at most: the gravest. */
const MOST_EFFECTS = 6;
/** Rows below which what can be chosen shares a line. */
const TIGHT = 13;

/** The question whether a request shall be approved, and what is meant by yes: no line is longer than `cells`. */
export function questionLines(state: State, entry: Entry, confirmation: Confirmation): readonly Line[] {
  const asked = askedLines(state, entry, confirmation);
  const { shown, below } = subjectBelow(state, entry, asked.length);
  const more: Line = [said(`▼ ${count(below)} more ${below === 1 ? 'line' : 'lines'}: Esc, then Enter`, 'warn')];
  return [...asked, ...shown, ...(below > 0 && shown.length > 0 ? [more] : [])].map((line) => [said(' '), ...line]);
}

function askedLines(state: State, entry: Entry, confirmation: Confirmation): readonly Line[] {
  const { body } = geometryOf(state.size);
  const cells = cellsOf(state);
  const tight = body < TIGHT;
  const head = wrapped(headLines(state, entry, confirmation), cells);
  const all = choices(entry, confirmation, state.profile);
  const chosen = wrapped(tight ? [all.flatMap((one): Line => [...one, said('  ')])] : all, cells);
  // Where there is no room for them, the last line of the screen has them alone.
  const last = tight ? [] : wrapped([keys(entry, confirmation)], cells);
  const effects = effectLines(entry.request, cells, body - head.length - chosen.length - last.length);
  const spare = body - head.length - effects.length - chosen.length - last.length;
  const gap: readonly Line[] = spare > 3 ? [[]] : [];
  return [...head, ...gap, ...effects, ...gap, ...chosen, ...gap, ...last];
}

/** As much of the statement and its parameters as there is room for below a question of `asked` lines. */
function subjectBelow(state: State, entry: Entry, asked: number): { shown: readonly Line[]; below: number } {
  const all = subjectLines(entry, cellsOf(state));
  const room = geometryOf(state.size).body - asked - 1;
  if (room < 3) return { shown: [], below: all.length };
  if (all.length <= room) return { shown: [[], ...all], below: 0 };
  return { shown: [[], ...all.slice(0, room - 1)], below: all.length - room + 1 };
}

/** True when all that would be approved is on the screen together with the question. */
export function isSubjectShown(state: State, entry: Entry, confirmation: Confirmation): boolean {
  const { shown, below } = subjectBelow(state, entry, askedLines(state, entry, confirmation).length);
  return below === 0 && shown.length > 0;
}

function cellsOf({ size }: State): number {
  return Math.max(1, size.columns - 2);
}

/** A yes counts only when all of the question is on the screen. */
export function confirmationFits(state: State, entry: Entry): boolean {
  const { confirmation, size } = state;
  return confirmation !== null && questionLines(state, entry, confirmation).length <= geometryOf(size).body;
}

function wrapped(lines: readonly Line[], cells: number): readonly Line[] {
  return lines.flatMap((line) => wrapProse(line, cells));
}

function headLines(state: State, entry: Entry, confirmation: Confirmation): readonly Line[] {
  const { identity, target } = entry.request;
  const who: Line = [...identityLine(identity, 24), said(' asks '), ...clipped(target.name, 'accent', 24)];
  return [title(state, entry, confirmation), who];
}

function title(state: State, entry: Entry, { changed, unseen, draft }: Confirmation): Line {
  if (entry.settled !== null) return [said(`It is over: ${OUTCOME_WORDS[entry.settled.outcome]}`, 'bad')];
  if (changed) return [said('What it would do is known better now: look again', 'bad')];
  const missing = unseenOf(state, entry);
  if (unseen) return [said(`Approve, with ${count(missing)} characters of it unread?`, 'bad')];
  if (draft.breakGlass) return [said('Override in an emergency?', 'bad')];
  return [said('Approve this?', 'strong')];
}

/** As many effects as there is room for, and never none. */
function effectLines({ effects, preview }: ApprovalRequest, cells: number, room: number): readonly Line[] {
  const ordered = byWeight(effects);
  const trial = preview === null ? [] : wrapped([previewLine(preview)], cells);
  const lines: Line[] = [];
  let shown = 0;
  for (const effect of ordered.slice(0, MOST_EFFECTS)) {
    const own = wrapProse(effectLine(effect, Math.max(12, Math.min(72, cells))), cells);
    if (shown > 0 && lines.length + own.length + trial.length + 1 > room) break;
    lines.push(...own);
    shown += 1;
  }
  if (ordered.length === 0) lines.push([said('nothing that is known', 'warn')]);
  if (ordered.length > shown) lines.push([said(`and ${count(ordered.length - shown)} more, none graver`, 'warn')]);
  return [...lines, ...trial];
}

function previewLine({ dryRun, estimate }: NonNullable<ApprovalRequest['preview']>): Line {
  if (dryRun !== null) return [said('on trial: ', 'dim'), said(dryRunGist(dryRun), 'warn')];
  return estimate === null
    ? [said('how many rows is not known', 'dim')]
    : [said(`expected: ${rows(estimate)}`, 'warn')];
}

function choices({ request }: Entry, { draft }: Confirmation, profile: string | null): readonly Line[] {
  const bound =
    draft.lasts === null
      ? 'once, as it is'
      : `${count(draft.uses)} ${draft.uses === 1 ? 'time' : 'times'}, within ${duration(draft.lasts)}, same shape`;
  const lines: Line[] = [choice('u', bound, draft.lasts === null ? 'plain' : 'warn')];
  if (offersEffect(request)) {
    lines.push(
      draft.bound
        ? choice('e', 'only exactly what the trial did', 'good')
        : choice('e', 'whatever it does then', 'plain'),
    );
  }
  if (offersBreakGlass(request)) {
    lines.push(draft.breakGlass ? choice('b', 'emergency override', 'bad') : choice('b', 'no emergency', 'plain'));
  }
  const reason: Line = draft.reason === '' ? [said('no reason', 'plain')] : clipped(draft.reason, 'plain', 60);
  lines.push([said('r ', 'accent'), ...reason]);
  if (wantsLogin(request, draft)) {
    lines.push([
      said('It takes a fresh login; in another terminal: ', 'warn'),
      ...safeLine(approvalCommand(request, draft, profile), 'strong'),
    ]);
  }
  return lines;
}

function choice(key: string, text: string, tone: Span['tone']): Line {
  return [said(`${key} `, 'accent'), said(text, tone)];
}

function keys({ settled, request }: Entry, { changed, unseen, draft }: Confirmation): Line {
  if (settled !== null || wantsLogin(request, draft)) return [said('Esc', 'accent'), said(' back')];
  const yes = changed ? ' I have looked' : unseen ? ' approve unread' : ' approve';
  return [said('y', 'accent'), said(`${yes}   `), said('Esc', 'accent'), said(' back')];
}

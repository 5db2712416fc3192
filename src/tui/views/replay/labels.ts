import { identityName } from '../../../core/identity.ts';
import type { Recording } from '../../model/replay/recording.ts';
import type { PlayerState } from '../../model/replay/player.ts';
import { fitLine, type Line, lineWidth, safeLine, type Span } from '../../safe-text.ts';

const SPACE: Span = { text: ' ', tone: 'plain' };
const DOT: Span = { text: ' · ', tone: 'dim' };

/** Whose session on what it was. */
export function titleLine({ header }: Recording): Line {
  const { identity, target, reason, started, session } = header;
  return [
    SPACE,
    ...safeLine(target.name, 'strong'),
    DOT,
    ...safeLine(identityName(identity), 'accent'),
    DOT,
    ...safeLine(started.replace('T', ' ').replace(/\.\d+Z$/, 'Z'), 'dim'),
    ...(reason === null ? [] : [DOT, ...safeLine(reason)]),
    DOT,
    ...safeLine(session, 'dim'),
  ];
}

/** Where in the record it is, and whether that goes on. */
export function whereLine({ extent, live }: Recording, { rows, chosen }: PlayerState): Line {
  const number = rows[chosen]?.step.number ?? 0;
  const state: Span = extent.sealed
    ? { text: 'ended ', tone: 'dim' }
    : live
      ? { text: '● live ', tone: 'good' }
      : { text: 'cut ', tone: 'bad' };
  return [{ text: `#${number} of ${Math.max(0, extent.events - 1)} `, tone: 'dim' }, state];
}

/** What is going on, or what came of it; null when there is nothing to say. */
export function statusLine({ busy, message }: PlayerState, complaint: string | null): Line | null {
  if (busy !== null) {
    return [
      { text: ` ${busy.what}… ${Math.floor(busy.done * 100)} %`, tone: 'accent' },
      { text: '  Esc gives up', tone: 'dim' },
    ];
  }
  const said = complaint ?? message;
  return said === null ? null : [SPACE, ...safeLine(said, 'warn')];
}

/** The line above what a step holds. */
export function ruleLine({ rows, chosen }: PlayerState, focused: boolean, scrolled: string, width: number): Line {
  const step = rows[chosen]?.step;
  const tone = focused ? 'accent' : 'dim';
  const where = step !== undefined && 'connection' in step.event ? ` connection ${step.event.connection}` : '';
  const phase = step?.event.type === 'statement' && step.event.phase !== 'query' ? ` ${step.event.phase}` : '';
  const title: Line = [{ text: `── #${step?.number ?? 0}${phase}${where} `, tone }];
  const end: Line = scrolled === '' ? [] : [{ text: ` ${scrolled} ──`, tone }];
  const missing = Math.max(0, width - lineWidth(title) - lineWidth(end));
  return fitLine([...title, { text: '─'.repeat(missing), tone }, ...end], width);
}

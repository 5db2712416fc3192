import { identityName } from '../../../core/identity.ts';
import type { SessionEntry } from './archive.ts';

/** Which sessions are listed: all that is said must hold. */
export interface SessionFilter {
  /** In lower case; each is part of a target, a person, a reason, an id or a state. */
  readonly words: readonly string[];
  readonly target: string | null;
  readonly who: string | null;
  /** Only those in which something was refused. */
  readonly refused: boolean;
  /** Part of a statement; null: any. */
  readonly text: string | null;
}

export const NO_FILTER: SessionFilter = { words: [], target: null, who: null, refused: false, text: null };

/** `target:pg who:ada refused text:"drop table" monday`: what is typed to find a session. */
export function filterOf(typed: string): SessionFilter {
  const filter = {
    words: [] as string[],
    target: null as string | null,
    who: null as string | null,
    text: null as string | null,
  };
  let refused = false;
  for (const [, name, quoted, plain] of typed.matchAll(/(?:(target|who|text):)?(?:"([^"]*)"?|(\S+))/g)) {
    const value = (quoted ?? plain ?? '').toLowerCase();
    if (name === 'target' || name === 'who' || name === 'text') filter[name] = value === '' ? null : value;
    else if (value === 'refused') refused = true;
    else filter.words.push(value);
  }
  return { ...filter, refused };
}

/** Whether a session is listed, but for the text of its statements. */
export function matches(filter: SessionFilter, entry: SessionEntry): boolean {
  const target = entry.target?.name.toLowerCase() ?? '';
  const who = whoOf(entry).toLowerCase();
  if (filter.refused && (entry.totals?.refused ?? 0) === 0) return false;
  if (filter.target !== null && !target.includes(filter.target)) return false;
  if (filter.who !== null && !who.includes(filter.who)) return false;
  const all = [target, who, entry.reason?.toLowerCase() ?? '', entry.id, entry.state, entry.started.toLowerCase()];
  return filter.words.every((word) => all.some((one) => one.includes(word)));
}

/** Who it was, with whom they acted for. */
export function whoOf({ identity }: SessionEntry): string {
  return identity === null ? '?' : identityName(identity);
}

import type { Entry } from './board.ts';
import { approval, offersEffect, missingFrom, offersBreakGlass, PLAIN_DRAFT, typedBound, wantsLogin } from './draft.ts';
import { confirmationFits } from './question.ts';
import { noticed } from './fold.ts';
import { prompting } from './prompt.ts';
import { unseenOf } from './seen.ts';
import { isUnsteady, basisOf, type Confirmation, type State, type Step, STEADY } from './state.ts';

/** The question whether this request shall be approved, with nothing chosen yet. */
export function confirming(state: State, entry: Entry, now: number): State {
  const confirmation: Confirmation = {
    request: entry.request.id,
    draft: PLAIN_DRAFT,
    basis: basisOf(entry),
    unseen: false,
    changed: false,
  };
  // The key that asked, held down or typed ahead, must not be an answer to what it asked for.
  return { ...state, confirmation, steadyFrom: now + STEADY };
}

/** A yes to the question that is open. It is sent only for what the screen shows, whole and unchanged. */
export function confirmed(state: State, now: number): Step {
  const { confirmation } = state;
  const entry = confirmation === null ? undefined : state.board.entries.get(confirmation.request);
  const stay = (next: State): Step => ({ state: next, commands: [] });
  if (confirmation === null || entry === undefined) return stay({ ...state, confirmation: null });
  const bad = (text: string): Step => stay(noticed(state, { tone: 'bad', text }, now));
  if (state.lost !== null || entry.settled !== null) return stay({ ...state, confirmation: null });
  if (isUnsteady(state, now)) return bad('that was quick: look, then press y');
  if (!confirmationFits(state, entry)) return bad('this window is too small to approve in: make it larger');
  if (wantsLogin(entry.request, confirmation.draft)) return bad('it takes a fresh login: run what is written above');
  if (confirmation.changed) return stay(again(state, { ...confirmation, changed: false }, now));
  const missing = missingFrom(confirmation.draft);
  if (missing !== null) return bad(missing);
  if (unseenOf(state, entry) > 0 && !confirmation.unseen) {
    return stay(again(state, { ...confirmation, unseen: true }, now));
  }
  const reply = approval(entry.request, confirmation.draft);
  const busy = new Set(state.busy).add(entry.request.id);
  return { state: { ...state, confirmation: null, busy }, commands: [{ type: 'reply', reply }] };
}

/** The question once more, with another word to it. */
function again(state: State, confirmation: Confirmation, now: number): State {
  return { ...state, confirmation, steadyFrom: now + STEADY };
}

export type Choice = 'bound' | 'bind' | 'break-glass' | 'reason';

/** The question with something chosen otherwise. */
export function toggled(state: State, choice: Choice): State {
  const { confirmation } = state;
  const entry = confirmation === null ? undefined : state.board.entries.get(confirmation.request);
  if (confirmation === null || entry === undefined || entry.settled !== null) return state;
  const { draft, request } = confirmation;
  const choose = (change: Partial<Confirmation['draft']>): State => ({
    ...state,
    confirmation: { ...confirmation, draft: { ...draft, ...change } },
  });
  switch (choice) {
    case 'bind':
      return offersEffect(entry.request) ? choose({ bound: !draft.bound }) : state;
    case 'break-glass':
      return offersBreakGlass(entry.request) ? choose({ breakGlass: !draft.breakGlass }) : state;
    case 'bound':
      return prompting(state, 'bound', request, draft.uses === 1 && draft.lasts === null ? '' : typedBound(draft));
    case 'reason':
      return prompting(state, 'reason', request, draft.reason);
  }
}

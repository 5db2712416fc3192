import { LONGEST_REASON } from '../../../core/request.ts';
import { fieldOf, moveField, type } from '../field.ts';
import type { Typing } from '../typing.ts';
import { boundOf, denial } from './draft.ts';
import { noticed, shownRow, withCursor } from './fold.ts';
import { OUTCOME_WORDS } from '../../../core/outcome.ts';
import { type Prompt, type Purpose, type State, type Step, STEADY } from './state.ts';

/** The state with a text being typed. */
export function prompting(state: State, purpose: Purpose, about: string | null, text: string): State {
  return { ...state, prompt: { purpose, about, field: fieldOf(text), problem: null } };
}

export function typed(before: State, typing: Typing, now: number): Step {
  const state = { ...before, now };
  const { prompt } = state;
  if (prompt === null) return stay(state);
  switch (typing.type) {
    case 'text':
      return stay(edited(state, { ...prompt, field: written(prompt, typing.text), problem: null }));
    case 'move':
      return stay(edited(state, { ...prompt, field: moveField(prompt.field, typing.move), problem: null }));
    case 'leave':
      return stay(left(state, prompt, now));
    case 'submit':
      return submitted(state, prompt, now);
  }
}

/** A reason of more than may be given is not cut when it is sent: it cannot be typed. */
function written({ purpose, field }: Prompt, text: string): Prompt['field'] {
  return purpose === 'filter' ? type(field, text) : type(field, text, LONGEST_REASON);
}

function stay(state: State): Step {
  return { state, commands: [] };
}

/** A filter works while it is typed. */
function edited(state: State, prompt: Prompt): State {
  const next = { ...state, prompt };
  return prompt.purpose === 'filter' ? shownRow(withCursor({ ...next, filter: prompt.field.text })) : next;
}

/** Keys that were meant for the text must not answer what lay behind it. */
function left(state: State, { purpose }: Prompt, now: number): State {
  const next = { ...state, prompt: null, steadyFrom: now + STEADY };
  return purpose === 'filter' ? shownRow(withCursor({ ...next, filter: '' })) : next;
}

function submitted(state: State, prompt: Prompt, now: number): Step {
  const done: State = { ...state, prompt: null, steadyFrom: now + STEADY };
  const text = prompt.field.text.trim();
  switch (prompt.purpose) {
    case 'filter':
      return stay(done);
    case 'reason':
      return stay(drafted(done, { reason: text }));
    case 'bound': {
      const bound = boundOf(text === '' ? '1' : text);
      if (typeof bound === 'string') return stay({ ...state, prompt: { ...prompt, problem: bound } });
      return stay(drafted(done, bound));
    }
    case 'revoke':
      return { state: done, commands: revocation(prompt.about, text) };
    case 'deny':
      return denied(state, done, prompt, now);
  }
}

function revocation(grant: string | null, reason: string): Step['commands'] {
  return grant === null ? [] : [{ type: 'revoke', grant, reason: reason === '' ? null : reason }];
}

function drafted(state: State, change: object): State {
  const { confirmation } = state;
  if (confirmation === null) return state;
  return { ...state, confirmation: { ...confirmation, draft: { ...confirmation.draft, ...change } } };
}

function denied(state: State, done: State, { about, field }: Prompt, now: number): Step {
  const entry = about === null ? undefined : state.board.entries.get(about);
  if (entry === undefined || state.lost !== null) return stay(done);
  if (entry.settled !== null) {
    return stay(noticed(done, { tone: 'bad', text: `it is over: ${OUTCOME_WORDS[entry.settled.outcome]}` }, now));
  }
  if (field.text.trim() === '') {
    return stay({ ...state, prompt: { purpose: 'deny', about, field, problem: 'say why: whoever asked reads it' } });
  }
  const busy = new Set(state.busy).add(entry.request.id);
  return { state: { ...done, busy }, commands: [{ type: 'reply', reply: denial(entry.request, field.text) }] };
}

import { identityLabel } from '../../core/identity.ts';
import { OUTCOME_WORDS } from '../../core/outcome.ts';
import type { SessionEvent } from '../../core/recorder.ts';
import { answerBounds, previewWords, requestLines, termsLine } from '../replay-requests.ts';
import type { RequestEvent } from '../replay-requests.ts';
import { visible } from '../../core/visible.ts';
import type { AnswerPart, Part, PreviewPart, RequestPart } from './card.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

/** What an event adds to the card of its request's statement. */
export function requestPart(event: RequestEvent, at: number): Part {
  switch (event.type) {
    case 'request':
      return asked(event, at);
    case 'preview':
      return preview(event, at);
    case 'answer':
      return answer(event, at);
    case 'settled':
      return { kind: 'settled', at, approved: event.outcome === 'approved', words: OUTCOME_WORDS[event.outcome] };
    case 'granted':
    case 'revoked':
      return { kind: event.type, at, words: requestLines(event).join(' ').trim() };
  }
}

function asked({ request, digest, expires, terms }: Of<'request'>, at: number): RequestPart {
  return {
    kind: 'request',
    at,
    id: visible(request),
    expires: visible(expires),
    digest: visible(digest),
    terms: terms.map((term) => visible(termsLine(term))),
  };
}

function preview({ preview: found }: Of<'preview'>, at: number): PreviewPart {
  const dryRun = found.dryRun;
  const safe = (values: readonly (string | null)[] | null): (string | null)[] | null =>
    values?.map((value) => (value === null ? null : visible(value))) ?? null;
  return {
    kind: 'preview',
    at,
    lines: previewWords(found).map(visible),
    tables:
      dryRun?.tables.map(({ schema, name, inserted, updated, deleted }) => {
        return { name: visible(`${schema}.${name}`), inserted, updated, deleted };
      }) ?? [],
    sample:
      dryRun === null || dryRun.sample === null
        ? null
        : {
            columns: dryRun.sample.columns.map(visible),
            rows: dryRun.sample.rows.map(({ before, after }) => ({ before: safe(before), after: safe(after) })),
          },
  };
}

function answer({ answer: given }: Of<'answer'>, at: number): AnswerPart {
  return {
    kind: 'answer',
    at,
    verdict: given.verdict,
    breakGlass: given.breakGlass,
    by: visible(identityLabel(given.by)),
    reason: given.reason === null ? null : visible(given.reason),
    bounds: answerBounds(given).map(visible),
    given: visible(given.at),
    key: visible(given.key),
  };
}

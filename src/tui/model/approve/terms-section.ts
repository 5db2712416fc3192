import { ruleLabel } from '../../../core/decision.ts';
import { askingRule, type AskTerms } from '../../../core/request.ts';
import type { Line, Span } from '../../safe-text.ts';
import type { Entry } from './board.ts';
import { approversLine, clipped, duration, said } from '../words.ts';

/** Who may say yes, who has said something, and who may override. */
export function approvalSection({ request, answers }: Entry): readonly Line[] {
  const lines: Line[] = request.terms.flatMap((terms) => termsLines(terms));
  for (const { by, verdict, reason, breakGlass, at } of answers) {
    const word = verdict === 'approve' ? 'approved' : 'denied';
    const line: Span[] = [said('  '), ...clipped(by.display, 'strong', 40), said(` has ${word}`, toneOf(verdict))];
    if (breakGlass) line.push(said(' in an emergency', 'bad'));
    line.push(said(', ', 'dim'), ...clipped(at, 'dim', 30));
    if (reason !== null) line.push(said(': '), ...clipped(reason));
    lines.push(line);
  }
  return lines.length === 0 ? [[said('  nobody: no terms are known', 'bad')]] : lines;
}

function toneOf(verdict: 'approve' | 'deny'): 'good' | 'bad' {
  return verdict === 'approve' ? 'good' : 'bad';
}

function termsLines(terms: AskTerms): readonly Line[] {
  const { approvers, within, stepUp, breakGlass, message } = terms;
  const lines: Line[] = [
    [
      said('  '),
      ...approversLine(approvers),
      said(`, within ${duration(within)}`, 'dim'),
      ...(stepUp ? [said(', after a fresh login', 'warn')] : []),
      said('  (', 'dim'),
      ...clipped(ruleLabel(askingRule(terms)), 'dim'),
      said(')', 'dim'),
    ],
  ];
  if (message !== null) lines.push([said('  Its words: ', 'dim'), ...clipped(message, 'plain', 200)]);
  if (breakGlass !== null) {
    lines.push([said('  In an emergency, alone and with a reason: ', 'dim'), ...approversLine(breakGlass)]);
  }
  return lines;
}

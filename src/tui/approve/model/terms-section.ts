import type { AskTerms } from '../../../core/request.ts';
import type { Line, Span } from '../../safe-text.ts';
import type { Entry } from './board.ts';
import { approversLine, clipped, duration, said } from './words.ts';

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

function termsLines({ policy, index, approvers, within, stepUp, breakGlass }: AskTerms): readonly Line[] {
  const rule = index === null ? 'default' : `ask[${index}]`;
  const lines: Line[] = [
    [
      said('  '),
      ...approversLine(approvers),
      said(`, within ${duration(within)}`, 'dim'),
      ...(stepUp ? [said(', after a fresh login', 'warn')] : []),
      said('  (', 'dim'),
      ...clipped(policy, 'dim'),
      said(`, ${rule})`, 'dim'),
    ],
  ];
  if (breakGlass !== null) {
    lines.push([said('  In an emergency, alone and with a reason: ', 'dim'), ...approversLine(breakGlass)]);
  }
  return lines;
}

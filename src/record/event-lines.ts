import { visible, visibleLines } from '../core/visible.ts';
import type { StoredEvent } from './event.ts';
import { closeLine, endLine, headerLines, openLine, resizeLine, transferLine } from './replay-lines.ts';
import { requestLines } from './replay-requests.ts';

/**
 * What an event says in a few lines that hold no control, bidirectional or invisible character; empty for what is not
 * told but shown: statements, columns, rows and what a terminal was sent.
 */
export function eventLines(event: StoredEvent): readonly string[] {
  switch (event.type) {
    case 'header':
      return headerLines(event);
    case 'open':
      return [openLine(event)];
    case 'complete':
      return [visible(event.tag)];
    case 'error':
      return visibleLines(`${event.severity} ${event.code}: ${event.message}`).split('\n');
    case 'notice':
      return visibleLines(`notice ${event.code}: ${event.message}`).split('\n');
    case 'request':
    case 'preview':
    case 'answer':
    case 'settled':
    case 'granted':
    case 'revoked':
      return requestLines(event).map((line) => line.trimStart());
    case 'transfer':
      return [transferLine(event)];
    case 'resize':
      return [resizeLine(event)];
    case 'cancel':
      return [`connection ${event.connection}: asked to cancel`];
    case 'close':
      return [closeLine(event)];
    case 'end':
      return [endLine(event)];
    case 'statement':
    case 'columns':
    case 'rows':
    case 'terminal':
      return [];
  }
}

import { fieldsOf, type Message as Answer } from '../postgres/frames.ts';
import { type Conversation, messagesOf } from './conversation.ts';

/** What conversations have come to: how often each kind of message was sent and heard, each SQLSTATE, each end. */
export class Coverage {
  readonly sent = new Map<string, number>();
  readonly heard = new Map<string, number>();
  readonly states = new Map<string, number>();
  conversations = 0;

  add(conversation: Conversation, answers: readonly Answer[]): void {
    this.conversations += 1;
    for (const message of messagesOf(conversation)) count(this.sent, message.kind);
    for (const { cancel } of conversation.steps) if (cancel === true) count(this.sent, 'cancel');
    count(this.sent, conversation.end);
    for (const answer of answers) {
      count(this.heard, answer.type === 'Z' ? `Z ${answer.body.toString()}` : answer.type);
      if (answer.type === 'E' || answer.type === 'N') count(this.states, fieldsOf(answer)['C'] ?? '');
    }
  }

  /** All of it as text. */
  toString(): string {
    const list = (counts: ReadonlyMap<string, number>): string =>
      [...counts]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, times]) => `${key} ${times}`)
        .join(', ');
    return [
      `${this.conversations} conversations`,
      `sent: ${list(this.sent)}`,
      `heard: ${list(this.heard)}`,
      `SQLSTATEs: ${list(this.states)}`,
    ].join('\n');
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

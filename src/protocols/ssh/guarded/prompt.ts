import { visible } from '../../../core/visible.ts';

/** Where a line goes on that is not complete. */
export const CONTINUATION = '> ';

export interface PromptState {
  readonly target: string;
  readonly directory: string;
  /** Of the last line. */
  readonly status: number;
  /** Lines that were pasted, and come after this one. */
  readonly pasted: number;
}

/** `hoopctl web-1:/srv$ `, with the last exit status where it is not 0. Not made safe. */
export function promptOf({ target, directory, status, pasted }: PromptState): string {
  const notes = [...(status === 0 ? [] : [String(status)]), ...(pasted === 0 ? [] : [`${pasted} more pasted`])];
  return `hoopctl ${target}:${directory}${notes.length === 0 ? '' : ` [${notes.join(', ')}]`}$ `;
}

/** A line behind its prompt, as it is seen when it is submitted. */
export function seenAs(text: string): string {
  return text.split('\n').map(visible).join(`\r\n${CONTINUATION}`);
}

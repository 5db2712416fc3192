import { visibleJson } from '../../core/visible.ts';

/** What a tool gives back: always structured, and the same as text. */
export interface Answer {
  readonly isError: boolean;
  readonly content: Readonly<Record<string, unknown>>;
}

export function answered(content: Answer['content']): Answer {
  return { isError: false, content };
}

export function failed(content: Answer['content']): Answer {
  return { isError: true, content };
}

/** As the Model Context Protocol has it. What a client shows of the text may meet a terminal. */
export interface ToolResult {
  readonly [field: string]: unknown;
  readonly isError: boolean;
  readonly structuredContent: Record<string, unknown>;
  readonly content: { type: 'text'; text: string }[];
}

export function toolResult({ isError, content }: Answer): ToolResult {
  const text = visibleJson(JSON.stringify(content));
  return { isError, structuredContent: { ...content }, content: [{ type: 'text', text }] };
}

import { type Call, touch } from '../call.ts';
import { literal, UNKNOWN_WORD, type Word } from '../word.ts';

const PLAIN = /^(?:bs|cbs|conv|count|ibs|iflag|iseek|obs|oflag|oseek|seek|skip|status)=/u;

/** dd takes words of its own. True when one is not known. */
export function dd(call: Call): boolean {
  let unknown = false;
  for (const word of call.words) {
    const { text } = word;
    if (text === null) {
      touch(call, 'read', UNKNOWN_WORD);
      touch(call, 'write', UNKNOWN_WORD);
    } else if (/^[io]f=/u.test(text)) touch(call, text.startsWith('i') ? 'read' : 'write', valueOf(word, text));
    else if (!PLAIN.test(text)) unknown = true;
  }
  return unknown;
}

function valueOf({ kind }: Word, text: string): Word {
  const value = text.slice('if='.length);
  return kind === 'literal' ? literal(value) : { kind, text: value, plain: true };
}

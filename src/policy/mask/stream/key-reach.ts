const LF = 0x0a;
/** Of base64, without a gap: lines of keys have 64 and more, only the last is shorter. */
const BODY = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{16,}={0,2}[\s"',\\]*$/;
/** What stands before it in lists, comparisons and documents: a number, a file's name. */
const BEFORE_BODY = /^(?:[^A-Za-z]*|\s*\S+[:|>]\s*)$/;
/** The last line of a key, with what stands around it in lists, comparisons and documents. */
const SHORT_BODY = /^[\s>|+\-\d:#"']*[A-Za-z0-9+/]*=*[\s"',\\]*$/;
/** RFC 1421, 4.6: `Proc-Type: 4,ENCRYPTED`; the beginning of one, too. */
const HEADER = /^[\s>|+#"']*[A-Za-z][A-Za-z-]*(?:: ?.*)?$/;
const END_LINE = /-{4}|END /;
/** Bytes of a line that say what it is. */
const ENOUGH = 256;

/**
 * Where a private key that has no END line is over: the first line that cannot be part of one. −1 when there is none yet.
 * `start`: where its BEGIN line, or what of it is known, begins.
 */
export function keyReach(text: Buffer, start: number, end: number): number {
  const all = text.subarray(0, end);
  for (let at = all.indexOf(LF, start) + 1; at > 0 && at < end;) {
    const close = all.indexOf(LF, at);
    const stop = close < 0 ? end : close;
    const line = text.toString('latin1', at, Math.min(stop, at + ENOUGH));
    if (!isPart(line)) return at;
    if (close < 0) return -1;
    at = close + 1;
  }
  return -1;
}

function isPart(line: string): boolean {
  const body = BODY.exec(line);
  if (body !== null && BEFORE_BODY.test(line.slice(0, body.index))) return true;
  return SHORT_BODY.test(line) || HEADER.test(line) || END_LINE.test(line);
}

/** Longer ones are no counting. */
const LONGEST = 512;

/** Commands that put out nothing but one number: `id -u`, `ls | wc -l`, `wc -l < FILE`, `grep -c WORD FILE`, `stat -c %s FILE`. */
const PLAIN = String.raw`[\w./@%+:=,-]`;
const FILE = String.raw`[\w./][\w./-]*`;
const QUOTED = String.raw`(?:'[^'\\!\n]*'|"[^"\\$!\x60\n]*"|${PLAIN}|\^)+`;
const PIPED = String.raw`(?:(?:'[^'\\!\n]*'|"[^"\\$!\x60\n]*"|[\w ./*+:=@%,-])+\|)`;
const GREP = String.raw`grep(?: -[cviwxEFq]+)* -[viwxEF]*c[viwxEF]* (?:-e )?(?!-)${QUOTED}`;
const COUNTS = [
  String.raw`id -[gu]`,
  'nproc',
  String.raw`date(?: -u)? \+%s`,
  String.raw`${PIPED}* *wc -[clmw](?: *< *${FILE})?`,
  String.raw`${PIPED}+ *${GREP}`,
  String.raw`${GREP} ${FILE}`,
  String.raw`stat -c '?%[sYXZugabh]'? ${FILE}`,
].join('|');

const SUBSTITUTION = String.raw`\$\( *(?:${COUNTS})(?: *2> */dev/null)? *\)`;
const LENGTH = String.raw`\$\{#(?:[A-Za-z_]\w*|[@*]|\d)\}`;

/** What can come to nothing but one number: `$?`, `${#x}` and what counts. */
const NUMBER = new RegExp(String.raw`^(?:\$[?#$!]|${LENGTH}|${SUBSTITUTION})$`, 'u');

export function isNumber(expansion: string): boolean {
  return expansion.length <= LONGEST && NUMBER.test(expansion);
}

/**
 * One step of an expression that only computes: no assignment, no index. What stands for a number is followed by none of what it
 * could be put together with to another name, and none begins with a dash behind a dash.
 */
const STEP = new RegExp(
  String.raw`[ \t\n]+|(?:\d+|\$\{(?<braced>[A-Za-z_]\w*)\}|\$(?<named>[A-Za-z_]\w*)|\$[?#$]|${LENGTH}|${SUBSTITUTION}|(?<bare>[A-Za-z_]\w*))(?![\w#$[{])` +
    String.raw`|\*\*|<<(?!=)|>>(?!=)|[<>=!]=|&&|\|\||[<>](?![<>=])|\+(?![+=])|-(?![-=$])|[*/%!&|^~?:()](?!=)`,
  'uy',
);

/** Whether no more than a number comes of `$((…))`. `isKnown`: which variables are surely numbers. */
export function onlyComputes(expansion: string, isKnown: (name: string) => boolean): boolean {
  if (expansion.length > LONGEST || !expansion.startsWith('$((') || !expansion.endsWith('))')) return false;
  const text = expansion.slice('$(('.length, -'))'.length);
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const step = STEP.exec(text);
    if (step === null) return false;
    const name = step.groups?.['braced'] ?? step.groups?.['named'] ?? step.groups?.['bare'];
    if (name !== undefined && !isKnown(name)) return false;
  }
  return true;
}

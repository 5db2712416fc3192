/** Letters, or the value of a variable, in quotes or not. */
const WORD = String.raw`(?:[\w./+:@%][\w./+:@%-]*|"[\w./+:@%-]*"|\$\w+|"\$\w+"|\$\{\w+\}|"\$\{\w+\}")`;
/** `-v` computes what it is given, and `=~`, `-eq` and `<` more than letters. */
const QUESTION = new RegExp(
  String.raw`^\[\[ +(?:! +)?(?:-[a-hknpsuwxzGLNOSr] +${WORD}|${WORD} +(?:==?|!=) +${WORD}) +\]\]$`,
  'u',
);

/**
 * True of a `[[ … ]]` of which no shell makes more than a question for a file or for letters. One that does not know `[[`
 * looks for a program of that name: so it stands on one line, and nothing in it parts commands.
 */
export function isQuestion(text: string): boolean {
  return QUESTION.test(text);
}

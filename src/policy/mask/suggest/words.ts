/** The words of a name in snake, kebab or camel case, in lower case: `dateOfBirth2` is date, of, birth. */
export function wordsOf(name: string): readonly string[] {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}

/** Where `phrase` ends in `words`: the number of words up to there; null where it does not occur. */
export function endOf(phrase: readonly string[], words: readonly string[]): number | null {
  for (let end = words.length; end >= phrase.length; end -= 1) {
    if (phrase.every((word, index) => words[end - phrase.length + index] === word)) return end;
  }
  return null;
}

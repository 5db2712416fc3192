import { textOf, type Word } from '../word.ts';

/** Which each of these is, it says without reading or running anything of anybody's. */
const VERSION: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    bash: ['--version'],
    curl: ['--version', '-V'],
    docker: ['--version', '-v'],
    'g++': ['--version'],
    gcc: ['--version'],
    git: ['--version'],
    java: ['-version', '--version'],
    mysql: ['--version', '-V'],
    node: ['--version', '-v'],
    perl: ['--version', '-v'],
    php: ['--version', '-v'],
    psql: ['--version', '-V'],
    python: ['--version', '-V'],
    python3: ['--version', '-V'],
    ruby: ['--version', '-v'],
    ssh: ['-V'],
    sudo: ['--version', '-V'],
    wget: ['--version', '-V'],
    zsh: ['--version'],
  }),
);

/** Whether a program is asked for nothing but its version. `name`: without its directory. */
export function isAskedForVersion(name: string, words: readonly Word[]): boolean {
  const [word] = words;
  return words.length === 1 && VERSION.get(name)?.includes(textOf(word) ?? '') === true;
}

import type { LineReading } from '../../../core/line-reader.ts';

type Whole = Extract<LineReading, { readonly kind: 'whole' }>;

/** What hoopctl does itself with a line. */
export type OwnCommand =
  /** `code`: null for that of the last line. */
  | { readonly kind: 'exit'; readonly code: number | null }
  | { readonly kind: 'history' }
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly status: number }
  /** `back`: to where it was before. */
  | { readonly kind: 'move'; readonly back: boolean };

/** Null for a line that is run as it is. */
export function ownCommand({ alone, assigns }: Whole): OwnCommand | null {
  if (assigns) return { kind: 'words', words: FORGETS, status: 1 };
  if (alone === null) return null;
  const { program, words } = alone;
  switch (program) {
    case 'exit':
    case 'logout':
      return exit(words);
    case 'cd':
      return { kind: 'move', back: words.length === 1 && words[0] === '-' };
    case 'history':
      return words.length === 0 ? { kind: 'history' } : null;
    case 'help':
      return words.length === 0 ? { kind: 'words', words: HELP, status: 0 } : null;
    default:
      return forgotten(program);
  }
}

function exit(words: readonly (string | null)[]): OwnCommand | null {
  const [word] = words;
  if (words.length === 0) return { kind: 'exit', code: null };
  return words.length === 1 && word !== null && word !== undefined && /^\d{1,3}$/.test(word)
    ? { kind: 'exit', code: Number(word) % 256 }
    : null;
}

/** What only changes the shell that runs it, and that one ends with the line. */
function forgotten(program: string): OwnCommand | null {
  if (SETTINGS.has(program)) return { kind: 'words', words: FORGETS, status: 1 };
  return JOBS.has(program) ? { kind: 'words', words: JOBLESS, status: 1 } : null;
}

const SETTINGS: ReadonlySet<string> = new Set([
  'export',
  'unset',
  'alias',
  'unalias',
  'declare',
  'typeset',
  'local',
  'readonly',
  'set',
  'shopt',
  'setopt',
  'umask',
  'ulimit',
  'pushd',
  'popd',
]);
const JOBS: ReadonlySet<string> = new Set(['fg', 'bg', 'jobs', 'disown', 'wait']);

const FORGETS = [
  'each line is run by a shell of its own: variables, aliases and settings do not last beyond it, so this was not run',
  'Write them on the line that needs them: NAME=value COMMAND.',
];
const JOBLESS = ['each line is run by a shell of its own: there are no jobs from one line to the next'];

/** Said where no line can be run. */
export const NOWHERE_TO_RUN = [
  'the target does not say in which directory its commands start: no line was run',
  'Check that the login shell there understands POSIX syntax, as sh, bash and zsh do: csh and fish do not.',
];

/** Said of a line with something in it that is to go on. */
export const BACKGROUND = ['what runs in the background may end with its line: there are no jobs from one to the next'];

const HELP = [
  'each line is decided by the policy, and only then run on the target, in the directory of the prompt.',
  'cd DIR and cd - change the directory. Variables, aliases and jobs do not last beyond a line.',
  'Ctrl-R searches the lines of this session, history lists them, Tab completes paths and programs.',
  'Ctrl-C gives a line up, and takes back what waits for approval. exit or Ctrl-D ends.',
];

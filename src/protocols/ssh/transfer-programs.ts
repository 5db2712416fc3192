import { basename, dirname } from 'node:path/posix';

/**
 * What a program that copies files is called with by its other half. It speaks a language of its own over its input and
 * output, in which not a byte may be changed.
 */
const PROGRAMS: ReadonlyMap<string, (words: readonly string[]) => boolean> = new Map<
  string,
  (words: readonly string[]) => boolean
>([
  ['scp', (words) => words.some((word) => /^-[a-zA-Z]*[tf]/.test(word))],
  ['rsync', (words) => words[0] === '--server'],
  ['git-upload-pack', () => true],
  ['git-receive-pack', () => true],
  ['git-upload-archive', () => true],
  ['git', (words) => /^(?:upload-pack|receive-pack|upload-archive)$/.test(words[0] ?? '')],
  ['sftp-server', () => true],
]);

/** Where systems keep them. A program of somebody's own may have any name, and is text like others. */
const PLACES = /^(?:\.|\/(?:usr\/(?:local\/)?)?(?:bin|lib(?:exec)?(?:\/(?:openssh|ssh|git-core))?))$/;

/** Characters by which a shell may do something else than run one program with these words. */
const MEANS_MORE = /[;&|<>()$`"\\\n\r!{}*?~#]/;

/**
 * Whether a command line runs one program that copies files, and nothing else. Only where it is certain: all other
 * output is treated as text.
 */
export function isTransfer(command: string): boolean {
  if (MEANS_MORE.test(unquoted(command))) return false;
  const [program = '', ...words] = command.trim().split(/\s+/);
  if (program.startsWith('.') || !PLACES.test(dirname(program))) return false;
  return PROGRAMS.get(basename(program))?.(words) ?? false;
}

/** Without what stands in apostrophes, where nothing means more than it is. */
function unquoted(command: string): string {
  return command.replaceAll(/'[^']*'/g, '');
}

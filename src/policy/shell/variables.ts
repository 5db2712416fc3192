/** What programs take from their surroundings and use for no more than showing things. */
const HARMLESS = /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLUMNS|LINES|NO_COLOR|DEBIAN_FRONTEND)$/u;

/** Names that shells, or programs that were given them before, make something of. Upper-case ones are taken for such. */
const SPECIAL: ReadonlySet<string> = new Set([
  'path',
  'cdpath',
  'fpath',
  'manpath',
  'mailpath',
  'module_path',
  'argv',
  'status',
  'pipestatus',
  'prompt',
  'histchars',
  'signals',
  'options',
  'aliases',
  'galiases',
  'saliases',
  'functions',
  'commands',
  'parameters',
  'builtins',
  'reswords',
  'nameddirs',
  'userdirs',
  'psvar',
  'watch',
  'zsh_eval_context',
  'zle_bracketed_paste',
  'http_proxy',
  'https_proxy',
  'ftp_proxy',
  'all_proxy',
  'no_proxy',
  'home',
  'user',
  'term',
  'shell',
  'cwd',
]);

/** Upper-case names that people give to what only their own command line uses. */
const CUSTOMARY: ReadonlySet<string> = new Set([
  'DIR',
  'FILE',
  'FILES',
  'NAME',
  'DATE',
  'TODAY',
  'NOW',
  'COUNT',
  'TOTAL',
  'SRC',
  'DST',
  'DEST',
  'TARGET',
  'BACKUP',
  'SERVICE',
  'UNIT',
  'STAMP',
]);

/** True when a variable of the shell may be set without changing what programs and the shell itself do. */
export function isOwn(name: string): boolean {
  if (/^[a-z_][a-z0-9_]*$/u.test(name)) return name !== '_' && !SPECIAL.has(name);
  return /^[A-Z]$/u.test(name) || CUSTOMARY.has(name);
}

/** `PATH=…` with nothing in it but the system's own directories and what was there before, as it is written. */
const SEARCH_PATH = (() => {
  const place = String.raw`(?:\$PATH|\$\{PATH\}|/(?:usr/(?:local/)?)?s?bin)`;
  return new RegExp(String.raw`^PATH=("?)${place}(?::${place})*\1$`, 'u');
})();

/** True of an assignment by which names of programs go on to mean what the system has by them. */
export function keepsPrograms(written: string): boolean {
  return SEARCH_PATH.test(written);
}

/** True when a program may be run with it: `LC_ALL=C`. Null: a value that is not known. */
export function isHarmlessAssignment(assignment: string | null): boolean {
  const equals = assignment?.indexOf('=') ?? -1;
  if (assignment === null || equals < 0) return false;
  const value = assignment.slice(equals + 1);
  return HARMLESS.test(assignment.slice(0, equals)) && /^[\w.@:,+/-]*$/u.test(value) && !/^[:/.]|\.\./u.test(value);
}

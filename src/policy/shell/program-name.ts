/** Where a system keeps its own programs: what lies there is what its name says. */
const SYSTEM = /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]+$/u;

/** The last name of a program's path: what it is, as far as anybody may say without looking at it. */
export function baseName(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

/** True for a bare name, and for a path into one of the system's own directories. */
export function isTrusted(program: string): boolean {
  return program.includes('/') ? SYSTEM.test(program) && !/\/\.{1,2}$/u.test(program) : program !== '';
}

/** Where ordinary names are found, whatever else is in PATH: no system has these programs elsewhere alone. */
export const ORDINARY_PLACES: readonly string[] = ['/bin/', '/usr/bin/', '/usr/local/bin/'];

/** Programs for everybody, that POSIX or the core utilities of every system name. Those for administrators are none. */
const ORDINARY: ReadonlySet<string> = new Set(
  (
    'arch awk base64 basename cat chgrp chmod chown cksum cmp comm cp cut date dd df diff dir dirname du echo egrep env expand ' +
    'expr factor false fgrep file find fmt fold getconf grep groups gunzip gzip head hostid iconv id install join kill less ln ' +
    'locale logger logname ls make md5sum mkdir mkfifo mktemp more mv nice nl nohup nproc numfmt od paste pathchk pr printenv ' +
    'printf ps pwd readlink realpath rm rmdir sed seq sh sha1sum sha256sum sha512sum shred shuf sleep sort split stat stty sum ' +
    'sync tac tail tar tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink uptime users vdir w wc ' +
    'which who whoami xargs yes zcat ['
  ).split(' '),
);

/** True for a bare name that means the same everywhere: what lies in directories of administrators goes by others. */
export function isOrdinary(program: string): boolean {
  return ORDINARY.has(program) || BUILT_IN.has(program);
}

/** What every shell does itself, and looks for in no directory. */
const BUILT_IN: ReadonlySet<string> = new Set(
  ': . break cd continue eval exec exit export readonly return set shift times trap unset read umask wait command'.split(
    ' ',
  ),
);

import { type Call, led, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import type { Unclear } from '../program.ts';
import { moved, type State } from '../state.ts';
import { textOf, UNKNOWN_WORD, type Word } from '../word.ts';

/** Without those that take lists of files, rules or whole configurations from elsewhere. */
export const RSYNC_OPTIONS =
  '-vqcarRbudlLkKHpEAXogDtUNOJSnWxmIyzChP0iVF8h46 e: B: T|temp-dir: f: M: @: server sender daemon verbose quiet checksum archive recursive ' +
  'relative backup backup-dir: suffix: update inplace append append-verify dirs mkpath links copy-links copy-unsafe-links safe-links munge-links ' +
  'copy-dirlinks keep-dirlinks hard-links perms executability chmod: acls xattrs owner group devices specials times atimes open-noatime crtimes ' +
  'omit-dir-times omit-link-times sparse preallocate dry-run whole-file no-whole-file one-file-system block-size: existing ignore-non-existing ' +
  'ignore-existing remove-source-files del delete delete-before delete-during delete-delay delete-after delete-excluded ignore-errors force ' +
  'max-delete: max-size: min-size: partial partial-dir: delay-updates prune-empty-dirs numeric-ids usermap: groupmap: chown: timeout: contimeout: ' +
  'ignore-times size-only modify-window: fuzzy compare-dest: copy-dest: link-dest: compress new-compress old-compress compress-choice: ' +
  'compress-level: skip-compress: cvs-exclude exclude: exclude-from: include: include-from: stats human-readable progress itemize-changes ' +
  'out-format: log-format: info: debug: bwlimit: no-inc-recursive no-i-r inc-recursive no-motd no-r no-perms no-p no-owner no-o no-group no-g ' +
  'no-times no-t no-links no-l no-devices no-specials no-D no-implied-dirs no-compress no-iconv list-only fsync';

const REMOVING = /^(?:del$|delete)/u;
/** Where it looks for files that it need not copy. */
const COMPARED: ReadonlySet<string | null> = new Set(['compare-dest', 'copy-dest', 'link-dest']);
/** Where it puts files besides. */
const KEPT: ReadonlySet<string | null> = new Set(['backup-dir', 'partial-dir', 'T']);

/** A first word is where a server goes to; with -R it may give from where it was. */
function servedFrom(call: Call, first: Word | undefined, stays: boolean): State {
  if (first === undefined) return call.state;
  const state = led(call, first);
  return stays ? moved(state, [...state.directories, ...call.state.directories]) : state;
}

/**
 * rsync on one machine, or with --server as the other end of a copy: there it gives what lies at its words, or takes
 * files to the last of them. What leads to another machine, or is told what to do in other ways, cannot be known.
 */
export function rsync(client: Call, parsed: Parsed): Unclear {
  const { given, operands } = parsed;
  const has = (name: string): boolean => given.some((one) => one.name === name);
  const serves = has('server');
  const sends = serves && has('sender');
  const call = serves ? { ...client, state: servedFrom(client, operands[0], has('R') || has('relative')) } : client;
  const places = serves ? operands.slice(1) : operands;
  const sources = sends ? places : serves ? [] : places.slice(0, places.length > 1 ? -1 : undefined);
  const targets = sends ? [] : serves ? places : places.slice(1).slice(-1);
  for (const word of sources) {
    touch(call, 'read', word, true);
    if (has('remove-source-files')) touch(call, 'remove', word, true);
  }
  for (const word of targets) {
    touch(call, 'write', word, true);
    if (has('l') || has('links') || has('a') || has('archive')) touch(call, 'symlink', word, true);
    if (given.some(({ name }) => REMOVING.test(name ?? ''))) touch(call, 'remove', word, true);
  }
  for (const { name, value } of given) {
    // These are names in what is copied to.
    for (const at of targets.map((target) => ({ ...call, state: led(call, target) }))) {
      if (COMPARED.has(name)) touch(at, 'read', value ?? UNKNOWN_WORD, true);
      if (KEPT.has(name)) touch(at, 'write', value ?? UNKNOWN_WORD, true);
    }
    if (name === 'exclude-from' || name === 'include-from') touch(call, 'read', value ?? UNKNOWN_WORD);
  }
  if (has('daemon') || (serves && operands.length < 2)) return 'runs';
  const isAbroad = !serves && (has('e') || operands.some((word) => textOf(word)?.includes(':') !== false));
  return isAbroad ? 'runs' : has('f') || has('M') || has('F');
}

import type { Effect, Operation } from '../../../core/action.ts';
import { onPath } from '../../../core/channel-effect.ts';
import { NOWHERE, type Statement } from '../../../core/statement.ts';
import { sshStatement } from '../statements.ts';
import type { PathRequest } from './requests.ts';
import type { Subject } from './subjects.ts';

/** What a request does, in words and as effects. */
export interface Deed {
  readonly text: string;
  /** The first path, where it leads to one place, and as it is written otherwise. */
  readonly path: string;
  readonly effects: readonly Effect[];
}

/** How it is said what is done to one path alone, and what it counts as. */
const VERBS = {
  stat: ['stat', 'list'],
  lstat: ['stat', 'list'],
  readlink: ['readlink', 'list'],
  statvfs: ['statvfs', 'list'],
  realpath: ['realpath', 'list'],
  expand: ['realpath', 'list'],
  remove: ['remove', 'remove'],
  rmdir: ['rmdir', 'remove'],
  mkdir: ['mkdir', 'mkdir'],
  setstat: ['change attributes of', 'write'],
  lsetstat: ['change attributes of', 'write'],
} as const satisfies Record<string, readonly [string, Operation]>;

/** `subjects`: the paths of the request, in its order, and where they lead; of a link what it points to comes last. */
export function deedOf(request: PathRequest, [one, other, led]: readonly [Subject, Subject?, Subject?]): Deed {
  const [place] = one.places;
  const path = one.places.length === 1 && typeof place === 'string' ? place : one.written;
  const { text, effects } = describe(request, one, other);
  if (led === undefined) return { text, effects, path };
  return { text: `${text}, a link to ${named(led)}`, effects: distinct([...effects, ...pointedAt(led)]), path };
}

type Description = Omit<Deed, 'path'>;

function describe(request: PathRequest, one: Subject, other: Subject | undefined): Description {
  switch (request.kind) {
    case 'open':
      return opened(request, one);
    case 'list':
    case 'home':
      return { text: `list ${named(one)}`, effects: effectsOn(one, ['list']) };
    case 'owners':
      return {
        text: `look up names of users and groups in ${[one, ...(other === undefined ? [] : [other])].map(named).join(' and ')}`,
        effects: [one, other ?? one].flatMap((subject) => effectsOn(subject, ['list'])),
      };
    case 'look':
    case 'locate':
    case 'change': {
      const [verb, operation] = VERBS[request.how];
      return { text: `${verb} ${named(one)}`, effects: effectsOn(one, [operation]) };
    }
    case 'rename':
      return renamed(one, other);
    case 'symlink':
    case 'hardlink':
      return linked(request.kind, one, other);
  }
}

function opened(
  { reads, writes }: { readonly reads: boolean; readonly writes: boolean },
  subject: Subject,
): Description {
  const operations: Operation[] = [...(reads ? (['read'] as const) : []), ...(writes ? (['write'] as const) : [])];
  return { text: `${operations.join(' and ')} ${named(subject)}`, effects: effectsOn(subject, operations) };
}

/** Under its new name it could be read by whoever may not read it under the old one. */
function renamed(from: Subject, to: Subject | undefined): Description {
  const target = to ?? from;
  return {
    text: `rename ${named(from)} to ${named(target)}`,
    effects: distinct([
      ...effectsOn(from, ['rename', 'read'], mayHoldMore(from)),
      ...effectsOn(target, ['write'], mayHoldMore(from)),
    ]),
  };
}

function mayHoldMore({ sights }: Subject): boolean {
  return sights.some((sight) => sight === 'directory' || sight === 'unknown');
}

/** Through a link everything can be done to what it points to, by anybody. */
function linked(kind: 'symlink' | 'hardlink', link: Subject, target: Subject | undefined): Description {
  const pointed = target ?? link;
  return {
    text: `${kind} ${named(link)} to ${named(pointed)}`,
    effects: distinct([
      ...effectsOn(link, ['symlink']),
      ...(kind === 'symlink' ? pointedAt(pointed) : effectsOn(pointed, ['read', 'write'])),
    ]),
  };
}

function pointedAt(subject: Subject): readonly Effect[] {
  return effectsOn(subject, ['read', 'write'], mayHoldMore(subject));
}

/** A path in words, with where it leads when that is somewhere else. */
function named({ written, places }: Subject): string {
  const others = places.filter((place) => place !== written);
  if (others.length === 0) return written;
  const leads = others.map((place) => place ?? 'a place that cannot be known');
  return `${written} (which is ${leads.join(' or ')})`;
}

/** For the path as it is written and for every place that it leads to: rules may speak of either. */
function effectsOn(subject: Subject, operations: readonly Operation[], recursive = false): Effect[] {
  const names = [...new Set([subject.written, ...subject.places])];
  return operations.flatMap((operation) => names.map((name) => onPath('sftp', operation, name, recursive)));
}

function distinct(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Set<string>();
  return effects.filter(({ action, name }) => {
    const key = `${action} ${name}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** As it is put before the guard. `message`: what will be sent. */
export function statementOf({ text, effects }: Deed, message: Buffer): Statement {
  return sshStatement(text, { effects, start: NOWHERE }, message);
}

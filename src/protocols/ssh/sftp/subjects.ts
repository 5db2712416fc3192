import { joined, parentOf, textOf, withoutParents, writtenPath, type PathFault } from './paths.ts';
import { type Lookout, type Place, resolvePath, type Sight } from './resolve.ts';
import type { PathRequest } from './requests.ts';

/** A path that something is done to. */
export interface Subject {
  /** As the client wrote it: absolute, and without `.` and `..`. */
  readonly written: string;
  /** Where it leads; null for where that cannot be known. */
  readonly places: readonly (string | null)[];
  readonly sights: readonly Sight[];
}

/** What is known of the server. */
export interface Surroundings {
  readonly lookout: Lookout;
  /** Where relative paths begin. */
  readonly home: string;
  /** Whether they still do: a directory may be moved, and takes along whoever is in it. */
  isHome(): Promise<boolean>;
  /** It writes paths in another way, so that none can be judged. */
  readonly isForeign: boolean;
  /** It takes what a link points to before the link, as OpenSSH does; false: one cannot tell. */
  readonly pointsFirst: boolean;
  /** What the server makes of `~` at the beginning of a path, and whose home it is; null when it does not say. */
  expand(path: Buffer): Promise<Buffer | null>;
  homeOf(user: Buffer): Promise<Buffer | null>;
}

/**
 * The paths of a request and where they lead, or why they cannot be judged. The third: what a link that gets another name
 * points to from there on.
 */
export type Subjects = readonly [Subject, Subject?, Subject?] | { readonly fault: PathFault };

/** Finds out what a request is about, in the order that `deedOf` takes. */
export async function subjectsOf(request: PathRequest, around: Surroundings): Promise<Subjects> {
  switch (request.kind) {
    case 'rename':
      return renamed(await subjectOf(request.from, around, false), await subjectOf(request.to, around, false), around);
    case 'hardlink':
      return hardlinked(request, around);
    case 'symlink':
      return around.pointsFirst
        ? linkSubjects(request.second, request.first, around)
        : eitherOrder(request.first, request.second, around);
    case 'home':
      return alone(await told(await around.homeOf(request.user), around));
    case 'owners':
      return owners(request, around);
    case 'locate':
      return alone(await located(request, around));
    case 'open':
    case 'list':
      return alone(await subjectOf(request.path, around, true));
    case 'look':
      return alone(await subjectOf(request.path, around, request.how === 'stat' || request.how === 'statvfs'));
    case 'change':
      return alone(await subjectOf(request.path, around, request.how === 'setstat'));
  }
}

type Found = Subject | { readonly fault: PathFault };

const isFault = (found: Found): found is { readonly fault: PathFault } => 'fault' in found;

function alone(found: Found): Subjects {
  return isFault(found) ? found : [found];
}

function both(one: Found, other: Found): Subjects {
  if (isFault(one)) return one;
  return isFault(other) ? other : [one, other];
}

/** `from`: where it begins when it is relative; where the conversation began when that is not given. */
async function subjectOf(bytes: Buffer, around: Surroundings, follow: boolean, from?: string): Promise<Found> {
  const read = textOf(bytes);
  if ('fault' in read) return read;
  const path = writtenPath(read.text, from ?? around.home);
  const written = joined(withoutParents(path.parts));
  if (around.isForeign) return { written, places: [null], sights: ['unknown'] };
  const begins = from === undefined && !read.text.startsWith('/') ? around.isHome() : true;
  const [places, isThere] = await Promise.all([resolvePath(around.lookout, path, follow), begins]);
  return isThere ? subject(written, places) : { fault: 'moved' };
}

function subject(written: string, places: readonly Place[]): Subject {
  return { written, places: places.map(({ path }) => path), sights: places.map(({ sight }) => sight) };
}

function merged(one: Found, other: Found): Found {
  if (isFault(one)) return one;
  if (isFault(other)) return other;
  return {
    written: one.written,
    places: [...new Set([...one.places, other.written, ...other.places])],
    sights: [...one.sights, ...other.sights],
  };
}

/** Some systems link what a link points to, others the link itself. */
async function eitherWay(bytes: Buffer, around: Surroundings): Promise<Found> {
  return merged(await subjectOf(bytes, around, false), await subjectOf(bytes, around, true));
}

async function renamed(from: Found, to: Found, around: Surroundings): Promise<Subjects> {
  if (isFault(from)) return from;
  if (isFault(to)) return to;
  return led([from, to], await leads(from, to, around));
}

async function hardlinked(
  { from, to }: { readonly from: Buffer; readonly to: Buffer },
  around: Surroundings,
): Promise<Subjects> {
  const [itself, link] = [await subjectOf(from, around, false), await subjectOf(to, around, false)];
  const either = await eitherWay(from, around);
  if (isFault(link)) return link;
  if (isFault(itself)) return itself;
  if (isFault(either)) return either;
  return led([link, either], await leads(itself, link, around));
}

/** What an absolute path begins with. */
const SLASH = 0x2f;

function led(subjects: readonly [Subject, Subject], found: Found | null): Subjects {
  if (found === null) return subjects;
  return isFault(found) ? found : [...subjects, found];
}

/** What a relative link points to from another directory than before. Null for what leads where it did, or nowhere. */
async function leads(from: Subject, to: Subject, around: Surroundings): Promise<Found | null> {
  let found: Found | null = null;
  for (const [index, sight] of from.sights.entries()) {
    const place = from.places[index] ?? null;
    if (sight !== 'link' || place === null) continue;
    const text = await around.lookout.target(place);
    if (text?.[0] === SLASH || to.places.every((other) => other !== null && parentOf(other) === parentOf(place)))
      continue;
    const here = text === null ? UNTOLD : await pointed(text, to, around);
    found = found === null ? here : merged(found, here);
  }
  return found;
}

async function linkSubjects(link: Buffer, target: Buffer, around: Surroundings): Promise<Subjects> {
  const at = await subjectOf(link, around, false);
  if (isFault(at)) return at;
  return both(at, await pointed(target, at, around));
}

/** What a link at this place will point to: from where it lies, however its own path was written. */
async function pointed(target: Buffer, link: Subject, around: Surroundings): Promise<Found> {
  const places = [...new Set(link.places)];
  let found: Found | null = null;
  for (const place of places) {
    const here =
      place === null
        ? { written: link.written, places: [null], sights: ['unknown' as const] }
        : await subjectOf(target, around, true, parentOf(place));
    found = found === null ? here : merged(found, here);
  }
  return found ?? { written: link.written, places: [null], sights: ['unknown'] };
}

/** The specification has the link first, most servers what it points to: either may be meant. */
async function eitherOrder(first: Buffer, second: Buffer, around: Surroundings): Promise<Subjects> {
  const usual = await linkSubjects(second, first, around);
  const other = await linkSubjects(first, second, around);
  if ('fault' in usual) return usual;
  if ('fault' in other) return other;
  return both(merged(usual[0], other[0]), merged(usual[1] ?? usual[0], other[1] ?? other[0]));
}

async function located(
  { how, path }: { readonly how: 'realpath' | 'expand'; readonly path: Buffer },
  around: Surroundings,
): Promise<Found> {
  const isExpanded = how === 'expand' && path[0] === 0x7e;
  return isExpanded ? told(await around.expand(path), around) : subjectOf(path, around, true);
}

/** What the server itself makes of somebody's name. */
async function told(path: Buffer | null, around: Surroundings): Promise<Found> {
  return path === null ? UNTOLD : subjectOf(path, around, true);
}

/** Where systems keep the names of users and of groups. Who asks for neither is taken to ask for users. */
function owners(
  { users, groups }: { readonly users: Buffer; readonly groups: Buffer },
  around: Surroundings,
): Subjects {
  const [passwd, group] = ['/etc/passwd', '/etc/group'].map((written): Subject => ({
    written,
    places: [around.isForeign ? null : written],
    sights: ['unknown'],
  })) as [Subject, Subject];
  if (groups.length === 0) return [passwd];
  return users.length === 0 ? [group] : [passwd, group];
}

const UNTOLD: Subject = { written: '/', places: [null], sights: ['unknown'] };

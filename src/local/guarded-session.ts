import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type Config, loadConfig, namedPolicies, policiesOf, targetNamed } from '../config/load.ts';
import { resolveTarget } from '../config/resolve.ts';
import type { Clock } from '../core/clock.ts';
import type { Grammar } from '../core/grammar.ts';
import { type Identity, identityName } from '../core/identity.ts';
import type { Limits } from '../core/limits.ts';
import type { ClientFile, DoorAddress, DoorCredential, Protocol } from '../core/protocol.ts';
import type { RecordHeader } from '../core/recorder.ts';
import type { ApprovalRequest } from '../core/request.ts';
import { Secret } from '../core/secret.ts';
import type { Standing } from '../core/standing.ts';
import type { Target } from '../core/target.ts';
import { policiesFor } from '../policy/applies.ts';
import { policyHash } from '../policy/hash.ts';
import type { Policy } from '../policy/rules.ts';
import { newSessionId } from '../record/session-id.ts';
import { openRecord } from '../record/writer.ts';
import { type Observed, openSession, type Register, type Session, type TerminalRecord } from '../session/index.ts';
import { fileVariables, writeClientFiles } from './client-files.ts';
import { type Door, type DoorPlace, openDoor } from './door.ts';
import { limitLifetime } from './lifetime.ts';
import { noteDoor } from './open-doors.ts';
import { protocolNamed } from './protocol.ts';
import { targetSources } from './secrets/sources.ts';
import { requireProof, settleTerms, type Terms } from './terms.ts';
import { keepUndo } from './undo.ts';
import { watchIdentity } from './watch-identity.ts';

/** What every session of one command shares. */
export interface Surroundings {
  readonly config: Config;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly home: string;
  /** Directories: see config/paths.ts. */
  readonly state: string;
  readonly runtime: string;
  /** Who asks, for all sessions. The caller closes it. */
  readonly standing: Standing;
  readonly grammar: Grammar;
  readonly clock: Clock;
  /** Of hoopctl. */
  readonly version: string;
  readonly observe: (session: string, target: string, observed: Observed) => void;
  /** So many values were masked in what a client is about to be shown. */
  readonly masked: (session: string, target: string, values: number) => void;
  /** A statement waits for people. */
  readonly held: (request: ApprovalRequest) => void;
  /** Where requests for approval are kept. */
  readonly register: Register;
  readonly warn: (message: string) => void;
}

export interface SessionRequest {
  readonly target: string;
  /** Milliseconds; null: as long as the policies allow. */
  readonly ttl: number | null;
  readonly reason: string | null;
  readonly place: DoorPlace;
  /** Policies that count besides the target's own: a session is only ever held stricter by them. */
  readonly policy?: readonly string[];
}

/** A session that clients can come into. */
export interface OpenedSession {
  readonly id: string;
  readonly target: Target;
  /** Whom it was opened for. */
  readonly identity: Identity;
  readonly terms: Terms;
  /** What must not be shown to anybody: the door's secret, the target's credential. */
  readonly secrets: readonly Secret[];
  /** Where a program that runs against it has its terminal written down. */
  readonly terminal: TerminalRecord;
  /** Wall clock, milliseconds since the epoch. */
  readonly expires: number;
  /** Resolves with the cause when the session has ended by itself: its time is up, the record is lost, or who asks has changed. */
  readonly ended: Promise<string>;
  /** Of an end by itself, more than the cause says, for people to read; null when that says it all. */
  why(): string | null;
  /** Closes the door and every connection, and seals the record. Idempotent; the first cause counts. */
  end(cause: string): Promise<void>;
}

/** A session with an open door. */
export interface GuardedSession extends OpenedSession, SeenDoor {
  readonly address: DoorAddress;
  /** The same for clients that are led to the door from another address, and find its files in another directory. */
  seenAt(address: DoorAddress, directory: string): SeenDoor;
}

/** A door, as clients see it. */
export interface SeenDoor {
  /** What they read to find it, its secret included. */
  readonly environment: Readonly<Record<string, string>>;
  readonly url: string;
  /** What they must find besides, by absolute path. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** How clients come in. */
export interface Way extends Pick<Door, 'traffic' | 'stop' | 'close'> {
  /** For people to read. */
  readonly shown: string;
  /** The directory of what clients read; null where they need nothing. */
  readonly files: string | null;
}

/** What a way leads to, before it is open. */
export interface Inside {
  readonly target: Target;
  readonly session: Session;
  readonly protocol: Protocol;
  readonly credential: DoorCredential;
}

/** A session, and the way into it. */
export interface Behind<W> extends Pick<Inside, 'protocol' | 'credential'> {
  readonly opened: OpenedSession;
  readonly way: W;
}

/**
 * Settles whether a target may be opened at all, without opening anything.
 * @throws HoopError what `settleTerms` and `requireProof` throw, `config.target`
 */
export function agree(
  { config, identity }: { readonly config: Config; readonly identity: Identity },
  request: Omit<SessionRequest, 'place'>,
): Terms {
  const target = targetNamed(config, request.target);
  const protocol = protocolNamed(target.protocol);
  requireProof(config, identity);
  return settleTerms(policiesOfRequest(config, request), protocol, { ...request, identity });
}

/** The target's policies, and those that the request adds: what the target's own allow they may hold back. */
function policiesOfRequest(
  config: Config,
  { target, policy: added = [] }: Pick<SessionRequest, 'target' | 'policy'>,
): readonly Policy[] {
  const own = policiesOf(config, targetNamed(config, target));
  return [...own, ...namedPolicies(config, added).map((policy) => ({ ...policy, besides: true }))];
}

/** Opens a session and a door where other programs find it. @throws HoopError and leaves nothing open */
export async function openGuardedSession(around: Surroundings, request: SessionRequest): Promise<GuardedSession> {
  const { opened, way, protocol, credential } = await openBehind(around, request, async (behind) => {
    const { target, session, protocol: speaks, credential: own } = behind;
    const door = await openDoor({
      target: target.name,
      place: request.place,
      runtime: around.runtime,
      sockets: socketsOf(target.limits),
      serve: (client) => session.serve(client),
      warn: around.warn,
    });
    try {
      return await withFiles(door, around.runtime, speaks.files(door.address, own, target));
    } catch (error) {
      await door.close();
      throw error;
    }
  });
  const { address } = way;
  const { target } = opened;
  const seenAt: GuardedSession['seenAt'] = (from, directory) => {
    const files = protocol.files(from, credential, target);
    return {
      environment: { ...protocol.environment(from, credential, target), ...fileVariables(files, directory) },
      url: protocol.url(from, credential, target),
      files: files.map((file) => ({ path: join(directory, file.name), text: file.text(directory) })),
    };
  };
  return { ...opened, ...seenAt(address, way.files ?? ''), address, seenAt };
}

/** A door whose clients find what they read, for as long as it is open. */
async function withFiles(door: Door, runtime: string, files: readonly ClientFile[]): Promise<Door & Way> {
  const written = await writeClientFiles(runtime, files);
  const close = async (): Promise<void> => {
    await door.close();
    await written.remove();
  };
  return { ...door, shown: shownAddress(door.address), files: written.directory, close };
}

/**
 * Opens a record, a session and a way in, in this order: when the way is open, all else is in place.
 * @throws HoopError and leaves nothing open
 */
export async function openBehind<W extends Way>(
  around: Surroundings,
  request: Omit<SessionRequest, 'place'>,
  open: (inside: Inside) => Promise<W>,
): Promise<Behind<W>> {
  const { standing } = around;
  // What holds for who asks is settled once: see `watchIdentity`.
  const { identity } = standing;
  const terms = agree({ config: around.config, identity }, request);
  const target = await resolveTarget(around.config, request.target, targetSources({ ...around, waiting: around.warn }));
  const protocol = protocolNamed(target.protocol);
  const header = headerOf(around, target, { terms, identity });
  const credential = { user: target.user, secret: new Secret(randomBytes(24).toString('base64url')) };
  const session = openSession({
    id: header.session,
    target,
    protocol,
    standing,
    policies: terms.policies,
    recorder: await openRecord({ state: around.state, header, clock: around.clock, sync: terms.sync }),
    grammar: around.grammar,
    door: credential,
    clock: around.clock,
    approver: around.register.approver(header, () => areInForce(around, request, header.policyHash)),
    held: around.held,
    keepUndo: (id, script) => keepUndo(around.state, id, script),
    observe: (observed) => around.observe(header.session, target.name, observed),
    masked: (values) => around.masked(header.session, target.name, values),
    warn: around.warn,
  });
  try {
    const way = await open({ target, session, protocol, credential });
    const policies = policiesOfRequest(around.config, request);
    const opened = await withWay(around, { session, target, policies, terms, identity, credential, way });
    return { opened, way, protocol, credential };
  } catch (error) {
    await session.end('failure');
    throw error;
  }
}

/** Whether a target's policies are still written as they were when the session was opened. Never rejects. */
async function areInForce(
  around: Surroundings,
  request: Pick<SessionRequest, 'target' | 'policy'>,
  hash: string,
): Promise<boolean> {
  const { config, env, home, standing } = around;
  try {
    const now = await loadConfig({ path: config.path, env, home, cwd: dirname(config.path) });
    return policyHash(policiesFor(policiesOfRequest(now, request), standing.identity)) === hash;
  } catch {
    // What cannot be read any more says nothing.
    return false;
  }
}

/** Those that are turned away may take as long to close as the others take to log in. */
function socketsOf({ connections, unauthenticated }: Limits): number {
  return connections + 2 * unauthenticated;
}

function headerOf(around: Surroundings, target: Target, { terms, identity }: Agreed): RecordHeader {
  const now = around.clock.now();
  return {
    session: newSessionId(now),
    started: new Date(now).toISOString(),
    identity,
    target: {
      name: target.name,
      protocol: target.protocol,
      address: `${target.host}:${target.port}`,
      database: target.database,
      user: target.user,
    },
    policies: [...new Set(terms.policies.map(({ name }) => name))],
    policyHash: policyHash(terms.policies),
    reason: terms.reason,
    results: terms.results,
    version: around.version,
  };
}

/** On what terms, and with whom. */
interface Agreed {
  readonly terms: Terms;
  readonly identity: Identity;
}

interface Parts extends Agreed {
  readonly session: Session;
  readonly target: Target;
  /** All that the session was opened under, whether or not they apply to who asks now. */
  readonly policies: readonly Policy[];
  readonly credential: DoorCredential;
  readonly way: Way;
}

async function withWay(around: Surroundings, parts: Parts): Promise<OpenedSession> {
  const { session, target, policies, terms, identity, credential, way } = parts;
  const { id } = session.context;
  let removeNote = async (): Promise<void> => undefined;
  let closing: Promise<void> | null = null;
  const close = async (cause: string): Promise<void> => {
    lifetime.stop();
    unwatch();
    way.stop();
    try {
      await session.end(cause);
    } finally {
      around.register.forget(id);
      await way.close();
      await removeNote();
    }
  };
  const end = (cause: string): Promise<void> => (closing ??= close(cause));
  let why: string | null = null;
  // Whoever waits on `ended` closes the rest, and hears of what goes wrong.
  const endByItself = (cause: string): void =>
    void end(cause).catch(() => around.warn(`the record of ${id} could not be sealed`));
  const unwatch = watchIdentity({
    standing: around.standing,
    policies,
    opened: identity,
    end: (reason) => {
      why = reason;
      endByItself('identity');
    },
  });
  const lifetime = limitLifetime({
    clock: around.clock,
    ttl: terms.ttl,
    idle: terms.idle,
    traffic: () => way.traffic(),
    end: endByItself,
  });
  const { expires } = lifetime;
  try {
    removeNote = await noteDoor(around.runtime, {
      session: id,
      target: target.name,
      protocol: target.protocol,
      address: way.shown,
      files: way.files,
      who: identityName(identity),
      pid: process.pid,
      opened: new Date(around.clock.now()).toISOString(),
      expires: new Date(expires).toISOString(),
    });
  } catch (error) {
    await end('failure');
    throw error;
  }
  return {
    id,
    target,
    identity,
    terms,
    secrets: [credential.secret, ...secretsOf(target)],
    terminal: session.terminal,
    expires,
    ended: session.ended,
    why: () => why,
    end,
  };
}

function secretsOf({ password, ssh }: Target): readonly Secret[] {
  return [password, ssh?.key ?? null, ssh?.passphrase ?? null].filter((secret) => secret !== null);
}

/** An address for people to read. */
export function shownAddress(address: DoorAddress): string {
  return address.kind === 'tcp' ? `${address.host}:${address.port}` : address.path;
}

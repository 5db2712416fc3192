import { connect as dial, type Socket } from 'node:net';
import type { AnyAuthMethod, AuthHandlerMiddleware, Client as SshClient, ConnectConfig } from 'ssh2';
import { errnoOf, HoopError } from '../../core/errors.ts';
import type { SshAccess, Target } from '../../core/target.ts';
import { within } from '../../wire/deadline.ts';
import { keepStep } from '../../wire/step.ts';
import { reclaimArrivals } from './arrivals.ts';
import { algorithms, isPrefixOpen, type OfferedHostKey } from './algorithms.ts';
import { plainKeyOf } from './certificates/certificate.ts';
import { takeCertificates } from './certificates/exchange.ts';
import type { Doubt } from './certificates/user.ts';
import { credentialsOf } from './credentials.ts';
import { Exchanges } from './exchanges.ts';
import { type KnownServer, knownServer } from './host-keys.ts';
import { Client } from './library.ts';
import { loginFailure, OtherKey } from './login-failure.ts';
import { KEEPALIVE, UNANSWERED_KEEPALIVES } from './limits.ts';
import { fingerprintOf } from './openssh-key.ts';
import { sendTogether } from './packets.ts';
import { declineRequests, isStrict, keepToPackets } from './ssh2.ts';
import { answerAfterExit } from './ssh2-channels.ts';
import { showSigners, type Signer } from './ssh2-login.ts';
import { shareWindows } from './ssh2-windows.ts';

/** A connection to the target, logged in. */
export interface Upstream {
  readonly client: SshClient;
  /** Software and version, as the server calls itself: `OpenSSH_9.2p1`. */
  readonly version: string;
  /** Of its host key: `SHA256:…`. */
  readonly fingerprint: string;
  /** How it had itself shown who logs in: `publickey`, `password`, … */
  readonly authentication: string;
  /** What the operator had better know of that. */
  readonly warning: string | null;
  /** Resolves when the connection is gone, with why hoopctl ended it; null: it did not. */
  readonly closed: Promise<HoopError | null>;
}

/**
 * Logs in to the target. The server's key is verified before anything is sent that could be of use to somebody else.
 * @throws HoopError `ssh.unreachable`, `ssh.host-key`, `ssh.login`, `ssh.protocol`, `wire.deadline`
 */
export async function login(target: Target, signal: AbortSignal): Promise<Upstream> {
  const access = accessOf(target);
  const server = knownServer(access.hostKeys, target);
  let why: OtherKey | null = null;
  for (const hostKeys of server.attempts) {
    try {
      return await attempt(target, access, { server, hostKeys }, signal);
    } catch (error) {
      if (!(error instanceof OtherKey)) throw error;
      // The first key that it has shown is the one that people look up; that it has none of a kind says less.
      if (why === null || (why.code !== 'ssh.host-key' && error.code === 'ssh.host-key')) why = error;
    }
  }
  throw (
    why ?? new HoopError('ssh.host-key', `no host key of ${target.name} can be verified`, { hint: 'name its host_key' })
  );
}

function accessOf({ ssh, name }: Target): SshAccess {
  if (ssh !== undefined) return ssh;
  throw new HoopError('config.target', `${name} does not say how to log in`, { hint: `hoopctl targets show ${name}` });
}

interface Attempt {
  readonly server: KnownServer;
  readonly hostKeys: readonly OfferedHostKey[];
}

async function attempt(target: Target, access: SshAccess, how: Attempt, signal: AbortSignal): Promise<Upstream> {
  const { connect: limit } = target.limits;
  const gone = new AbortController();
  const stop = AbortSignal.any([signal, gone.signal]);
  const connected = (async () => {
    const socket = await reach(target, stop);
    return negotiate(socket, target, access, how, stop);
  })();
  return within(connected, limit, `logging in to ${target.name}`, () => gone.abort());
}

/** What an operating system says by a number, in words; the number's name where there are none. */
function whyNot(error: Error): string {
  const errno = errnoOf(error) ?? error.name;
  const words = REASONS[errno];
  return words === undefined ? errno : `${words} (${errno})`;
}

const REASONS: Readonly<Record<string, string | undefined>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name has no address',
  EAI_AGAIN: 'its name cannot be looked up now',
  ETIMEDOUT: 'nobody answers there',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to its network',
};

/** @throws HoopError `ssh.unreachable` */
function reach({ host, port, name }: Target, signal: AbortSignal): Promise<Socket> {
  // A socket that is told so in time connects all the same.
  if (signal.aborted) return Promise.reject(unwanted());
  return new Promise((resolve, reject) => {
    const socket = dial({ host, port, noDelay: true, keepAlive: true, signal });
    const fail = (error: Error): void => {
      const hint = `check that ${host}:${port} is right and that this machine may reach it`;
      reject(
        new HoopError('ssh.unreachable', `${name} cannot be reached: ${whyNot(error)}`, {
          cause: error,
          hint,
        }),
      );
    };
    socket.once('error', fail).once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function negotiate(
  socket: Socket,
  target: Target,
  access: SshAccess,
  { server, hostKeys }: Attempt,
  signal: AbortSignal,
): Promise<Upstream> {
  const client = new Client();
  const { handler, used, doubts, passedOver } = handlerOf(target, access);
  let shown: () => Signer | null = () => null;
  let refusal: HoopError | null = null;
  let fingerprint = '';
  const closed = new Promise<HoopError | null>((resolve) => client.once('close', () => resolve(refusal)));
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  void closed.then(() => signal.removeEventListener('abort', stop));
  if (signal.aborted) {
    stop();
    return Promise.reject(unwanted());
  }
  return new Promise((resolve, reject) => {
    // Also later: whatever breaks the connection closes it, and is noticed by that.
    client.on('error', (error: Error & { readonly level?: string }) => {
      socket.destroy();
      reject(refusal ?? loginFailure(target, error, doubts()));
    });
    void closed.then(() => reject(refusal ?? lost(target)));
    const exchanges = new Exchanges(Date.now());
    client.on('handshake', (negotiated) => {
      if (isPrefixOpen(negotiated, isStrict(client))) refusal = unsafe(target);
      else if (!exchanges.again(socket.bytesRead + socket.bytesWritten, Date.now())) refusal = restless(target);
      else return;
      socket.destroy();
    });
    client.once('ready', () => {
      reclaimArrivals(client, socket);
      const version = (client as unknown as { readonly _remoteVer?: string })._remoteVer ?? 'unknown';
      const words = shown()?.words;
      const authentication = words === undefined ? used() : `${used()}, ${words}`;
      resolve({ client, version, fingerprint, authentication, warning: passedOver(), closed });
    });
    const config: ConnectConfig = {
      sock: socket,
      username: target.user,
      ident: 'hoopctl',
      algorithms: algorithms(hostKeys),
      hostVerifier: (key: Buffer) => {
        fingerprint = fingerprintOf(plainKeyOf(key));
        const error = server.verify(key);
        if (error !== null) refusal = new OtherKey(error.code, error.message, { hint: error.hint ?? '' });
        return error === null;
      },
      authHandler: handler,
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE,
      keepaliveCountMax: UNANSWERED_KEEPALIVES,
    };
    try {
      keepStep(socket);
      client.connect(config);
      takeCertificates(client);
      shown = showSigners(client);
      shareWindows(client, stop);
      keepToPackets(client, stop);
      declineRequests(client);
      sendTogether(client, socket);
      answerAfterExit(client);
    } catch {
      socket.destroy();
      reject(unusable(target));
    }
  });
}

/** What is shown to the server, one after the other, and what it took in the end. */
function handlerOf(
  target: Target,
  access: SshAccess,
): {
  readonly handler: AuthHandlerMiddleware;
  readonly used: () => string;
  readonly doubts: () => readonly Doubt[];
  readonly passedOver: () => string | null;
} {
  const { methods, ...rest } = credentialsOf(target, access);
  const credentials = [...methods];
  let last = 'none';
  const handler: AuthHandlerMiddleware = (left, _partial, next) => {
    const allowed: readonly string[] | null = left;
    let method: AnyAuthMethod | undefined = credentials.shift();
    while (method !== undefined && allowed !== null && !allowed.includes(nameOf(method))) method = credentials.shift();
    if (method !== undefined) last = nameOf(method);
    // The types do not say that `false` ends it.
    next(method ?? (false as unknown as AnyAuthMethod));
  };
  return { handler, used: () => last, ...rest };
}

function nameOf({ type }: AnyAuthMethod): string {
  return type === 'agent' ? 'publickey' : type;
}

const unwanted = (): HoopError => new HoopError('wire.closed', 'nobody waits for the connection any more');

/** It was there, and is not any more. */
export const lost = ({ name }: Target): HoopError =>
  new HoopError('ssh.closed', `${name} closed the connection`, { hint: 'look into the log of the server' });

const unsafe = ({ name }: Target): HoopError =>
  new HoopError('ssh.protocol', `${name} does not keep to the strict key exchange, which its ciphers need`, {
    hint: 'bring the server up to date, or let it take AES-GCM',
  });

const restless = ({ name }: Target): HoopError =>
  new HoopError('ssh.protocol', `${name} has keys exchanged again and again`, {
    hint: 'raise RekeyLimit in the configuration of the server',
  });

const unusable = ({ name }: Target): HoopError =>
  new HoopError('ssh.login', `the private key that is configured for ${name} cannot be read`, {
    hint: 'check the key and its passphrase: ssh-keygen -y -f KEY',
  });

import type { AnyAuthMethod, BaseAgent, ParsedKey } from 'ssh2';
import { type Clock, systemClock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import type { SshAccess, Target } from '../../core/target.ts';
import type { Certificate } from './certificates/certificate.ts';
import { certifiedKey } from './certificates/certified-key.ts';
import { certificateIn, type Doubt, doubtAbout, isCurrent } from './certificates/user.ts';
import { createAgent, utils } from './library.ts';
import { fingerprintOf } from './openssh-key.ts';
import { heldBy } from './operator-agent.ts';
import { SignerAgent } from './signer-agent.ts';

/** What hoopctl logs in with, and what may be said of it when it is not let in. */
export interface Credentials {
  /** In the order in which they are shown. Every one of them stays inside: an agent is asked for signatures, and never handed on. */
  readonly methods: readonly AnyAuthMethod[];
  /** Of the certificates that there are: what may be wrong with them. An agent's are known when it has been asked. */
  readonly doubts: () => readonly Doubt[];
  /** Why the certificate that lies beside the key is not shown; null when it is, or there is none. */
  readonly passedOver: () => string | null;
}

/** @throws HoopError `ssh.login` when the private key, or its certificate, cannot be used */
export function credentialsOf(target: Target, access: SshAccess, clock: Pick<Clock, 'now'> = systemClock): Credentials {
  const certificates: Certificates = { seen: [], passedOver: null, clock };
  const methods = [...methodsOf(target, access, certificates)];
  const { seen, passedOver } = certificates;
  return {
    methods,
    doubts: () => [
      ...seen.map((certificate) => doubtAbout(certificate, target.user, clock.now())),
      ...(passedOver === null ? [] : [{ words: passedOver, hint: AGAIN }]),
    ],
    passedOver: () => passedOver,
  };
}

/** What is found out about the certificates that are there. */
interface Certificates {
  readonly seen: Certificate[];
  passedOver: string | null;
  readonly clock: Pick<Clock, 'now'>;
}

function* methodsOf(target: Target, access: SshAccess, certificates: Certificates): Generator<AnyAuthMethod> {
  const { user: username, password } = target;
  const { agent } = access;
  yield* keyMethods(target, access, certificates);
  if (agent !== null) yield { type: 'agent', username, agent: operatorAgent(agent, certificates) };
  if (password !== null) {
    yield { type: 'password', username, password: password.reveal() };
    yield {
      type: 'keyboard-interactive',
      username,
      // Only a question that hides its answer asks for the password.
      prompt: (_name, _instructions, _lang, prompts, finish) =>
        finish(prompts.map(({ echo }) => (echo === true ? '' : password.reveal()))),
    };
  }
}

/** A certificate comes before its key, which may be known to the server by itself. */
function* keyMethods(target: Target, access: SshAccess, certificates: Certificates): Generator<AnyAuthMethod> {
  const { user: username, name } = target;
  if (access.key === null) return;
  const key = privateKey(target, access.key.reveal(), access.passphrase?.reveal());
  if (access.certificate !== null) {
    const found = certificateFor(key, access.certificate);
    if ('fault' in found) passOver(name, access.certificate, found.fault, certificates);
    else {
      certificates.seen.push(found);
      const signer = certifiedKey(found, key.getPrivatePEM());
      yield { type: 'agent', username, agent: new SignerAgent(async () => [signer], null) };
    }
  }
  yield { type: 'publickey', username, key };
}

/** Certificates that no server would take now are not shown: servers count attempts. */
function operatorAgent(path: string, { seen, clock }: Certificates): BaseAgent {
  const agent = createAgent(path);
  return new SignerAgent(async () => {
    const { keys, certificates } = await heldBy(agent, (certificate) => isCurrent(certificate, clock.now()));
    seen.push(...certificates);
    return keys;
  }, agent);
}

type Configured = SshAccess['certificate'] & object;

/** Or why it is none of this key. */
function certificateFor(key: ParsedKey, { text }: Configured): Certificate | { readonly fault: string } {
  const certificate = certificateIn(text);
  const fault =
    certificate === null
      ? 'is no certificate as OpenSSH writes it'
      : certificate.use !== 'user'
        ? 'is one for hosts, not for users'
        : certificate.key.equals(key.getPublicSSH())
          ? null
          : `is for the key ${fingerprintOf(certificate.key)}, not for the one that is configured, ${fingerprintOf(key.getPublicSSH())}`;
  return certificate !== null && fault === null ? certificate : { fault: fault ?? '' };
}

const AGAIN = 'look at it: ssh-keygen -L -f CERTIFICATE; have the key signed again, or take the certificate away';

/**
 * One that only lies there may have been left behind by another key: OpenSSH goes on with the key alone, too.
 * @throws HoopError `ssh.login` for one that is configured
 */
function passOver(name: string, { from, isNamed }: Configured, fault: string, certificates: Certificates): void {
  const words = `the certificate of ${name} (${from}) ${fault}`;
  if (isNamed) throw new HoopError('ssh.login', words, { hint: AGAIN });
  certificates.passedOver = words;
}

function privateKey({ name }: Target, text: string, passphrase: string | undefined): ParsedKey {
  const parsed: ParsedKey | readonly ParsedKey[] | Error = utils.parseKey(text, passphrase);
  const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey | undefined) : parsed;
  if (key !== undefined && !(key instanceof Error) && 'isPrivateKey' in key && key.isPrivateKey()) return key;
  // Not the parser's words: they may quote.
  const isLocked = parsed instanceof Error && /passphrase/i.test(parsed.message);
  if (isLocked) throw locked(name, passphrase === undefined);
  throw new HoopError('ssh.login', `the private key that is configured for ${name} cannot be read`, {
    hint: 'check the key: ssh-keygen -y -f KEY',
  });
}

function locked(name: string, isMissing: boolean): HoopError {
  if (!isMissing) {
    const message = `the passphrase that is configured for ${name} does not open its private key`;
    return new HoopError('ssh.login', message, { hint: 'check it by hand: ssh-keygen -y -f KEY' });
  }
  return new HoopError('ssh.login', `the private key of ${name} is locked, and no passphrase is configured`, {
    hint: `hoopctl targets secret set ${name} passphrase, and write passphrase: { keychain: ${name} } beside its key`,
  });
}

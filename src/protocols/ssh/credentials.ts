import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { HoopError } from '../../core/errors.ts';
import type { SshAccess, Target } from '../../core/target.ts';
import { utils } from './library.ts';

/**
 * What hoopctl logs in with, in the order in which it is shown. Every one of them stays inside: an agent is asked for
 * signatures, and never handed on.
 * @throws HoopError `ssh.login` when the private key cannot be read
 */
export function* credentialsOf(target: Target, { key, passphrase, agent }: SshAccess): Generator<AnyAuthMethod> {
  const { user: username, password } = target;
  if (key !== null) yield { type: 'publickey', username, key: privateKey(target, key.reveal(), passphrase?.reveal()) };
  if (agent !== null) yield { type: 'agent', username, agent };
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

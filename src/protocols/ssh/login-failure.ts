import { errnoOf, HoopError } from '../../core/errors.ts';
import type { Target } from '../../core/target.ts';
import type { Doubt } from './certificates/user.ts';

/** The server has shown a key that is not known, or has none of the kind that was asked for: it may have others. */
export class OtherKey extends HoopError {}

/** Why a connection to a target failed, by what ssh2 says of it. `doubts`: about what was shown to it, the likeliest first. */
export function loginFailure(
  target: Target,
  error: Error & { readonly level?: string },
  [doubt]: readonly Doubt[],
): HoopError {
  const { name } = target;
  switch (error.level) {
    case 'client-authentication':
      return notLetIn(target, doubt, error);
    case 'agent':
      if (/does not sign|responded with failure/.test(error.message)) return unsigned(name, error);
      return new HoopError('ssh.login', `the SSH agent that is configured for ${name} cannot be asked`, {
        cause: error,
        hint: 'check that it runs and holds the key: ssh-add -l',
      });
    case 'handshake':
      if (/signature verification failed/.test(error.message)) return unproven(name, error);
      return new OtherKey(
        'ssh.protocol',
        `${name} and hoopctl have no algorithms in common, or the server broke them off`,
        {
          cause: error,
          hint: 'hoopctl takes no SHA-1 and no CBC ciphers: bring the server up to date',
        },
      );
    case 'protocol':
      return new HoopError('ssh.protocol', `what answers for ${name} does not speak SSH as it is understood here`, {
        cause: error,
        hint: `check that there is a server of SSH at ${target.host}:${target.port}`,
      });
    default:
      return new HoopError(
        'ssh.closed',
        `the connection to ${name} failed (${errnoOf(error) ?? error.level ?? 'closed'})`,
        {
          cause: error,
          hint: 'try again; if it goes on, look into the log of the server',
        },
      );
  }
}

function notLetIn({ name, user }: Target, doubt: Doubt | undefined, cause: Error): HoopError {
  const why = doubt === undefined ? 'with the credential that is configured' : `: ${doubt.words}`;
  const hint = doubt?.hint ?? `check user, key and password: hoopctl targets show ${name}`;
  return new HoopError('ssh.login', `${name} does not let ${user} in${doubt === undefined ? ' ' : ''}${why}`, {
    cause,
    hint,
  });
}

const unproven = (name: string, cause: Error): HoopError =>
  new HoopError(
    'ssh.host-key',
    `${name} does not prove to have the key that it shows. Somebody may be in between; nothing was sent`,
    { cause, hint: 'ask whoever runs the server what stands between it and this machine' },
  );

const unsigned = (name: string, cause: Error): HoopError =>
  new HoopError('ssh.login', `the SSH agent that is configured for ${name} does not sign with the key that it holds`, {
    cause,
    hint: 'touch the security key, confirm in its window, or unlock it (ssh-add -X), and try again',
  });

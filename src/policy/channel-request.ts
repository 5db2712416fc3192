import { type Channel, type Effect, type Operation, OPERATIONS } from '../core/action.ts';
import { onPath, opening } from '../core/channel-effect.ts';

/** What is asked for over SSH, in words: a command line, or what is done on one of the other channels. */
export interface ChannelRequest {
  readonly channel: Channel;
  /** Of `exec`, the command line; of `sftp` and `scp`, `write /srv/a`; of a forward, `local db:5432`; empty where nothing goes with it. */
  readonly text: string;
}

export type RequestOutcome =
  /** `effects`: null for a command line, whose effects are found out by reading it. */
  | { readonly ok: true; readonly effects: readonly Effect[] | null }
  /** Completes "the request …" with what to write. */
  | { readonly ok: false; readonly reason: string };

/** The effects that a door puts before the guard for such a request: whatever it is, its channel is opened first. */
export function requestEffects({ channel, text }: ChannelRequest): RequestOutcome {
  const words = text
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== '');
  switch (channel) {
    case 'exec':
      return text.trim() === '' ? no('is empty: write a command line, such as "systemctl status app"') : yes(null);
    case 'shell':
    case 'agent':
    case 'x11':
      return words.length === 0 ? yes([opening(channel, [])]) : no(`takes no words on the channel ${channel}`);
    case 'sftp':
    case 'scp':
      return fileRequest(channel, words);
    case 'forward':
      if (words.length === 2 && isDirection(words[0])) return yes([opening(channel, words)]);
      return no('says where to: write "local db.internal:5432", "remote 127.0.0.1:8080" or "local unix:/run/app.sock"');
    case 'subsystem':
      return words.length === 1 ? yes([opening(channel, words)]) : no('names one subsystem, such as "netconf"');
    case 'env':
      if (/^[^=\s]+=/u.test(text.trim())) return yes([opening(channel, [text.trim()])]);
      return no('sets a variable: write "NAME=value"');
  }
}

function isDirection(word: string | undefined): boolean {
  return word === 'local' || word === 'remote';
}

/** Nothing but the opening, or one operation: `write /srv/a`, `rename /srv/a /srv/b`, `symlink /srv/link /srv/a`. */
function fileRequest(channel: 'sftp' | 'scp', [verb, path, other, ...more]: readonly string[]): RequestOutcome {
  const open = opening(channel, []);
  if (verb === undefined) return yes([open]);
  const operation = OPERATIONS.find((one) => one === verb);
  if (operation === undefined)
    return no(`does something to a path: write one of ${OPERATIONS.join(', ')}, and the path`);
  const takesTwo = operation === 'rename' || operation === 'symlink';
  if (path === undefined || more.length > 0 || (other !== undefined && !takesTwo)) {
    return no(`names ${takesTwo ? 'one or two paths' : 'one path'}: write "${operation} /srv/a"`);
  }
  const wrong = [path, ...(other === undefined ? [] : [other])].find((one) => !isNormal(one));
  if (wrong !== undefined) return no('holds a path that is not absolute, or not in normal form: write "/srv/a"');
  const done = (action: Operation, name: string): Effect => onPath(channel, action, name);
  switch (operation) {
    case 'rename':
      // Under its new name it can be read by whoever may not read it under the old one.
      return yes([
        open,
        done('rename', path),
        done('read', path),
        ...(other === undefined ? [] : [done('write', other)]),
      ]);
    case 'symlink':
      return yes([
        open,
        done('symlink', path),
        ...(other === undefined ? [] : [done('read', other), done('write', other)]),
      ]);
    default:
      return yes([open, done(operation, path)]);
  }
}

function isNormal(path: string): boolean {
  if (path === '/') return true;
  const [root, ...names] = path.split('/');
  return root === '' && names.every((name) => name !== '' && name !== '.' && name !== '..');
}

function yes(effects: readonly Effect[] | null): RequestOutcome {
  return { ok: true, effects };
}

function no(reason: string): RequestOutcome {
  return { ok: false, reason };
}

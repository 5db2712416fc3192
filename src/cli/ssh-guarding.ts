import type { SshTarget } from '../config/target/ssh.ts';
import { type Channel, CHANNELS } from '../core/action.ts';
import type { Policy } from '../policy/rules.ts';
import { approvalsGuarding, type Guarding, isRestricting, surroundings } from './guarding.ts';

/** What is enforced for a target of SSH with these policies, and what is not, honestly. `logins`: a provider vouches for people. */
export function sshGuarding(
  policies: readonly Policy[],
  hostKeys: SshTarget['hostKeys'],
  logins: boolean,
): readonly Guarding[] {
  const restricts = policies.some(isRestricting);
  const asks = policies.some(
    ({ ask, default: otherwise, opaque }) => ask.length > 0 || otherwise === 'ask' || opaque === 'ask',
  );
  return [
    {
      what: 'commands',
      enforced: restricts,
      note: restricts ? 'decided before the target runs them' : 'no rule restricts anything: they are only recorded',
    },
    opaqueGuarding(policies),
    ...channelsGuarding(policies),
    { what: 'records', enforced: true, note: 'written before anything is sent; no record, no command' },
    ...(asks ? approvalsGuarding(policies, logins) : []),
    {
      what: 'the server’s key',
      enforced: true,
      note: serverNote(hostKeys),
    },
    ...outputGuarding(policies),
    {
      what: 'what programs are',
      enforced: false,
      note: 'a name means what PATH, aliases and files on the target make of it; links are followed there, too',
    },
    ...surroundings(logins),
  ];
}

function serverNote(hostKeys: SshTarget['hostKeys']): string {
  if (hostKeys.kind === 'known-hosts') return `one of those in ${hostKeys.path}, or nothing`;
  if (hostKeys.authorities.length === 0) return 'one of those that are pinned, or nothing';
  const certified = 'one that an authority that is pinned has certified for this name';
  return hostKeys.fingerprints.length === 0
    ? `${certified}, or nothing`
    : `${certified}, one that is pinned, or nothing`;
}

const SEVERITY = { allow: 0, ask: 1, deny: 2 } as const;

function opaqueGuarding(policies: readonly Policy[]): Guarding {
  const strictest = policies.reduce<Policy['opaque']>(
    (found, { opaque }) => (SEVERITY[opaque] > SEVERITY[found] ? opaque : found),
    'allow',
  );
  const notes = {
    deny: 'what cannot be known before it runs is refused, unless a rule speaks of it',
    ask: 'what cannot be known before it runs is held until a person approves, unless a rule speaks of it',
    allow:
      'what cannot be known before it runs is decided as what is known: nothing in it is held back but by rules that name it',
  };
  return { what: 'opaque commands', enforced: strictest !== 'allow', note: notes[strictest] };
}

/** Which channels are on at all: those that a rule names which may let something through. */
function channelsGuarding(policies: readonly Policy[]): readonly Guarding[] {
  const named = new Set<Channel>(
    policies.flatMap(({ ask, allow }) => [...ask, ...allow].flatMap(({ command }) => command?.channel ?? [])),
  );
  const [on, off] = [
    CHANNELS.filter((one) => named.has(one)),
    CHANNELS.filter((one) => one !== 'exec' && !named.has(one)),
  ];
  return [
    ...(off.length > 0 ? [{ what: 'other channels', enforced: true, note: `off: ${off.join(', ')}` }] : []),
    ...(on.includes('shell') ? [shellGuarding(policies)] : []),
    ...(on.includes('forward') ? FORWARDS : []),
  ];
}

const FORWARDS: readonly Guarding[] = [
  { what: 'forwards', enforced: true, note: 'decided by where they lead, before they are opened' },
  {
    what: 'what passes through forwards',
    enforced: false,
    note: 'neither decided nor masked; recorded by size and SHA-256',
  },
];

function shellGuarding(policies: readonly Policy[]): Guarding {
  return policies.some(({ shell }) => shell === 'guarded')
    ? {
        what: 'interactive shells',
        enforced: true,
        note: 'every command line is decided before it runs (shell: guarded)',
      }
    : { what: 'interactive shells', enforced: false, note: 'recorded; what is typed into them is not decided' };
}

function outputGuarding(policies: readonly Policy[]): readonly Guarding[] {
  const detects = policies.some(({ mask }) => mask.some(({ detect }) => detect !== null));
  return [
    ...(detects
      ? [{ what: 'masks by detectors', enforced: true, note: 'hide what they find in what is shown and recorded' }]
      : []),
    {
      what: 'output',
      enforced: false,
      note: `shown as the target sends it${detects ? ', except where masks hide it; bytes of files that are copied pass as they are' : ''}`,
    },
  ];
}

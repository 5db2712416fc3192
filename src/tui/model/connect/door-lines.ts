import { shellQuoted } from '../../../core/shell.ts';
import { type Line, safeLine, type Span } from '../../safe-text.ts';
import { clipped, clock, identityLine, said } from '../words.ts';
import { wrapProse } from '../prose.ts';
import type { DoorVariable, LiveDoor } from './feed.ts';
import { currentDoor, type LiveState } from './state.ts';

/** The doors, and how to use the one that is chosen: `most` rows at most. */
export function doorLines(state: LiveState, most: number): readonly Line[] {
  const { known, size } = state;
  const current = currentDoor(state);
  const doors = known.doors.map((door) => doorLine(door, state, door === current && known.doors.length > 1));
  const shownDoors = doors.slice(0, Math.max(1, most - 1));
  if (current === null) return shownDoors;
  const who = whoLine(current);
  const left = most - shownDoors.length;
  const exports = current.variables.flatMap((one) => wrapProse(exportLine(one, state), size.columns));
  // Where not all of it fits, none of it is cut: what is left out can be had with --plain or --json.
  const variables = exports.length + 1 <= left ? exports : compact(current, state, left - 1);
  const use = usageLine(current);
  const used = use !== null && shownDoors.length + 1 + variables.length < most ? [use] : [];
  return [...shownDoors, ...(left > 0 ? [who] : []), ...variables, ...used];
}

function doorLine(
  { target, address, session, expires, protocol }: LiveDoor,
  { now }: LiveState,
  chosen: boolean,
): Line {
  const left = expires - now;
  return [
    said(chosen ? ' ▸ ' : ' ', 'accent'),
    ...clipped(target, 'accent', 30),
    said(` is open at `),
    ...clipped(address, 'strong', 100),
    said(`  ${protocol}  `, 'dim'),
    said(`${clock(left)} left`, left < 60_000 ? 'bad' : left < 300_000 ? 'warn' : 'good'),
    said('  session ', 'dim'),
    ...clipped(session, 'dim', 40),
  ];
}

function whoLine({ identity, reason }: LiveDoor): Line {
  const line: Span[] = [said('   as ', 'dim'), ...identityLine(identity)];
  if (!identity.verified) line.push(said(' (not verified)', 'warn'));
  if (reason !== null) line.push(said(', because: ', 'dim'), ...clipped(reason, 'plain', 200));
  return line;
}

/** How a door is used that a client does not find by its variables; null for all others. */
function usageLine({ protocol, target }: LiveDoor): Line | null {
  if (protocol !== 'ssh') return null;
  return [said('   use it with ', 'dim'), said('ssh -F "$HOOPCTL_SSH_CONFIG" '), ...clipped(target, 'plain', 100)];
}

function exportLine(variable: DoorVariable, state: LiveState): Line {
  return [said('   export ', 'dim'), ...assignment(variable, state)];
}

function compact({ variables }: LiveDoor, state: LiveState, most: number): readonly Line[] {
  if (most < 1) return [];
  const line = variables.flatMap((one): Line => [said(' '), ...assignment(one, state)]);
  const wrapped = wrapProse([said('  '), ...line], state.size.columns);
  return wrapped.length <= most ? wrapped : [[said('   make the window higher to see the variables', 'dim')]];
}

function assignment({ name, value, secret }: DoorVariable, { secretUntil, now }: LiveState): Line {
  const label: Line = [...safeLine(name, 'name'), said('=')];
  if (!secret) return [...label, ...safeLine(shellQuoted(value), 'plain')];
  if (secretUntil > now) return [...label, ...safeLine(shellQuoted(value), 'warn')];
  return [...label, said('••••••••', 'dim'), said(' (s shows it)', 'dim')];
}

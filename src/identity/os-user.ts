import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { OS_ISSUER, type Identity } from '../core/identity.ts';
import { errnoOf } from '../core/errors.ts';

/**
 * The operating system's user, who has proved nothing: `verified` is false. Groups are the system's, by name where
 * the system lists them in a file.
 */
export function osUser(): Identity {
  const { username } = userInfo();
  return {
    kind: 'person',
    subject: username,
    issuer: OS_ISSUER,
    display: username,
    email: null,
    service: null,
    groups: groupNames(process.getgroups?.() ?? []),
    verified: false,
    actsFor: null,
  };
}

function groupNames(ids: readonly number[]): readonly string[] {
  const names = new Map(groupLines().map(([name = '', , id]) => [Number(id), name]));
  return ids.map((id) => names.get(id)).filter((name) => name !== undefined && name !== '') as string[];
}

function groupLines(): readonly (readonly string[])[] {
  try {
    const lines = readFileSync('/etc/group', 'utf8').split('\n');
    return lines.filter((line) => line.includes(':')).map((line) => line.split(':'));
  } catch (error) {
    // Windows, and systems that keep groups elsewhere: fewer groups, so fewer policies that apply, never more rights.
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

import { describe, expect, it } from 'vitest';
import { framedCommand, framedMove } from '../../src/core/command-frame.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { CommandJudge } from '../../src/session/command-judge.ts';
import { person } from '../policy/examples.ts';
import { asked } from './bench.ts';

const judge = new CommandJudge({ identity: person, policies: [UNGUARDED] });

/** What is said of a command line that would be sent as these bytes. */
async function verdict(text: string, sent: string, directory: string | null = '/srv'): Promise<string> {
  const command = { effects: null, start: { directory, home: '/home/op', shell: 'plain' as const } };
  const statement = asked(text, { protocol: 'ssh', bytes: Buffer.from(sent), command });
  const { decision } = await judge.judge(statement);
  return decision.verdict;
}

describe('a command line and the bytes that would be sent', () => {
  it('are the same, or a line in its frame', async () => {
    expect(await verdict('ls', 'ls')).toBe('allow');
    expect(await verdict('ls', framedCommand('ls', '/srv'))).toBe('allow');
    expect(await verdict('cd a', framedMove('cd a', '/srv'))).toBe('allow');
  });

  it.each([
    ['another line', 'ls', framedCommand('rm x', '/srv')],
    ['another directory', 'ls', framedCommand('ls', '/etc')],
    ['more behind the frame', 'ls', `${framedCommand('ls', '/srv')}; rm x`],
    ['a frame that the line closes', '}; rm x; {', framedCommand('}; rm x; {', '/srv')],
    ['a line that goes on in the frame', 'ls \\', framedCommand('ls \\', '/srv')],
    ['a heredoc that goes on in the frame', 'cat <<E', framedCommand('cat <<E', '/srv')],
  ])('are refused as they are with %s', async (_, text, sent) => {
    expect(await verdict(text, sent)).toBe('deny');
  });

  it('are refused in a frame of no directory', async () => {
    expect(await verdict('ls', framedCommand('ls', '/'), null)).toBe('deny');
  });
});

describe('the home directory', () => {
  /** What is read by a command line that runs in /srv. */
  async function read(text: string, home: string | null): Promise<readonly (string | null)[]> {
    const command = { effects: null, start: { directory: '/srv', home, shell: 'plain' as const } };
    const { effects } = await judge.judge(asked(text, { protocol: 'ssh', bytes: Buffer.from(text), command }));
    return effects.filter(({ action }) => action === 'read').map(({ name }) => name);
  }

  it.each(['cat ~/x', 'cat "$HOME"/x', 'cat ~/y/../x'])('is not where a line runs: %s', async (text) => {
    expect(await read(text, '/home/op')).toEqual(['/home/op/x']);
  });

  it.each(['cat ~/x', 'cat "$HOME"/x'])('may be any where it is not known: %s', async (text) => {
    expect(await read(text, null)).not.toContain('/srv/x');
    expect(await read(text, null)).not.toEqual([]);
  });
});

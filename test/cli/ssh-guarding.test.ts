import { describe, expect, it } from 'vitest';
import { sshGuarding } from '../../src/cli/ssh-guarding.ts';
import type { Channel } from '../../src/core/action.ts';
import type { CommandRule, Policy, Rule } from '../../src/policy/rules.ts';
import { askRule, policy, rule } from '../policy/examples.ts';

const naming = (channel: readonly Channel[]): CommandRule => ({
  program: null,
  args: null,
  path: null,
  operation: null,
  opaque: false,
  channel,
});
const opening = (...channel: readonly Channel[]): Rule => rule({ command: naming(channel) });

/** What is said, by what it is about: `+` and the note where it is enforced, `-` and the note where not. */
function said(...policies: readonly Partial<Policy>[]): Readonly<Record<string, string>> {
  const written = policies.map((one) => policy({ allow: [], ...one }));
  return Object.fromEntries(
    sshGuarding(written, { kind: 'known-hosts', path: '~/.ssh/known_hosts' }, false).map(({ what, enforced, note }) => [
      what,
      `${enforced ? '+' : '-'} ${note}`,
    ]),
  );
}

describe('what is enforced for a target of SSH', () => {
  it('is that commands are decided, where anything is held back', () => {
    expect(said({})['commands']).toBe('- no rule restricts anything: they are only recorded');
    expect(said({ deny: [opening('sftp')] })['commands']).toBe('+ decided before the target runs them');
  });

  it('says of the opaque what the strictest policy says', () => {
    expect(said({ opaque: 'allow' })['opaque commands']).toMatch(/^- .*decided as what is known/);
    expect(said({ opaque: 'allow' }, { opaque: 'ask' })['opaque commands']).toMatch(/^\+ .*held until/);
    expect(said({ opaque: 'deny' }, { opaque: 'ask' })['opaque commands']).toMatch(/^\+ .*is refused/);
  });

  it('says which channels are off: all that no rule names that may let something through', () => {
    expect(said({})['other channels']).toBe('+ off: shell, sftp, scp, forward, agent, x11, subsystem, env');
    expect(
      said({ allow: [opening('sftp', 'scp')], ask: [askRule({ command: naming(['env']) })], deny: [opening('x11')] })[
        'other channels'
      ],
    ).toBe('+ off: shell, forward, agent, x11, subsystem');
  });

  it('says of shells whether what is typed into them is decided', () => {
    expect(said({})).not.toHaveProperty('interactive shells');
    expect(said({ allow: [opening('shell')] })['interactive shells']).toMatch(/^- recorded; .* not decided$/);
    expect(said({ allow: [opening('shell')], shell: 'guarded' })['interactive shells']).toMatch(/^\+ every command/);
  });

  it('says of output whether anything is looked for in it', () => {
    expect(said({})['output']).toBe('- shown as the target sends it');
    const mask = [{ column: null, field: null, detect: ['jwt'], except: null, with: 'redact' as const }];
    expect(said({ mask })).toMatchObject({
      'masks by detectors': expect.stringMatching(/^\+/) as string,
      output: expect.stringMatching(/^- .*files that are copied/) as string,
    });
  });

  it('says what the server is known by, and what cannot be known of it', () => {
    expect(said({})).toMatchObject({
      'the server’s key': '+ one of those in ~/.ssh/known_hosts, or nothing',
      'what programs are': expect.stringMatching(/^-/) as string,
      'ways around': expect.stringMatching(/^-/) as string,
    });
  });
});

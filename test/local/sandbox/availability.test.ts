import { describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { notStarted, sandboxTools, trySandbox } from '../../../src/local/sandbox/availability.ts';

describe('the sandbox', () => {
  it('works on this machine', async () => {
    await trySandbox();
    expect(sandboxTools()).toMatchObject({ bubblewrap: expect.stringMatching(/^\/.*bwrap$/) });
  });

  it('is refused elsewhere, never left out, with what to do instead', () => {
    for (const platform of ['darwin', 'win32', 'freebsd'] as const) {
      expect(() => sandboxTools(platform)).toThrow(HoopError);
      expect(() => sandboxTools(platform)).toThrow(/there is no sandbox on/);
    }
  });

  it('says where a tool is missing how it is installed', () => {
    const missing = (): unknown => sandboxTools('linux', ['/nowhere']);
    expect(missing).toThrow(expect.objectContaining({ code: 'local.sandbox', hint: 'apt-get install bubblewrap' }));
  });

  it('says which setting of the kernel forbids it', () => {
    const settings: Record<string, string> = { '/proc/sys/user/max_user_namespaces': '0' };
    const error = notStarted(undefined, (path) => settings[path] ?? null);
    expect(error.message).toContain('user.max_user_namespaces is 0');
    expect(error.hint).toContain('sysctl');
    expect(notStarted(undefined, () => null).message).toContain('bubblewrap failed');
  });
});

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { STEPS } from '../../src/cli/demo/steps.ts';
import { Place } from '../cli/command-line.ts';

// A place of its own for temporary files, which the server's account can enter.
const temporary = mkdtempSync(join(tmpdir(), 'hoopctl-e2e-'));
chmodSync(temporary, 0o755);
const place = new Place(null, { TMPDIR: temporary });
afterAll(() => {
  place.remove();
  rmSync(temporary, { recursive: true, force: true });
});

/** What a demo left there, and the processes that run there. */
function leftovers(): readonly string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandOf(name).includes(temporary));
  return [...readdirSync(temporary), ...processes];
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It ended in between.
    return '';
  }
}

describe('the demo', () => {
  it('runs unattended, says of each step what came of it, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await place.run('demo', '--yes');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const [index, step] of STEPS.entries())
      expect(stdout).toContain(`${index + 1}/${STEPS.length}  ${step.title}`);
    expect(stdout.match(/^ok(?: |$)/gm)).toHaveLength(STEPS.length + 2);
    expect(stdout).toContain(`${STEPS.length} of ${STEPS.length} steps did what they claim`);
    expect(stdout).toContain('the client is psql');
    expect(leftovers()).toEqual([]);
  });

  it('works without psql too', async () => {
    const bare = new Place(null, { PATH: '/nowhere', TMPDIR: temporary });
    try {
      const { code, stdout, stderr } = await bare.run('demo', '--yes');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('the client is the driver pg');
      expect(stdout).toContain(`${STEPS.length} of ${STEPS.length} steps did what they claim`);
    } finally {
      bare.remove();
    }
  });

  it('fails when a step does not do what it claims', async () => {
    // A psql that lies: whatever it is asked, all is well.
    const bin = join(place.directory, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'psql'), '#!/bin/sh\ncat >/dev/null\nexit 0\n', { mode: 0o755 });
    const lied = new Place(null, { PATH: `${bin}:${process.env['PATH'] ?? ''}`, TMPDIR: temporary });
    try {
      const { code, stdout, stderr } = await lied.run('demo', '--yes');
      expect(code).toBe(1);
      expect(stdout).toMatch(/^FAILED {2}.*it was not refused with SQLSTATE 42501/m);
      expect(stderr).toMatch(/^Try: /m);
    } finally {
      lied.remove();
    }
  });

  it('cleans up when it is interrupted', async () => {
    const running = place.start('demo', '--yes', '--keep');
    let said = '';
    await new Promise<void>((resolve) => {
      running.child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        if (said.includes('The door stays open')) resolve();
      });
    });
    expect(leftovers()).not.toEqual([]);
    running.child.kill('SIGINT');
    expect((await running.outcome).code).toBe(130);
    expect(leftovers()).toEqual([]);
  });
});

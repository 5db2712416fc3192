import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { openSshStage, type SshStage } from '../ssh/stage.ts';
import { ordinary } from './ssh-legitimate.corpus.ts';
import { direct, type Line, Range, through } from './ssh/range.ts';

/** The policy that docs/ssh.md begins with. */
function documented(): Policy {
  const text = readFileSync(fileURLToPath(new URL('../../docs/ssh.md', import.meta.url)), 'utf8');
  const yaml = /```yaml\n(version: 1\n[^]*?)```/.exec(text)?.[1] ?? '';
  const policy = parseConfig(yaml, 'docs/ssh.md').policies.get('servers');
  if (policy === undefined) throw new Error('docs/ssh.md has no policy called servers');
  return policy;
}

/** What takes as long as it takes. */
const UNEVEN = /\d+m\d+\.\d+s/g;

describe('an ordinary command under the policy of the documentation', () => {
  let range: Range;
  let stage: SshStage;
  let [without, within]: Line[] = [];

  beforeAll(async () => {
    range = await Range.open();
    stage = await openSshStage(range.server.target(), [documented()]);
    without = await direct(range);
    within = await through(stage);
  });
  afterAll(async () => {
    without?.close();
    within?.close();
    await stage.close();
    await range.close();
  });

  it.each(ordinary)('passes unasked, and says and does the same: %s', async (command) => {
    const fates = [];
    for (const line of [without, within]) {
      range.furnish();
      const fate = await line?.run({ command }, join(range.root, 'home'));
      fates.push({ ...fate, stderr: fate?.stderr.replaceAll(UNEVEN, '…'), left: range.furniture() });
    }
    expect(fates[1]).toEqual(fates[0]);
    expect(stage.held).toEqual([]);
  });
});

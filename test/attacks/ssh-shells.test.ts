import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshStage } from '../ssh/stage.ts';
import { POLICIES } from './ssh.corpus.ts';
import { direct, type Line, openDoors, Range, through } from './ssh/range.ts';
import { BY_SHELL } from './ssh/shells.ts';

describe.each([...BY_SHELL])('where %s reads command lines, on a real server', (shell, attacks) => {
  let range: Range;
  let control: Line;
  let doors: ReadonlyMap<string, SshStage>;
  const lines = new Map<string, Line>();

  beforeAll(async () => {
    range = await Range.open(shell);
    control = await direct(range);
    doors = await openDoors(range, POLICIES);
    for (const [name, stage] of doors) lines.set(name, await through(stage));
  });
  afterAll(async () => {
    for (const line of [control, ...lines.values()]) line.close();
    for (const stage of doors.values()) await stage.close();
    await range.close();
  });

  it.each(attacks.map((attack) => [JSON.stringify(attack.command), attack] as const))(
    'what it alone takes for something that is denied does nothing through a door: %s',
    async (_, attack) => {
      const place = range.place();
      const { stdout, stderr } = await control.run(attack, place);
      expect(range.harm(place, stdout + stderr), `without a door: ${stdout}${stderr}`).not.toBeNull();
      range.restore(place);
      for (const [name, line] of lines) {
        const fate = await line.run(attack, place);
        const harm = range.harm(place, fate.stdout + fate.stderr);
        expect({ name, code: fate.code, harm }, fate.stderr).toEqual({ name, code: 126, harm: null });
      }
    },
  );

  it('a plain line passes unasked', async () => {
    const fate = await lines.get('sensible')?.run({ command: 'echo one; echo "two three" | sort' }, range.place());
    expect(fate).toEqual({ code: 0, stdout: 'one\ntwo three\n', stderr: '' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshStage } from '../ssh/stage.ts';
import { corpus, POLICIES } from './ssh.corpus.ts';
import type { Attack } from './ssh/attack.ts';
import { direct, type Line, openDoors, Range, through } from './ssh/range.ts';

describe.concurrent('a command line that does what is denied, on a real server (R32)', () => {
  let range: Range;
  let control: Line;
  let doors: ReadonlyMap<string, SshStage>;
  const lines = new Map<string, Line>();

  beforeAll(async () => {
    range = await Range.open();
    control = await direct(range);
    doors = await openDoors(range, POLICIES);
    for (const [name, stage] of doors) lines.set(name, await through(stage));
  });
  afterAll(async () => {
    for (const line of [control, ...lines.values()]) line.close();
    for (const stage of doors.values()) await stage.close();
    await range.close();
  });

  async function set(place: string, { before }: Attack): Promise<void> {
    range.restore(place);
    if (before !== undefined) await control.run({ command: before }, place);
  }

  it.each(corpus.map((attack) => [shown(attack), attack] as const))(
    'does nothing through a door: %s',
    async (_, attack) => {
      const place = range.place();
      await set(place, attack);
      const { stdout, stderr } = await control.run(attack, place);
      expect(range.harm(place, stdout + stderr), `without a door: ${stdout}${stderr}`).not.toBeNull();
      await set(place, attack);
      for (const [name, line] of lines) {
        const fate = await line.run(attack, place);
        const harm = range.harm(place, fate.stdout + fate.stderr);
        expect({ name, code: fate.code, harm }, fate.stderr).toEqual({ name, code: 126, harm: null });
      }
    },
  );
});

/** No longer than a line. */
function shown({ command, input }: Attack): string {
  const text = JSON.stringify(input === undefined ? command : `${command} < ${input}`).slice(1, -1);
  return text.length > 100 ? `${text.slice(0, 90)}… (${text.length})` : text;
}

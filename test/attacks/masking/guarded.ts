import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerVersion } from '../../postgres/binaries.ts';
import type { Mode } from '../postgres/attack.ts';
import type { MaskAttack } from './attack.ts';
import type { World } from './canaries.ts';
import { Doors } from './doors.ts';
import { leaksIn } from './leaks.ts';
import type { MaskingPolicy } from './policies.ts';
import { chosen } from './proof.ts';
import { type Meeting, meet } from './run.ts';
import { Stage } from './stage.ts';

/** Policies under which the masks are of all kinds; what a client sees of a value then depends on the value. */
const showingPolicies: readonly MaskingPolicy[] = ['typed', 'typed-allow'];

/** Policies under which all values look the same. */
const tellingPolicies = (attack: MaskAttack): readonly MaskingPolicy[] =>
  (['refuse', 'equality'] as const).filter((inference) => attack.inference.includes(inference));

/** One of them in turn; all when HOOPCTL_TEST_MODES says so. */
function turn<T>(all: readonly T[], index: number): readonly T[] {
  const one = all[index % Math.max(1, all.length)];
  return one === undefined || process.env['HOOPCTL_TEST_MODES'] === 'all' ? all : [one];
}

/** Nothing of a masked value comes through the door, nor into what hoopctl keeps. */
export function guardAttacks(version: ServerVersion, attacks: readonly MaskAttack[]): void {
  describe(`through the door to PostgreSQL ${version}`, () => {
    let stage: Stage;
    let shown: Doors;
    let told: Doors;
    beforeAll(async () => {
      stage = await Stage.start(version);
      await stage.ready('one');
      await stage.ready('two');
      shown = await Doors.open(stage.server, showingPolicies);
      told = await Doors.open(stage.server, ['refuse', 'equality']);
    });
    afterAll(() => stage?.stop());

    async function met(attack: MaskAttack, mode: Mode, world: World, policy: MaskingPolicy): Promise<Meeting> {
      await stage.ready(world, attack.setup);
      const doors = attack.channel === 'shown' ? shown : told;
      const meeting = await meet(attack, mode, stage.server, doors.env(world, policy));
      const about = `${policy}, ${mode}: ${meeting.lines.join('\n')}`;
      expect(meeting.failure ?? '', about).not.toContain('silence');
      // Who was not even let in has no connection to use.
      if (meeting.refused && meeting.failure === null) expect(meeting.usable, about).toBe(true);
      return meeting;
    }

    async function showsNothing(attack: MaskAttack, mode: Mode, index: number): Promise<void> {
      for (const policy of turn(showingPolicies, index)) {
        const { text, lines } = await met(attack, mode, 'one', policy);
        expect(leaksIn(text, 'one'), `${policy}, ${mode}: ${lines.join('\n')}`).toEqual([]);
      }
    }

    async function tellsNothing(attack: MaskAttack, mode: Mode, index: number): Promise<void> {
      for (const policy of turn(tellingPolicies(attack), index)) {
        const one = await met(attack, mode, 'one', policy);
        const two = await met(attack, mode, 'two', policy);
        expect(two.lines, `${policy}, ${mode}`).toEqual(one.lines);
      }
    }

    it.for(chosen(version, attacks).map((attack, index) => ({ ...attack, attack, index })))(
      'nothing comes of $kind, $channel: $name',
      async ({ attack, index }) => {
        // Which of the policies comes with which mode changes from one round of the modes to the next.
        const round = index + Math.floor(index / attack.modes.length);
        for (const mode of turn(attack.modes, index)) {
          await (attack.channel === 'shown' ? showsNothing : tellsNothing)(attack, mode, round);
        }
      },
    );

    it('nothing of them is in what hoopctl writes and prints', async () => {
      await told.close();
      const kept = await shown.close();
      expect(kept.size).toBeGreaterThan(2);
      for (const [place, text] of kept) expect(leaksIn(text, 'one', 8), place).toEqual([]);
    });
  });
}

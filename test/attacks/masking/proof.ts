import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverVersions, type ServerVersion } from '../../postgres/binaries.ts';
import type { MaskAttack } from './attack.ts';
import type { World } from './canaries.ts';
import { leaksIn } from './leaks.ts';
import { type Meeting, meet } from './run.ts';
import { Stage } from './stage.ts';

/**
 * All against the newest server; of an older one what only it knows and every eighth of the rest, or all when
 * HOOPCTL_TEST_MODES says so.
 */
export function chosen(version: ServerVersion, attacks: readonly MaskAttack[]): readonly MaskAttack[] {
  const possible = attacks.filter(({ since, until }) => since <= version && until >= version);
  const newest = Math.max(...serverVersions());
  if (version === newest || process.env['HOOPCTL_TEST_MODES'] === 'all') return possible;
  return possible.filter(({ until }, index) => until < newest || index % 8 === 0);
}

/** Every fourth, or all when HOOPCTL_TEST_MODES says so: what an attack does without a door changes with it alone. */
function proven(version: ServerVersion, attacks: readonly MaskAttack[]): readonly MaskAttack[] {
  const all = process.env['HOOPCTL_TEST_MODES'] === 'all';
  return chosen(version, attacks).filter((_, index) => all || index % 4 === 0);
}

/** Without a door each attack has its effect: what does not work so proves nothing behind one. */
export function proveAttacks(version: ServerVersion, attacks: readonly MaskAttack[]): void {
  describe(`without a door to PostgreSQL ${version}`, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await Stage.start(version);
    });
    afterAll(() => stage?.stop());

    const met = async (attack: MaskAttack, world: World): Promise<Meeting> => {
      await stage.ready(world, attack.setup);
      return meet(attack, attack.modes[0] ?? 'simple', stage.server, stage.server.environment(world));
    };

    it.for(proven(version, attacks).map((attack) => ({ ...attack, attack })))(
      '$kind, $channel: $name',
      async ({ attack }) => {
        const one = await met(attack, 'one');
        expect(one.failure).toBeNull();
        if (attack.channel === 'shown') {
          expect(leaksIn(one.text, 'one'), one.lines.join('\n')).not.toEqual([]);
          return;
        }
        // What wrote is not asked twice: that takes a new database.
        if (await stage.isFresh('one')) expect((await met(attack, 'one')).lines, 'asked again').toEqual(one.lines);
        expect((await met(attack, 'two')).lines, 'in the other world').not.toEqual(one.lines);
      },
    );
  });
}

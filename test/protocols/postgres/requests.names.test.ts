import { beforeEach, describe, expect, it } from 'vitest';
import { serverVersions } from '../../postgres/binaries.ts';
import { frames } from '../../postgres/frames.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { sqlstates, values } from './knocking.ts';
import { MARKER } from './scripted.ts';
import { Scene } from './scene.ts';

const run = (text: string, name = ''): Buffer[] => [
  frames.parse(text, name),
  frames.bind({ statement: name }),
  frames.execute(),
];
const runAgain = [frames.bind(), frames.execute(), frames.sync()];

/** Ways for a pipeline to fail, so that the server skips the rest of it. */
const failures: readonly (readonly [string, Buffer[], string])[] = [
  ['the server reports', run('select 1/0', 'failing'), '22012'],
  ['stands for a refusal', run(`select '${MARKER}'`, 'refused'), '42501'],
];

describe.each(serverVersions())(
  'names that a client of PostgreSQL %i uses before it knows what became of them',
  (version) => {
    const scene = new Scene({ version });
    let client: WireClient;

    beforeEach(async () => {
      client = await scene.connect();
    });

    /** Texts put before the guard at this phase, from the `from`th on. */
    const judged = (phase: string, from: number): string[] =>
      scene.door
        .guard()
        .judged.slice(from)
        .filter((statement) => statement.phase === phase)
        .map((statement) => statement.text);

    it.each(failures)(
      'mean what they did before when an error that %s let the server skip the change',
      async (_which, failing, sqlstate) => {
        client.send(frames.parse('select 1'), frames.sync());
        await client.until('Z');
        const from = scene.door.guard().judged.length;
        client.send(...failing, frames.parse('select 2'), frames.sync(), frames.describe('S'), ...runAgain);
        expect(sqlstates(await client.until('Z'))).toEqual([sqlstate]);
        expect(values(await client.until('Z'))).toEqual(['1']);
        expect(judged('bind', from).at(-1)).toBe('select 1');
        expect(judged('execute', from).at(-1)).toBe('select 1');
      },
    );

    it.each(failures)('are still there when an error that %s let the server skip Close', async (_which, failing) => {
      client.send(frames.parse('select 1', 'kept'), frames.sync());
      await client.until('Z');
      client.send(...failing, frames.close('S', 'kept'), frames.sync());
      client.send(frames.bind({ statement: 'kept' }), frames.execute(), frames.sync());
      await client.until('Z');
      expect(values(await client.until('Z'))).toEqual(['1']);
    });

    it('may be any of these to an EXECUTE that is judged meanwhile', async () => {
      client.send(frames.parse('select 1', 'x'), frames.sync());
      await client.until('Z');
      const seen: (readonly string[])[] = [];
      scene.door.guard().before = async (statement) => {
        if (statement.text === 'execute x') seen.push(statement.preparedTexts('x'));
        return null;
      };
      client.send(
        ...run('select 1/0', 'failing'),
        frames.close('S', 'x'),
        frames.parse('select 2', 'x'),
        frames.sync(),
      );
      client.send(...run('execute x'), frames.sync());
      await client.until('Z');
      expect(values(await client.until('Z'))).toEqual(['1']);
      for (const texts of seen) expect(texts).toContain('select 1');
      expect(seen).toHaveLength(3);
    });

    it('mean the new statement when nothing failed', async () => {
      client.send(...run('select 1'), frames.sync(), frames.parse('select 2'), frames.sync(), ...runAgain);
      expect(values(await client.until('Z'))).toEqual(['1']);
      await client.until('Z');
      expect(values(await client.until('Z'))).toEqual(['2']);
    });

    it('outlive a Bind that is refused', async () => {
      client.send(frames.parse('select 1'), frames.sync());
      await client.until('Z');
      scene.door.guard().before = async ({ phase }) =>
        phase === 'bind' ? { message: 'no', detail: 'd', hint: 'h', cause: 'denied' } : null;
      client.send(...runAgain);
      expect(sqlstates(await client.until('Z'))).toEqual(['42501']);
      scene.door.guard().before = null;
      client.send(...runAgain);
      expect(values(await client.until('Z'))).toEqual(['1']);
    });
  },
);

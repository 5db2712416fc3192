import { beforeEach, describe, expect, it } from 'vitest';
import { serverVersions } from '../../postgres/binaries.ts';
import { frames } from '../../postgres/frames.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import { errors, types, values } from './knocking.ts';
import { MARKER } from './scripted.ts';
import { Scene } from './scene.ts';

const refused = `select '${MARKER}'`;

describe.each(serverVersions())('messages that PostgreSQL %i skips', (version) => {
  const scene = new Scene({ version });
  let client: WireClient;

  beforeEach(async () => {
    client = await scene.connect();
  });

  it.each(['a syntax error', 'a refusal'])(
    'after %s are dropped until Sync, one by one, and change no names',
    async (how) => {
      client.send(frames.parse('select 1', 'kept'), frames.sync());
      await client.until('Z');
      client.send(frames.parse(how === 'a refusal' ? refused : 'selec'), frames.flush());
      expect(types(await client.until('E'))).toBe('E');
      const judged = scene.door.guard().judged.length;
      for (const part of [
        frames.describe('S', 'kept'),
        frames.close('S', 'kept'),
        frames.parse('select 2', 'new'),
        frames.bind({ statement: 'kept' }),
        frames.execute(),
        frames.query('select 3'),
        frames.functionCall(1598, []),
        frames.copyData('x'),
        frames.flush(),
      ]) {
        client.send(part);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      client.send(frames.sync());
      expect(types(await client.until('Z'))).toBe('Z');
      expect(scene.door.guard().judged.length).toBe(judged);
      client.send(frames.bind({ statement: 'kept' }), frames.execute(), frames.sync());
      expect(values(await client.until('Z'))).toEqual(['1']);
      client.send(frames.bind({ statement: 'new' }), frames.sync());
      expect(errors(await client.until('Z'))[0]?.['C']).toBe('26000');
    },
  );

  it('include what a failed Bind did to the unnamed portal', async () => {
    await client.query('begin');
    client.send(
      frames.parse('select $1::int', 'kept'),
      frames.bind({ statement: 'kept', values: ['1'] }),
      frames.sync(),
    );
    await client.until('Z');
    client.send(frames.bind({ statement: 'kept', values: ['no number'] }), frames.sync());
    await client.until('Z');
    client.send(frames.execute(), frames.sync());
    expect(types(await client.until('Z'))).toBe('EZ');
    await client.query('rollback');
    expect(values(await client.query('select 42'))).toEqual(['42']);
  });

  it('change no names for what follows their Sync at once: it is judged as what the server runs', async () => {
    client.send(frames.parse('select 1'), frames.parse('select 1', 'kept'), frames.sync());
    await client.until('Z');
    const judged = scene.door.guard().judged.length;
    for (const statement of ['', 'kept']) {
      client.send(
        frames.execute('unknown'),
        frames.close('S', statement),
        frames.parse('select 2', statement),
        frames.sync(),
        frames.bind({ statement }),
        frames.execute(),
        frames.sync(),
      );
      expect(types(await client.until('Z'))).toBe('EZ');
      expect(values(await client.until('Z'))).toEqual(['1']);
    }
    const texts = scene.door
      .guard()
      .judged.slice(judged)
      .map(({ phase, text }) => `${phase} ${text}`);
    expect(texts.filter((text) => !text.startsWith('prepare'))).toEqual(
      Array(2).fill(['bind select 1', 'execute select 1']).flat(),
    );
  });

  it('end with the Sync: what was sent along with it is heeded', async () => {
    const pipeline = [frames.parse('select 2'), frames.bind(), frames.execute()];
    client.send(frames.parse('selec'), frames.flush());
    await client.until('E');
    client.send(frames.parse('select 1'), frames.sync(), ...pipeline, frames.sync(), frames.query('select 3'));
    expect(types(await client.until('Z'))).toBe('Z');
    expect(values(await client.until('Z'))).toEqual(['2']);
    expect(values(await client.until('Z'))).toEqual(['3']);
  });
});

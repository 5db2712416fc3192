import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DoorNote, noteDoor, openDoors } from '../../src/local/open-doors.ts';

let runtime: string;
beforeEach(() => {
  runtime = join(mkdtempSync(join(tmpdir(), 'hoopctl-notes-')), 'run');
});
afterEach(() => rmSync(join(runtime, '..'), { recursive: true, force: true }));

function note(session: string, pid = process.pid): DoorNote {
  const opened = '2026-01-01T00:00:00.000Z';
  return {
    session,
    target: 'pg',
    protocol: 'postgres',
    address: '127.0.0.1:5432',
    files: null,
    who: 'Ada',
    pid,
    opened,
    expires: opened,
  };
}

describe('notes about open doors', () => {
  it('are none where there is no place for them yet', async () => {
    expect(await openDoors(runtime)).toEqual([]);
  });

  it('are there while the door is open, for their owner alone', async () => {
    const remove = await noteDoor(runtime, note('a'));
    expect(await openDoors(runtime)).toEqual([note('a')]);
    expect(statSync(runtime).mode & 0o777).toBe(0o700);
    expect(statSync(join(runtime, 'doors', 'a.json')).mode & 0o777).toBe(0o600);
    await remove();
    expect(await openDoors(runtime)).toEqual([]);
  });

  it('of processes that are gone are taken away', async () => {
    const { pid } = spawnSync('true');
    await noteDoor(runtime, note('dead', pid));
    await noteDoor(runtime, note('alive'));
    expect(await openDoors(runtime)).toEqual([note('alive')]);
    expect(readdirSync(join(runtime, 'doors'))).toEqual(['alive.json']);
  });

  it('of processes that are gone take their sockets along, and nothing else', async () => {
    const { pid } = spawnSync('true');
    const elsewhere = join(runtime, '..', '0123abcd');
    const places = [join(runtime, '0123abcd'), join(runtime, 'not-a-socket'), elsewhere];
    for (const [index, place] of places.entries()) {
      mkdirSync(place, { recursive: true, mode: 0o700 });
      if (index === 0) chmodSync(runtime, 0o700);
      writeFileSync(join(place, '.s.PGSQL.5432'), '');
      await noteDoor(runtime, { ...note(`dead${index}`, pid), address: join(place, '.s.PGSQL.5432') });
    }
    expect(await openDoors(runtime)).toEqual([]);
    expect(places.map((place) => existsSync(place))).toEqual([false, true, true]);
  });

  it('that are none are taken away', async () => {
    mkdirSync(join(runtime, 'doors'), { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries({ 'a.json': '{', 'b.json': '{"pid":1}', 'c.json': 'null' })) {
      writeFileSync(join(runtime, 'doors', name), text);
    }
    expect(await openDoors(runtime)).toEqual([]);
    expect(readdirSync(join(runtime, 'doors'))).toEqual([]);
  });

  it('hold no more than what is shown', async () => {
    await noteDoor(runtime, note('a'));
    expect(JSON.parse(readFileSync(join(runtime, 'doors', 'a.json'), 'utf8'))).toEqual(note('a'));
  });
});

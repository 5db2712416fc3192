import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readAnchors, checkAnchors } from '../../src/record/anchors.ts';
import { openKey, parseVerificationKey, verificationKeys } from '../../src/record/key.ts';
import { anchorsPath, keyPath, recordPath } from '../../src/record/layout.ts';
import { expired, removeExpired } from '../../src/record/retention.ts';
import { listSessions } from '../../src/record/store.ts';
import type { SessionSummary } from '../../src/record/store.ts';
import { verifySession, verifyStore } from '../../src/record/verify-store.ts';
import type { SessionVerdict, StoreVerdict } from '../../src/record/verify-store.ts';
import { openRecord } from '../../src/record/writer.ts';
import { newSessionId } from '../../src/record/session-id.ts';
import { onRecord, stateDirectory, statementEvent, testClock, testHeader } from './fixtures.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

/** A sealed session; returns its id. */
async function session(state: string, day = 0): Promise<string> {
  const started = START + day * DAY;
  const header = testHeader({ session: newSessionId(started), started: new Date(started).toISOString() });
  const recorder = await openRecord({ state, header, clock: testClock(started), sync: 'process' });
  await onRecord(recorder, statementEvent('select 1'));
  await onRecord(recorder, statementEvent('select 2'));
  await recorder.close('client');
  return header.session;
}

async function verifyAll(
  state: string,
  noted?: StoreVerdict['state'],
): Promise<{ verdicts: SessionVerdict[]; store: StoreVerdict }> {
  const verdicts: SessionVerdict[] = [];
  const run = verifyStore(state, undefined, noted);
  for (;;) {
    const step = await run.next();
    if (step.done === true) return { verdicts, store: step.value };
    verdicts.push(step.value);
  }
}

describe('a store that nobody touched', () => {
  test('is sound, newest session first, and each agrees with its anchors', async () => {
    const state = stateDirectory();
    const ids = [await session(state, 0), await session(state, 1), await session(state, 2)];
    const { verdicts, store } = await verifyAll(state);
    expect(verdicts.map((verdict) => verdict.session)).toEqual(ids.toReversed());
    expect(verdicts.every(({ sound, anchor }) => sound && anchor === 'agrees')).toBe(true);
    expect(store.anchors).toBeNull();
    expect(store.state.upto).toBe(statSync(anchorsPath(state)).size);
  });

  test('is sound when many sessions open and close at once', async () => {
    const state = stateDirectory();
    await Promise.all(Array.from({ length: 20 }, () => session(state)));
    const { verdicts, store } = await verifyAll(state);
    expect(verdicts).toHaveLength(20);
    expect(verdicts.every(({ sound }) => sound)).toBe(true);
    expect(store.anchors).toBeNull();
  });

  test('is empty when there is none yet', async () => {
    const { verdicts, store } = await verifyAll(stateDirectory());
    expect(verdicts).toEqual([]);
    expect(store).toMatchObject({ anchors: null, state: { upto: 0 } });
  });
});

describe('a store in which a record', () => {
  test('vanished is not sound (R44)', async () => {
    const state = stateDirectory();
    const [gone, kept] = [await session(state, 0), await session(state, 1)];
    rmSync(recordPath(state, gone));
    const { verdicts } = await verifyAll(state);
    expect(verdicts).toMatchObject([
      { session: kept, sound: true },
      { session: gone, sound: false, anchor: 'missing', record: null },
    ]);
    await expect(verifySession(state, gone)).resolves.toMatchObject({ anchor: 'missing', sound: false });
    await expect(verifySession(state, newSessionId(START))).rejects.toMatchObject({ code: 'record.missing' });
  });

  test('was rolled back to an earlier signed state is not sound (R44)', async () => {
    const state = stateDirectory();
    const header = testHeader();
    const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
    await onRecord(recorder, statementEvent('select 1'));
    copyFileSync(recordPath(state, header.session), `${state}/earlier`);
    await onRecord(recorder, statementEvent('drop table t'));
    await recorder.close('client');
    copyFileSync(`${state}/earlier`, recordPath(state, header.session));
    expect(await verifySession(state, header.session)).toMatchObject({
      sound: false,
      anchor: 'rolled-back',
      record: { status: 'incomplete', events: 2 },
    });
  });

  test('was replaced by another or put in from elsewhere is not sound (R44)', async () => {
    const state = stateDirectory();
    const [first, second] = [await session(state, 0), await session(state, 1)];
    copyFileSync(recordPath(state, first), recordPath(state, second));
    const third = newSessionId(START + 2 * DAY);
    copyFileSync(recordPath(state, first), recordPath(state, third));
    const { verdicts } = await verifyAll(state);
    expect(verdicts).toMatchObject([
      { session: third, sound: false, anchor: 'unanchored', record: { status: 'damaged', event: 0 } },
      { session: second, sound: false, record: { status: 'damaged', event: 0 } },
      { session: first, sound: true },
    ]);
  });

  test('is valid but was never anchored is not sound (R44)', async () => {
    const state = stateDirectory();
    const [first, second] = [await session(state, 0), await session(state, 1)];
    const anchors = readFileSync(anchorsPath(state), 'utf8')
      .split('\n')
      .filter((line) => line.includes(first));
    writeFileSync(anchorsPath(state), anchors.map((line) => `\n${line}\n`).join(''));
    expect(await verifySession(state, second)).toMatchObject({
      sound: false,
      anchor: 'unanchored',
      record: { status: 'valid' },
    });
  });
});

test('a limit: a record that was not ended can be cut back to an earlier head unnoticed', async () => {
  const state = stateDirectory();
  const header = testHeader();
  const recorder = await openRecord({ state, header, clock: testClock(), sync: 'process' });
  const opened = statSync(recordPath(state, header.session)).size;
  await onRecord(recorder, statementEvent('drop table t'));
  const bytes = readFileSync(recordPath(state, header.session));
  await recorder.close('client');
  writeFileSync(recordPath(state, header.session), bytes.subarray(0, opened));
  const anchors = readFileSync(anchorsPath(state), 'utf8');
  writeFileSync(anchorsPath(state), anchors.slice(0, anchors.indexOf('\n\n') + 1));
  expect(await verifySession(state, header.session)).toMatchObject({
    sound: true,
    record: { status: 'incomplete', events: 1 },
  });
});

describe('the anchors', () => {
  test('show any byte that was changed, and any line left out but the last (R44)', async () => {
    const state = stateDirectory();
    await session(state, 0);
    await session(state, 1);
    const keys = await verificationKeys(state);
    const bytes = readFileSync(anchorsPath(state));
    expect(checkAnchors(bytes, keys)).toMatchObject({ damage: null, anchors: { length: 4 } });
    for (let position = 0; position < bytes.length; position += 1) {
      const altered = Buffer.from(bytes);
      altered[position] = (altered[position] ?? 0) ^ 0x01;
      const { damage } = checkAnchors(altered, keys);
      // The line feed after the last line is vouched for by nobody yet.
      const found = damage !== null && damage.position <= position + 1;
      expect({ position, found }).toEqual({ position, found: true });
    }
    const lines = bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    for (const index of [0, 1, 2]) {
      const rest = lines
        .toSpliced(index, 1)
        .map((line) => `\n${line}\n`)
        .join('');
      expect(checkAnchors(Buffer.from(rest), keys).damage).not.toBeNull();
    }
    const swapped = [lines[1], lines[0], lines[2], lines[3]].map((line) => `\n${line}\n`).join('');
    expect(checkAnchors(Buffer.from(swapped), keys).damage).not.toBeNull();
  });

  test('that were rolled back, together with their record, no longer lead on from the state that was noted', async () => {
    const state = stateDirectory();
    await session(state, 0);
    const before = readFileSync(anchorsPath(state));
    const latest = await session(state, 1);
    const noted = (await verifyAll(state)).store.state;
    await session(state, 2);
    expect((await verifyAll(state, noted)).store.leadsOn).toBe(true);

    writeFileSync(anchorsPath(state), before);
    rmSync(recordPath(state, latest));
    expect((await verifyAll(state)).store).toMatchObject({ anchors: null, leadsOn: true });
    expect((await verifyAll(state, noted)).store).toMatchObject({ anchors: null, leadsOn: false });
    await session(state, 3);
    await session(state, 4);
    expect((await verifyAll(state, noted)).store).toMatchObject({ anchors: null, leadsOn: false });
  });

  test('go on after a line that a crash has cut', async () => {
    const state = stateDirectory();
    const first = await session(state, 0);
    appendFileSync(anchorsPath(state), '\n{"version":1,"kind":"sea');
    expect((await readAnchors(state, await verificationKeys(state))).damage).not.toBeNull();
    const second = await session(state, 1);
    const { verdicts, store } = await verifyAll(state);
    expect(verdicts.map((verdict) => [verdict.session, verdict.sound])).toEqual([
      [second, true],
      [first, true],
    ]);
    expect(store.anchors).toBeNull();
  });

  test('are refused as a symlink: nothing is recorded then', async () => {
    const state = stateDirectory();
    await session(state, 0);
    rmSync(anchorsPath(state));
    writeFileSync(`${state}/elsewhere`, '');
    symlinkSync(`${state}/elsewhere`, anchorsPath(state));
    await expect(session(state, 1)).rejects.toMatchObject({ code: 'record.append' });
    expect(readFileSync(`${state}/elsewhere`, 'utf8')).toBe('');
  });
});

describe('the signing key', () => {
  test('is made once, for its owner alone, even when several ask at once', async () => {
    const state = stateDirectory();
    const keys = await Promise.all(Array.from({ length: 8 }, () => openKey(state, 'record')));
    expect(new Set(keys.map(({ id }) => id.toString('hex'))).size).toBe(1);
    expect(statSync(keyPath(state)).mode & 0o777).toBe(0o600);
    expect(statSync(`${state}/keys`).mode & 0o777).toBe(0o700);
    expect(readdirSync(`${state}/keys`).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('is refused when others may read it, when it is a symlink and when it is none', async () => {
    const state = stateDirectory();
    await openKey(state, 'record');
    chmodSync(keyPath(state), 0o644);
    await expect(openKey(state, 'record')).rejects.toMatchObject({ code: 'record.unreadable' });
    rmSync(keyPath(state));
    writeFileSync(`${state}/other`, 'key', { mode: 0o600 });
    symlinkSync(`${state}/other`, keyPath(state));
    await expect(openKey(state, 'record')).rejects.toMatchObject({ code: 'record.unreadable' });
    rmSync(keyPath(state));
    writeFileSync(keyPath(state), 'not a key', { mode: 0o600 });
    await expect(openKey(state, 'record')).rejects.toMatchObject({ code: 'record.unreadable' });
  });

  test('can be replaced, and what the old one signed stays valid (R47)', async () => {
    const state = stateDirectory();
    const first = await session(state, 0);
    rmSync(keyPath(state));
    const second = await session(state, 1);
    const { verdicts, store } = await verifyAll(state);
    expect(verdicts).toMatchObject([
      { session: second, sound: true },
      { session: first, sound: true },
    ]);
    expect(store.anchors).toBeNull();
  });

  test('is not believed from a file that others may write, or that holds another key than it is named for', async () => {
    const state = stateDirectory();
    const id = await session(state, 0);
    const stranger = stateDirectory();
    await openKey(stranger, 'record');
    const publicHalf = (of: string): string => readdirSync(`${of}/keys`).find((file) => file.endsWith('.pub')) ?? '';
    const path = `${state}/keys/${publicHalf(state)}`;
    chmodSync(path, 0o666);
    await expect(verifySession(state, id)).rejects.toMatchObject({ code: 'record.unreadable' });
    chmodSync(path, 0o600);
    writeFileSync(path, readFileSync(`${stranger}/keys/${publicHalf(stranger)}`));
    await expect(verifySession(state, id)).rejects.toMatchObject({ code: 'record.unreadable' });
  });

  test('can be given as its public half alone', async () => {
    const state = stateDirectory();
    const id = await session(state, 0);
    const name = readdirSync(`${state}/keys`).find((file) => file.endsWith('.pub')) ?? '';
    const key = parseVerificationKey(readFileSync(`${state}/keys/${name}`, 'utf8'));
    expect(await verifySession(state, id, [key])).toMatchObject({ sound: true, record: { status: 'valid' } });
    expect(() => parseVerificationKey('no key')).toThrow('does not parse');
  });
});

describe('retention', () => {
  test('removes what is old, oldest first, and says so in the anchors', async () => {
    const state = stateDirectory();
    const ids = [await session(state, 0), await session(state, 1), await session(state, 10)];
    const gone = await removeExpired(state, { maxAge: 5 * DAY, maxBytes: null }, START + 11 * DAY);
    expect(gone.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const { verdicts, store } = await verifyAll(state);
    expect(verdicts).toMatchObject([{ session: ids[2], sound: true }]);
    expect(store.anchors).toBeNull();
  });

  test('removes the oldest until the rest fits, but never a running session or a damaged record', async () => {
    const state = stateDirectory();
    const running = testHeader({ session: newSessionId(START - DAY) });
    const recorder = await openRecord({ state, header: running, clock: testClock(), sync: 'process' });
    const ids = [await session(state, 0), await session(state, 1), await session(state, 2)];
    const bytes = readFileSync(recordPath(state, ids[0] ?? ''));
    bytes[100] = 0xff;
    writeFileSync(recordPath(state, ids[0] ?? ''), bytes);
    const sessions: SessionSummary[] = [];
    for await (const one of listSessions(state)) sessions.push(one);
    expect(sessions.map(({ state: kind }) => kind)).toEqual(['ended', 'ended', 'damaged', 'running']);
    const total = sessions.reduce((sum, one) => sum + one.bytes, 0);
    const within = (maxBytes: number): string[] =>
      expired(sessions, { maxAge: null, maxBytes }, START + 3 * DAY).map(({ id }) => id);
    expect(within(total)).toEqual([]);
    expect(within(total - 1)).toEqual([ids[1]]);
    expect(within(0)).toEqual([ids[1], ids[2]]);
    expect(await removeExpired(state, { maxAge: null, maxBytes: 0 }, START + 3 * DAY)).toHaveLength(2);
    await recorder.close('client');
    expect(await verifySession(state, running.session)).toMatchObject({ sound: true });
  });
});

import { existsSync, readFileSync, readdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXPORT_FORMATS, renderExport, writeExport } from '../../src/record/export.ts';
import { recordPath } from '../../src/record/layout.ts';
import { readEvents } from '../../src/record/reader.ts';
import { renderReplay } from '../../src/record/replay.ts';
import type { ReplayPiece } from '../../src/record/replay.ts';
import { openSessionSource } from '../../src/record/source.ts';
import { stateDirectory } from './fixtures.ts';
import { decode, exported, HOSTILE, INVISIBLE, MARKUP, record } from './hostile.ts';

async function pieces(state: string, session: string): Promise<ReplayPiece[]> {
  const source = await openSessionSource(state, session);
  try {
    const found: ReplayPiece[] = [];
    for await (const piece of renderReplay(readEvents(source), { decode })) found.push(piece);
    return found;
  } finally {
    await source.close();
  }
}

describe('what was recorded', () => {
  test('is shown without one character that could act, hide or reorder (R45)', async () => {
    const state = stateDirectory();
    const found = await pieces(state, await record(state));
    for (const { lines } of found) for (const line of lines) expect(line).not.toMatch(INVISIBLE);
    const text = found.flatMap(({ lines }) => lines).join('\n');
    expect(text).toContain('<U+202E>');
    expect(text).toContain('<U+001B>]0;owned<U+0007>');
    expect(text).toContain('<U+D800>');
  });

  test('reads as statements with their results, refusals and errors', async () => {
    const state = stateDirectory();
    const found = await pieces(state, await record(state));
    expect(found.map(({ kind }) => kind)).toEqual([
      'session',
      'connection',
      'statement',
      'result',
      'outcome',
      'statement',
      'result',
      'outcome',
      'statement',
      'refusal',
      'statement',
      'result',
      'outcome',
      'result',
      'error',
      'notice',
      'connection',
      'connection',
      'end',
    ]);
    const lines = found.flatMap((piece) => piece.lines);
    expect(lines).toContain('#2 [1] > select *');
    expect(lines).toContain('  row49');
    expect(lines).not.toContain('  row50');
    expect(lines).toContain('  (50 more rows not shown)');
    expect(lines).toContain('  refused by production, deny 1');
    expect(lines).toContain('  schema changes go through migrations');
    expect(lines).toContain('  > copied line');
    expect(lines).toContain('  $1 = NULL');
    expect(lines).toContain('  $3 = \\xdeadbeef');
    expect(lines).toContain('  (rows that cannot be decoded)');
    expect(lines.some((line) => line.startsWith('  ∅ '))).toBe(true);
  });

  test('says at its end when the session did not end', async () => {
    const state = stateDirectory();
    const session = await record(state);
    truncateSync(recordPath(state, session), statSync(recordPath(state, session)).size - 1);
    expect((await pieces(state, session)).at(-1)).toMatchObject({
      kind: 'end',
      lines: [expect.stringContaining('goes no further')],
    });
    expect(JSON.parse((await exported(state, session, 'ndjson')).trimEnd().split('\n').at(-1) ?? '')).toEqual({
      version: 1,
      type: 'stop',
      state: 'cut',
      events: expect.any(Number),
    });
  });
});

describe('an export', () => {
  test('as NDJSON is one document a line, and holds everything as it was', async () => {
    const state = stateDirectory();
    const text = await exported(state, await record(state), 'ndjson');
    expect(text.replaceAll('\n', '')).not.toMatch(INVISIBLE);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines[0]).toMatchObject({ version: 1, number: 0, offset: 0, type: 'header', header: { version: '0.1.0' } });
    expect(lines[2]).toMatchObject({
      version: 1,
      number: 2,
      type: 'statement',
      text: `select *\n\tfrom t -- ${HOSTILE}${MARKUP}`,
    });
    expect(lines[4]).toMatchObject({
      type: 'rows',
      bytes: Buffer.from(`1,${HOSTILE}\n~,${MARKUP}\n`).toString('base64'),
    });
    expect(lines.at(-1)).toEqual({ version: 1, type: 'stop', state: 'sealed', events: lines.length - 1 });
  });

  test.each(EXPORT_FORMATS)('as %s of a damaged record fails, and leaves no file', async (format) => {
    const state = stateDirectory();
    const session = await record(state);
    const bytes = readFileSync(recordPath(state, session));
    bytes[bytes.indexOf('generate_series')] = 0;
    writeFileSync(recordPath(state, session), bytes);
    const source = await openSessionSource(state, session);
    const writing = writeExport(`${state}/out`, renderExport(source, format, { decode }), false);
    await expect(writing).rejects.toMatchObject({ code: 'record.verification' });
    await source.close();
    expect(readdirSync(state).toSorted()).toEqual(['keys', 'sessions']);
  });
});

describe('the file of an export', () => {
  async function* text(...parts: string[]): AsyncGenerator<string> {
    yield* parts;
  }

  test('is for its owner alone, and never written over unless told so (R46)', async () => {
    const path = `${stateDirectory()}/out`;
    await writeExport(path, text('one', ' two'), false);
    expect(readFileSync(path, 'utf8')).toBe('one two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(writeExport(path, text('three'), false)).rejects.toMatchObject({ code: 'record.exists' });
    expect(readFileSync(path, 'utf8')).toBe('one two');
    await writeExport(path, text('three'), true);
    expect(readFileSync(path, 'utf8')).toBe('three');
  });

  test('is never written through a symlink, dangling or not, nor over a directory (R46)', async () => {
    const state = stateDirectory();
    writeFileSync(`${state}/precious`, 'precious');
    symlinkSync(`${state}/precious`, `${state}/link`);
    symlinkSync(`${state}/nowhere`, `${state}/dangling`);
    for (const name of ['link', 'dangling', '.']) {
      for (const overwrite of [false, true]) {
        await expect(writeExport(`${state}/${name}`, text('new'), overwrite)).rejects.toMatchObject({
          code: 'record.exists',
        });
      }
    }
    expect(readFileSync(`${state}/precious`, 'utf8')).toBe('precious');
    expect(existsSync(`${state}/nowhere`)).toBe(false);
    expect(readdirSync(state).toSorted()).toEqual(['dangling', 'link', 'precious']);
  });

  test('is refused in a directory that is not there, in words of ours', async () => {
    const writing = writeExport(`${stateDirectory()}/nowhere/out`, text('new'), false);
    await expect(writing).rejects.toMatchObject({ message: expect.stringContaining('ENOENT') });
  });
});

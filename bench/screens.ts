/**
 * What a replay's screen is like on a long record: how long it takes to open, to go anywhere in it, and to be drawn.
 *
 *   npm run build && node bench/screens.ts [events]
 *
 * Exits 1 when opening takes more than a second, or going somewhere more than a tenth of one (the median of 50 places).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { recordingOf } from '../src/cli/recording.ts';
import { openSessionSource } from '../src/record/source.ts';
import { Player } from '../src/tui/model/replay/player.ts';
import { Script } from '../src/tui/model/replay/script.ts';
import { answered, asked, begin, DENIED, said } from '../test/tui/replay/tale.ts';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const events = Number(process.argv[2] ?? 100_000);
const LIMITS = { open: 1000, seek: 100 } as const;
const PLACES = 50;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** A record by the real writer: statements with their results, and now and then a denial and a request. */
async function written(state: string): Promise<string> {
  const writing = await begin(state);
  for (let made = 0, index = 0; made < events; made += 4, index += 1) {
    writing.clock.wait(100 + ((index * 37) % 900));
    const text = `SELECT id, name FROM app.customers WHERE id = ${index}`;
    await answered(writing, said(text), ['id', 'name'], [[String(index), `Customer ${index}`]]);
    if (index % 1000 === 777) writing.recorder.append(said('DROP TABLE app.customers', { decision: DENIED }));
    if (index % 3000 === 10) asked(writing, 'UPDATE app.customers SET city = NULL', 'k3m9x2p7', true);
    if (index % 256 === 0) await writing.recorder.flush();
  }
  await writing.recorder.close('client');
  return writing.session;
}

async function measured(state: string, session: string): Promise<Readonly<Record<string, number>>> {
  const started = performance.now();
  const source = await openSessionSource(state, session);
  const recording = await recordingOf(source);
  const player = new Player(new Script(recording));
  await player.setHeight(40);
  await player.open();
  const open = performance.now() - started;
  const seeks: number[] = [];
  for (let place = 0; place < PLACES; place += 1) {
    const from = performance.now();
    await player.seek(((place * 37) % PLACES) * (recording.extent.offsetMicros / PLACES));
    seeks.push(performance.now() - from);
  }
  const learning = performance.now();
  await player.learn(new AbortController().signal, () => Promise.resolve());
  const learn = performance.now() - learning;
  await source.close();
  return { open, seek: median(seeks), 'slowest seek': Math.max(...seeks), learn };
}

/** From the start of the process to the first frame in a terminal, milliseconds. */
function firstFrame(state: string, session: string): Promise<number> {
  const started = performance.now();
  const env = { ...process.env, HOOPCTL_STATE_DIR: state, TERM: 'xterm-256color', CI: '' };
  const child = spawn(process.execPath, [join(root, 'bin', 'hoopctl.js'), 'replay', session], {
    cols: 80,
    rows: 24,
    env,
  });
  let sent = '';
  return new Promise((done, fail) => {
    child.onExit(() => fail(new Error(`it ended before it drew anything: ${sent}`)));
    child.onData((text) => {
      sent += text;
      if (!sent.includes('session 01')) return;
      done(performance.now() - started);
      child.write('q');
    });
  });
}

const state = mkdtempSync(join(tmpdir(), 'hoopctl-bench-'));
try {
  const session = await written(state);
  const figures = await measured(state, session);
  const frames: number[] = [];
  for (let round = 0; round < 7; round += 1) frames.push(await firstFrame(state, session));
  for (const [name, value] of Object.entries({ ...figures, 'first frame': median(frames) })) {
    console.log(`${name.padEnd(14)} ${value.toFixed(1).padStart(8)} ms`);
  }
  const over = (figures['open'] ?? 0) > LIMITS.open || (figures['seek'] ?? 0) > LIMITS.seek;
  process.exitCode = over ? 1 : 0;
} finally {
  rmSync(state, { recursive: true, force: true });
}

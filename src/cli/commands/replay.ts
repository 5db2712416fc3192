import { setTimeout } from 'node:timers/promises';
import { stateDirectory } from '../../config/paths.ts';
import { HoopError } from '../../core/errors.ts';
import { decodeRows } from '../../protocols/postgres/index.ts';
import { renderJson } from '../../record/json.ts';
import { readEvents, type RecordEntry, type RecordStop } from '../../record/reader.ts';
import { canDraw } from '../../tui/drawable.ts';
import { drawn } from '../drawing.ts';
import { recordingOf } from '../recording.ts';
import { rowsOf } from '../../core/rows.ts';
import { renderReplay, type ReplayPiece } from '../../record/replay.ts';
import { openSessionSource, type RecordSource } from '../../record/source.ts';
import { resolveSession } from '../../record/store.ts';
import type { Run } from '../command.ts';
import type { Invocation } from '../invocation.ts';
import { clockTime } from '../../core/clock.ts';
import type { Style, Terminal } from '../terminal.ts';

/** Waits until it is time for an event. */
type Pace = (entry: RecordEntry) => Promise<void>;

export const replay: Run = async (invocation) => {
  const { terminal, options, env, home } = invocation;
  if (options.flag('json') && options.flag('text')) {
    throw new HoopError('cli.usage', '--json and --text exclude each other', { hint: 'leave one of them out' });
  }
  const speed = speedOf(options.text('speed'));
  const state = stateDirectory(env, home);
  const source = await openSessionSource(state, await resolveSession(state, invocation.arguments[0] ?? ''));
  try {
    const lines = options.flag('json') || options.flag('text') || !invocation.interactive;
    if (!lines && canDraw(terminal, env)) return await screen(invocation, source, speed ?? 1);
    const entries = follow(source, paceOf(speed));
    if (options.flag('json')) for await (const line of renderJson(entries)) await terminal.data(line);
    else
      for await (const piece of renderReplay(entries, { decode: decodeRows }))
        await terminal.data(shown(terminal, piece));
  } finally {
    await source.close();
  }
  return 0;
};

async function screen(invocation: Invocation, source: RecordSource, speed: number): Promise<number> {
  // Only who looks at a screen waits until it is loaded, and the record is opened meanwhile.
  const [recording, { replayScreen }] = await Promise.all([recordingOf(source), import('../../tui/replay.tsx')]);
  return drawn(invocation, (options) => replayScreen(recording, { ...options, speed }));
}

/** The record's events, each at its time. */
async function* follow(source: RecordSource, pace: Pace): AsyncGenerator<RecordEntry, RecordStop> {
  const entries = readEvents(source);
  for (;;) {
    const step = await entries.next();
    if (step.done === true) return step.value;
    await pace(step.value);
    yield step.value;
  }
}

/** @throws HoopError `cli.usage` */
function speedOf(speed: string | null): number | null {
  if (speed === null) return null;
  const factor = /^\d{1,4}(?:\.\d{1,3})?$/.test(speed) ? Number(speed) : 0;
  if (factor > 0) return factor;
  throw new HoopError('cli.usage', '--speed takes a factor such as 1, 2 or 0.5', { hint: '--speed 2' });
}

function paceOf(factor: number | null): Pace {
  if (factor === null) return async () => undefined;
  let last = 0;
  return async ({ offsetMicros }) => {
    await setTimeout((offsetMicros - last) / 1000 / factor);
    last = offsetMicros;
  };
}

const STYLES: Partial<Record<ReplayPiece['kind'], Style>> = {
  session: 'bold',
  connection: 'dim',
  statement: 'cyan',
  refusal: 'red',
  error: 'red',
  end: 'bold',
};

const MARGIN = '  ';

function shown(terminal: Terminal, { kind, offsetMicros, lines }: ReplayPiece): string {
  const style = STYLES[kind];
  const time = clockTime(offsetMicros).padStart(9);
  const room = terminal.width === null ? null : terminal.width - time.length - MARGIN.length;
  const text = rowsOf(lines, room).map((line, index) => {
    const margin = index === 0 ? time : ' '.repeat(time.length);
    return `${terminal.style('dim', margin)}${MARGIN}${style === undefined ? line : terminal.style(style, line)}\n`;
  });
  return text.join('');
}

import { resolve } from 'node:path';
import { stateDirectory } from '../../config/paths.ts';
import { HoopError } from '../../core/errors.ts';
import { decodeRows } from '../../protocols/postgres/index.ts';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportOptions,
  renderExport,
  writeExport,
} from '../../record/export.ts';
import { openSessionSource } from '../../record/source.ts';
import { resolveSession } from '../../record/store.ts';
import type { Run } from '../command.ts';
import type { Options } from '../invocation.ts';

/** Rows of one result that an export may be asked to show. */
const MOST_ROWS = 1_000_000;

export const exportSession: Run = async (invocation) => {
  const { terminal, options, env, home, cwd } = invocation;
  const state = stateDirectory(env, home);
  const format = EXPORT_FORMATS.find((name) => name === options.text('format')) ?? 'asciicast';
  const settings = settingsOf(options, format);
  const output = options.text('output');
  const source = await openSessionSource(state, await resolveSession(state, invocation.arguments[0] ?? ''));
  try {
    const pieces = renderExport(source, format, settings);
    if (output === null) for await (const piece of pieces) await terminal.data(piece);
    else await writeExport(resolve(cwd, output), pieces, options.flag('force'));
  } finally {
    await source.close();
  }
  if (output !== null) terminal.progress(`Written to ${output}.`);
  return 0;
};

/** @throws HoopError `cli.usage` also for an option that means nothing to the format */
function settingsOf(options: Options, format: ExportFormat): ExportOptions {
  const cast = format === 'asciicast' || format === 'asciicast-v2';
  const idle = options.text('idle-limit');
  const maxRows = options.integer('rows', 0, MOST_ROWS);
  const misplaced = [
    ...(options.flag('with-input') && !cast ? ['--with-input'] : []),
    ...(idle !== null && !cast ? ['--idle-limit'] : []),
    ...(maxRows !== null && format === 'ndjson' ? ['--rows'] : []),
  ];
  if (misplaced.length > 0) {
    throw new HoopError('cli.usage', `${misplaced.join(' and ')} means nothing to --format ${format}`, {
      hint: 'leave it out',
    });
  }
  return {
    decode: decodeRows,
    input: options.flag('with-input'),
    ...(maxRows === null ? {} : { maxRows }),
    ...(idle === null ? {} : { idleLimit: idle === 'none' ? null : (options.duration('idle-limit') ?? 0) / 1000 }),
  };
}

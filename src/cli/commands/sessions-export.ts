import { resolve } from 'node:path';
import { stateDirectory } from '../../config/paths.ts';
import { decodeRows } from '../../protocols/postgres/index.ts';
import { EXPORT_FORMATS, renderExport, writeExport } from '../../record/export.ts';
import { openSessionSource } from '../../record/source.ts';
import { resolveSession } from '../../record/store.ts';
import type { Run } from '../command.ts';

export const exportSession: Run = async (invocation) => {
  const { terminal, options, env, home, cwd } = invocation;
  const state = stateDirectory(env, home);
  const format = EXPORT_FORMATS.find((name) => name === options.text('format')) ?? 'asciicast';
  const output = options.text('output');
  const source = await openSessionSource(state, await resolveSession(state, invocation.arguments[0] ?? ''));
  try {
    const pieces = renderExport(source, format, { decode: decodeRows });
    if (output === null) for await (const piece of pieces) await terminal.data(piece);
    else await writeExport(resolve(cwd, output), pieces, options.flag('force'));
  } finally {
    await source.close();
  }
  if (output !== null) terminal.progress(`Written to ${output}.`);
  return 0;
};

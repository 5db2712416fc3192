import { setFlagsFromString } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import type { ParseOutcome } from '../core/grammar.ts';

// The optimizing compiler takes half a gigabyte for a second for this module's one huge function, to gain 20 µs a
// statement. Only modules compiled after it is set heed this, and there is no other in the process.
setFlagsFromString('--no-wasm-dynamic-tiering');
setFlagsFromString('--no-wasm-tier-up');
const { loadModule, parsePlPgSQLSync, parseSync, SqlError } = await import('libpg-query');

/** What the worker is asked. It answers in order, so questions need no number. */
export interface Question {
  readonly language: 'sql' | 'plpgsql';
  readonly text: string;
}

function parse(question: Question): ParseOutcome {
  // The module fails on nothing at all, which is a text of no statements.
  if (question.language === 'sql' && question.text === '') return { ok: true, tree: { stmts: [] } };
  try {
    const tree = question.language === 'sql' ? parseSync(question.text) : parsePlPgSQLSync(question.text);
    return { ok: true, tree };
  } catch (error) {
    if (error instanceof SqlError) {
      return {
        ok: false,
        reason: 'syntax',
        message: error.message,
        position: error.sqlDetails?.cursorPosition ?? null,
      };
    }
    // Anything else (a stack overflow inside the module) may have left it unusable: the owner replaces this worker.
    return { ok: false, reason: 'failure', message: 'the parser gave up', position: null };
  }
}

const port = parentPort;
if (port === null) throw new Error('grammar-worker must run as a worker');
await loadModule();
port.postMessage('ready');
port.on('message', (question: Question) => {
  const outcome = parse(question);
  // As JSON text: the tree then crosses the boundary as one string, which is faster than cloning its many objects.
  port.postMessage(JSON.stringify(outcome));
});

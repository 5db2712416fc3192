import { HoopError } from '../../../core/errors.ts';
import type { Held, Stage, Tried, Trials } from '../../../core/trial.ts';
import { type Line, PostgresStage } from './stage.ts';

const WITHHELD = {
  begun: 'it is part of a pipeline that has begun: whatever is tried there cannot be taken back on its own',
  copying: 'the connection is copying data',
  failed: 'the transaction it is in has failed',
  over: 'the trial was called off before it was done',
  broken: 'the trial failed for a reason that is a bug in hoopctl',
} as const;

/** Tries held statements on their own connection. */
export class PostgresTrials implements Trials {
  readonly #line: Line;

  constructor(line: Line) {
    this.#line = line;
  }

  async attempt<T>(statement: Held, work: (stage: Stage) => Promise<T>, signal: AbortSignal): Promise<Tried<T>> {
    try {
      const withheld = await this.#unready();
      if (withheld !== null) return { withheld };
      const stage = new PostgresStage(this.#line, statement);
      return await perform(stage, work, signal);
    } catch (error) {
      const over = error instanceof HoopError;
      return { withheld: over ? WITHHELD.over : WITHHELD.broken };
    }
  }

  /** Why nothing can be tried now; null when it can. */
  async #unready(): Promise<string | null> {
    const { machine, asker } = this.#line;
    if (machine.copying) return WITHHELD.copying;
    if (machine.begun) return WITHHELD.begun;
    if (!(await asker.settled())) return WITHHELD.failed;
    return machine.transaction === 'E' ? WITHHELD.failed : null;
  }
}

async function perform<T>(
  stage: PostgresStage,
  work: (stage: Stage) => Promise<T>,
  signal: AbortSignal,
): Promise<Tried<T>> {
  const callOff = (): void => stage.callOff();
  signal.addEventListener('abort', callOff, { once: true });
  if (signal.aborted) callOff();
  try {
    await stage.begin();
    return { result: await work(stage) };
  } finally {
    signal.removeEventListener('abort', callOff);
    await stage.end();
  }
}

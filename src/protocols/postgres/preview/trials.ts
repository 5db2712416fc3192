import { HoopError } from '../../../core/errors.ts';
import type { Held, Stage, Tried, Trials } from '../../../core/trial.ts';
import { cellsOf } from './cells.ts';
import { command, type Line, PostgresStage, surely } from './stage.ts';

const WITHHELD = {
  begun: 'it is part of a pipeline that has begun: whatever is tried there cannot be taken back on its own',
  copying: 'the connection is copying data',
  failed: 'the transaction it is in has failed',
  moves: 'its transaction sees what others do meanwhile (READ COMMITTED): what it does can be another thing by then',
  over: 'the trial was called off before it was done',
  broken: 'the trial failed for a reason that is a bug in hoopctl',
} as const;

const isolation = (setting: string): string => `SELECT pg_catalog.current_setting('${setting}')`;
/** Bytes. */
const ONE_WORD = 1024;

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

  async enact(
    statement: Held,
    work: (stage: Stage) => Promise<number | null>,
    signal: AbortSignal,
  ): Promise<'ready' | 'not as expected' | { readonly withheld: string }> {
    try {
      const withheld = await this.#unready();
      if (withheld !== null) return { withheld };
      const ours = this.#line.machine.transaction === 'I';
      if (ours && !(await this.#begin())) return { withheld: WITHHELD.over };
      // Where every statement sees what others have done by then, it may do something else than was looked at.
      if (!ours && !(await this.#stands())) return { withheld: WITHHELD.moves };
      const tried = await this.#checked(new PostgresStage(this.#line, statement, ours), work, signal);
      if ('result' in tried && tried.result !== null && !signal.aborted) {
        this.#line.enclosure.begin({ ours, rows: tried.result });
        return 'ready';
      }
      if (ours && !(await surely(this.#line, 'ROLLBACK'))) this.#line.lose();
      return 'withheld' in tried ? tried : 'not as expected';
    } catch (error) {
      this.#line.lose();
      return { withheld: error instanceof HoopError ? WITHHELD.over : WITHHELD.broken };
    }
  }

  async #checked(
    stage: PostgresStage,
    work: (stage: Stage) => Promise<number | null>,
    signal: AbortSignal,
  ): Promise<Tried<number | null>> {
    try {
      return await perform(stage, work, signal);
    } catch (error) {
      return { withheld: error instanceof HoopError ? WITHHELD.over : WITHHELD.broken };
    }
  }

  /** What is looked at must be what is changed; as strictly as the client wants it anyway. */
  async #begin(): Promise<boolean> {
    const level = await this.#isolation('default_transaction_isolation');
    if (level === null) return false;
    const strict = level === 'serializable';
    return (await command(this.#line, `BEGIN ISOLATION LEVEL ${strict ? 'SERIALIZABLE' : 'REPEATABLE READ'}`)) === null;
  }

  async #stands(): Promise<boolean> {
    const level = await this.#isolation('transaction_isolation');
    return level === 'repeatable read' || level === 'serializable';
  }

  async #isolation(setting: string): Promise<string | null> {
    const answer = await this.#line.asker.put({ text: isolation(setting), types: [], values: [], most: ONE_WORD });
    if (answer === null || 'code' in answer) return null;
    return cellsOf(Buffer.concat(answer.rows))[0]?.[0] ?? null;
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

import { fieldsOf, type Message, valuesOf } from '../../../postgres/frames.ts';
import { type WireClient, wireClient, wireOptions } from '../../../postgres/wire-client.ts';
import { told } from '../../postgres/transcript.ts';
import { isOrdered, type Piece, textOf } from './tree.ts';

/** What came of one statement. */
export interface Answer {
  /** All that was said, rows in an order of their own where the statement gives them none. */
  readonly lines: readonly string[];
  readonly rows: readonly (readonly (Buffer | null)[])[];
  /** The SQLSTATE with which it failed; null when it did not. */
  readonly failure: string | null;
}

/** Cells are of the order in which they were found: only sorting makes two results of the same rows alike. */
function inOrder(messages: readonly Message[], ordered: boolean): string[] {
  const lines = messages.map(told);
  if (ordered) return lines;
  const rows = lines.filter((line) => line.startsWith('D ')).sort();
  return [...lines.filter((line) => !line.startsWith('D ')), ...rows];
}

/** Asks one statement after the other, each in a transaction that is rolled back. */
export class Asker {
  readonly #client: WireClient;

  private constructor(client: WireClient) {
    this.#client = client;
  }

  static async connect(environment: Readonly<Record<string, string>>): Promise<Asker> {
    const client = await wireClient(wireOptions(environment));
    await client.query("set statement_timeout = '10s'");
    return new Asker(client);
  }

  async ask(statement: Piece): Promise<Answer> {
    await this.#client.query('begin');
    const messages = await this.#client.query(textOf(statement));
    await this.#client.query('rollback');
    const failed = messages.find(({ type }) => type === 'E');
    return {
      lines: inOrder(messages, isOrdered(statement)),
      rows: messages.filter(({ type }) => type === 'D').map(valuesOf),
      failure: failed === undefined ? null : (fieldsOf(failed)['C'] ?? ''),
    };
  }

  end(): Promise<void> {
    return this.#client.end();
  }
}

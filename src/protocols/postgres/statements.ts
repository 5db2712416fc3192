import type { Statement } from '../../core/statement.ts';
import { decodeBind, decodeParse, decodeQuery, FRONTEND, type BindMessage, type ParseMessage } from './frames.ts';
import type { Machine } from './machine.ts';
import type { Portal, Prepared } from './prepared.ts';

/** Messages that carry no statement, run nothing by themselves, and may always pass. */
export const HOUSEKEEPING: ReadonlySet<number> = new Set([
  FRONTEND.close,
  FRONTEND.describe,
  FRONTEND.flush,
  FRONTEND.sync,
  FRONTEND.terminate,
]);

/** Turns messages into statements to be judged. */
export class Statements {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  readonly #preparedTexts = (name: string): readonly string[] =>
    this.#machine.statements(name).map((prepared) => prepared.text);

  /** Null when the message cannot be understood. */
  query(bytes: Buffer): Statement | null {
    const text = decodeQuery(bytes);
    if (text === null) return null;
    return {
      protocol: 'postgres',
      phase: 'query',
      bytes,
      text,
      parameters: null,
      parameterTypes: [],
      prepared: null,
      approval: null,
      preparedTexts: this.#preparedTexts,
    };
  }

  /** Null when the message cannot be understood. */
  parse(bytes: Buffer): { readonly message: ParseMessage; readonly statement: Statement } | null {
    const message = decodeParse(bytes);
    if (message === null) return null;
    const { text, types } = message;
    return {
      message,
      statement: { ...this.#of(bytes, { text, types, number: null, approval: null }), phase: 'prepare' },
    };
  }

  /** Null when the message cannot be understood. */
  bind(bytes: Buffer): BindMessage | null {
    return decodeBind(bytes);
  }

  bound(bytes: Buffer, prepared: Prepared, message: BindMessage): Statement {
    return { ...this.#of(bytes, prepared), phase: 'bind', parameters: message.parameters };
  }

  execute(bytes: Buffer, portal: Portal): Statement {
    return { ...this.#of(bytes, { ...portal.prepared, approval: portal.approval }), phase: 'execute' };
  }

  #of(bytes: Buffer, prepared: Pick<Prepared, 'text' | 'types' | 'number' | 'approval'>): Omit<Statement, 'phase'> {
    return {
      protocol: 'postgres',
      bytes,
      text: prepared.text,
      parameters: null,
      parameterTypes: prepared.types,
      prepared: prepared.number,
      approval: prepared.approval,
      preparedTexts: this.#preparedTexts,
    };
  }
}

import type { Statement } from '../core/statement.ts';
import type { Analysis } from '../policy/analysis.ts';
import { templateOf, type Witness } from '../policy/sql/literals.ts';
import { Lru } from './lru.ts';

/** Statements whose verdicts one connection keeps at hand. */
const MOST_KEPT = 2000;

/** Statements of which literals are nothing but values, where nobody looked at them. */
const TEMPLATED: ReadonlySet<string> = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt']);

interface Templated<Verdict> {
  readonly verdict: Verdict;
  /** Literals the verdict hangs on, as they are written; null where any other would do. */
  readonly fixed: readonly (string | null)[];
}

/**
 * Verdicts by the text they were given on. One that was given without a look at some of the text's literals holds for
 * every text that differs only in these.
 */
export class Verdicts<Verdict extends object> {
  readonly #byText = new Lru<Verdict>(MOST_KEPT);
  readonly #byTemplate = new Lru<Templated<Verdict>>(MOST_KEPT);

  get(statement: Statement): Verdict | undefined {
    return this.#byText.get(keyOf(statement, statement.text)) ?? this.#alike(statement);
  }

  #alike(statement: Statement): Verdict | undefined {
    const template = templateOf(statement.text);
    if (template === null) return undefined;
    const known = this.#byTemplate.get(keyOf(statement, template.skeleton));
    const holds = known?.fixed.every((literal, index) => literal === null || literal === template.literals[index]);
    return holds === true ? known?.verdict : undefined;
  }

  /** `witness`: of the tree that the verdict was given on, if it had one. */
  set(statement: Statement, verdict: Verdict, analysis: Analysis, witness: Witness | null): void {
    const template = witness === null || !isTemplated(analysis) ? null : templateOf(statement.text);
    if (witness === null || template === null) {
      this.#byText.set(keyOf(statement, statement.text), verdict);
      return;
    }
    const { skeleton, literals, offsets } = template;
    const fixed = literals.map((literal, index) =>
      witness.untouched(statement.text, offsets[index] ?? 0) ? null : literal,
    );
    this.#byTemplate.set(keyOf(statement, skeleton), { verdict, fixed });
  }
}

function isTemplated({ statements }: Analysis): boolean {
  return statements.every(
    ({ kind, changes }) => TEMPLATED.has(kind) && changes.every((change) => change.kind === 'none'),
  );
}

/** All of a statement that its verdict hangs on, besides the catalog. */
function keyOf({ parameterTypes }: Statement, text: string): string {
  return parameterTypes.length === 0 ? text : `${parameterTypes.join(',')}\0${text}`;
}

import { hash } from 'node:crypto';
import type { Catalog, CatalogSource, PrintedCode } from '../core/catalog.ts';
import type { Clock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import type { Grammar, ParseOutcome } from '../core/grammar.ts';
import type { Identity } from '../core/identity.ts';
import { UNMASKED } from '../core/mask.ts';
import type { Statement } from '../core/statement.ts';
import type { Analysis, Need } from '../policy/analysis.ts';
import { layersFor } from '../policy/applies.ts';
import { askTerms } from '../policy/asks.ts';
import { decide } from '../policy/decide.ts';
import type { ColumnMasks } from '../policy/mask/columns.ts';
import type { ColumnName } from '../policy/mask/detect/detection.ts';
import { layeredMasks } from '../policy/mask/layered.ts';
import { maskedInReach } from '../policy/mask/reach.ts';
import type { Policy } from '../policy/rules.ts';
import { analyse } from '../policy/sql/analyse.ts';
import { indexOf } from '../policy/sql/resolve.ts';
import { Unintelligible } from '../policy/sql/tree.ts';
import { templateOf, watch, type Witness } from '../policy/sql/literals.ts';
import { isUnmistakable, looksUpNothing } from './alone.ts';
import { type Judgement, type Judging, REWRITE, unintelligible, unparsed, type Verdict } from './judgement.ts';
import { Lru } from './lru.ts';
import { resultOf } from './result-mask.ts';
import { Verdicts } from './verdicts.ts';

/** A catalog, and when the server was asked for it: see `Clock.monotonic`, and `Bench.changes` at that time. */
interface Seen {
  readonly catalog: Catalog;
  readonly at: number;
  readonly changes: number;
}

/** A text's tree, and who has looked at its constants; null where there is nothing to notice. */
interface Parsed {
  readonly outcome: ParseOutcome;
  readonly witness: Witness | null;
}

/** What a verdict rests on besides the statement: code by where it stands, and prepared texts by name. */
interface Footing {
  readonly ground: ReadonlyMap<string, unknown>;
  readonly prepared: ReadonlyMap<string, readonly string[]>;
}

/** What all connections of one session judge with. */
export interface Bench {
  /** Whose policies these are: as it was when they were settled. */
  readonly identity: Identity;
  readonly policies: readonly Policy[];
  readonly grammar: Grammar;
  readonly clock: Clock;
  /** Trees of statements, by text. */
  readonly trees: Lru<Parsed>;
  /** Trees of views and functions, by text. */
  readonly code: Lru<ParseOutcome>;
  /** Texts that the server printed, by catalog and code. */
  readonly printed: Lru<string>;
  /** Verdicts by the version of the catalog they were given under, which says who asks and how names are looked up. */
  readonly verdicts: Lru<Verdicts<Verdict>>;
  /** The catalog as any connection last saw it: a new connection with an equal one need not read it again. */
  latest: Catalog | null;
  /** The catalog as a connection outside of any transaction last saw it, and when it was asked: see `Clock.monotonic`. */
  committed: Seen | null;
  /** Some connection is asking right now. */
  asking: boolean;
  /** What policies mask under a catalog. */
  readonly masks: WeakMap<Catalog, ColumnMasks | null>;
  /** Grows whenever a connection has done something after which names may mean something else to all. */
  changes: number;
}

export function openBench(options: {
  readonly identity: Identity;
  readonly policies: readonly Policy[];
  readonly grammar: Grammar;
  readonly clock: Clock;
}): Bench {
  return {
    ...options,
    trees: new Lru(2000),
    code: new Lru(5000),
    printed: new Lru(5000),
    verdicts: new Lru(8),
    latest: null,
    committed: null,
    asking: false,
    masks: new WeakMap(),
    changes: 0,
  };
}

/**
 * Microseconds for which a catalog is believed without asking again. What others change in plain tables takes effect
 * on judging this late at most; changes made on this connection are known at once.
 */
const TABLES_BELIEVED = 250_000;
/** Of that time, the part after which one connection asks again, while the others go on. */
const RENEWED_AFTER = 0.8;
/** The same for verdicts that are in doubt: about one round trip. */
const CODE_BELIEVED = 5_000;
/** Views in views in functions …: more rounds than that mean a chain nobody wrote by hand. */
const MOST_ROUNDS = 64;

/** Judges SQL. */
export class Judge implements Judging {
  readonly #bench: Bench;
  readonly #source: CatalogSource;
  /** Those given under this connection's catalog, by any connection; null before it is read. */
  #verdicts: Verdicts<Verdict> | null = null;
  #seen: Seen | null = null;
  #seenEpoch = -1;
  /** While the server is asked ahead of the first statement. */
  #beginning: Promise<void> | null = null;

  constructor(bench: Bench, source: CatalogSource) {
    this.#bench = bench;
    this.#source = source;
    source.whenOthersMayNotice(() => void (bench.changes += 1));
  }

  /** The connection can be asked, and nothing was judged on it yet. */
  begin(): void {
    // What goes wrong now does so again for the first statement, which is told.
    const asked = (): void => void (this.#beginning = null);
    this.#beginning = this.#refresh(TABLES_BELIEVED).then(asked, asked);
  }

  get #catalog(): Catalog | null {
    return this.#seen?.catalog ?? null;
  }

  /** What policies mask under the catalog as it was last seen; null when no column. */
  get masks(): ColumnMasks | null {
    return this.#catalog === null ? null : this.#masksUnder(this.#catalog);
  }

  get changes(): number {
    return this.#bench.changes;
  }

  /** `Bench.changes` when this connection's catalog was last known to be in force. */
  get asOf(): number {
    const { committed } = this.#bench;
    const confirmed = committed !== null && committed.catalog === this.#catalog ? committed.changes : 0;
    return Math.max(confirmed, this.#seen?.changes ?? 0);
  }

  /** Which table's column this is, by the catalog as it was last seen; null when it is not known. */
  columnAt(table: number, attribute: number): ColumnName | null {
    const relation = this.#catalog === null ? undefined : indexOf(this.#catalog).relationsByOid.get(table);
    const column = relation?.columns.find(({ number }) => number === attribute);
    if (relation === undefined || column === undefined) return null;
    return { schema: relation.schema, relation: relation.name, column: column.name };
  }

  /** At once when the verdict is known and still holds. Never rejects: what goes wrong on the way is a refusal. */
  judge(statement: Statement): Judgement | Promise<Judgement> {
    const known = this.#verdicts?.get(statement);
    return known !== undefined && this.#holdsNow(known) ? known : this.#judgeAnew(statement);
  }

  async #judgeAnew(statement: Statement): Promise<Judgement> {
    try {
      if (this.#beginning !== null) await this.#beginning;
      // The first statement of all brings the catalog, under which another connection's may be known.
      if (this.#catalog === null) await this.#refresh(TABLES_BELIEVED);
      const known = this.#verdicts?.get(statement);
      if (known !== undefined && (await this.#stillHolds(known))) return known;
      const parsed = await this.#parse(statement.text);
      return parsed.outcome.ok
        ? await this.#analyse(statement, parsed.outcome.tree, parsed.witness)
        : unparsed(parsed.outcome);
    } catch (error) {
      if (error instanceof HoopError) return unintelligible(error.message, error.hint ?? REWRITE);
      return unintelligible('hoopctl failed to judge this statement', 'Report it as a bug; nothing was sent.');
    }
  }

  async #analyse(statement: Statement, tree: unknown, witness: Witness | null): Promise<Judgement> {
    // SET TRANSACTION must come before any query, the proxy's own questions among them.
    const nameless = looksUpNothing(tree);
    const alone = nameless && isUnmistakable(statement.text);
    // The first statement of a connection is asked about all the same: in a failed transaction it would be too late.
    let current = alone && this.#catalog !== null;
    if (!current) current = await this.#refresh(nameless ? Number.POSITIVE_INFINITY : TABLES_BELIEVED);
    const parsed = new Map<string, ParseOutcome>();
    const ground = new Map<string, unknown>();
    const prepared = new Map<string, readonly string[]>();
    let settled = true;
    const preparedTexts = (name: string): readonly string[] => {
      settled = false;
      const meant = statement.preparedTexts(name);
      prepared.set(name, meant);
      return meant;
    };
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const catalog = this.#catalog;
      if (catalog === null) throw new HoopError('postgres.catalog', 'the target’s catalog could not be read');
      const outcome = analyse({
        tree,
        text: statement.text,
        catalog,
        catalogIsCurrent: current,
        parameterTypes: statement.parameterTypes,
        preparedTexts,
        masks: this.#masksUnder(catalog),
        parsed,
      });
      if (outcome.outcome === 'unintelligible') return unintelligible(outcome.reason, REWRITE);
      if (outcome.outcome === 'analysis') {
        const judgement = this.#decide(outcome.analysis, catalog, { ground, prepared });
        if (!alone && current && isDoubtful(judgement)) {
          current = await this.#refresh(CODE_BELIEVED);
          if (!current || this.#catalog !== catalog) {
            // What was printed belongs to the catalog it was printed under.
            parsed.clear();
            ground.clear();
            prepared.clear();
            continue;
          }
        }
        if (current && settled) {
          const verdict = { ...judgement, catalog: catalog.version, alone };
          this.#verdicts?.set(statement, verdict, outcome.analysis, witness);
        }
        return judgement;
      }
      const texts = await this.#textsOf(outcome.needs, catalog);
      for (const [index, need] of outcome.needs.entries()) {
        const text = texts[index] ?? null;
        if (text === null) settled = false;
        ground.set(need.key, text);
        parsed.set(need.key, text === null ? UNREAD : await this.#parseCode(need.language, text));
      }
    }
    return unintelligible('the code behind this statement is nested too deeply', REWRITE);
  }

  #masksUnder(catalog: Catalog): ColumnMasks | null {
    const { masks, policies, identity } = this.#bench;
    const known = masks.get(catalog);
    if (known !== undefined) return known;
    const found = layeredMasks(layersFor(policies, identity), catalog);
    masks.set(catalog, found);
    return found;
  }

  #decide(analysis: Analysis, catalog: Catalog, { ground, prepared }: Footing): Judgement {
    const { identity, policies } = this.#bench;
    const { database, temporarySchema } = catalog;
    const input = { analysis, identity, policies, database, temporarySchema };
    const decision = decide(input);
    const asked = decision.verdict === 'ask';
    return {
      decision,
      effects: analysis.statements.flatMap((one) => one.effects),
      changes: analysis.statements.map((one) => one.changes),
      results: analysis.statements.map(({ masking }) => (masking === null ? UNMASKED : resultOf(masking))),
      restsOnCode: analysis.restsOnCode,
      restsOnCatalog: analysis.restsOnCatalog,
      terms: asked ? askTerms(input) : [],
      masked: asked ? maskedInReach(analysis, this.#masksUnder(catalog)) : [],
      prepared: [...prepared].map(([name, texts]) => ({ name, texts })),
      ground: asked ? hash('sha256', JSON.stringify([catalog.user, [...ground].sort(byKey), [...prepared]])) : '',
      maskings: analysis.statements.map(({ masking }) => masking),
      basis: { analysis, catalog },
    };
  }

  /** Whether the verdict can be given without asking the server. */
  #holdsNow(verdict: Verdict): boolean {
    const { alone, restsOnCatalog, restsOnCode } = verdict;
    if (alone) return true;
    if (!restsOnCatalog && !restsOnCode) return this.#source.epoch() === this.#seenEpoch;
    return this.#catalog?.version === verdict.catalog && this.#isFresh(beliefIn(verdict));
  }

  async #stillHolds(verdict: Verdict): Promise<boolean> {
    return (await this.#refresh(beliefIn(verdict))) && this.#catalog?.version === verdict.catalog;
  }

  #isFresh(believed: number): boolean {
    const seen = this.#seen;
    if (seen === null || this.#source.epoch() !== this.#seenEpoch) return false;
    if (believed === Number.POSITIVE_INFINITY) return true;
    const { clock, committed, asking, changes } = this.#bench;
    const isRecent = (one: Seen): boolean =>
      one.changes === changes && clock.monotonic() - one.at < (asking ? believed : believed * RENEWED_AFTER);
    // What this connection did has changed nothing, and another one has found its catalog to be in force still.
    return isRecent(seen) || (committed !== null && committed.catalog === seen.catalog && isRecent(committed));
  }

  /** Makes the catalog the one the next statement will see; false when the connection cannot be asked now. */
  async #refresh(believed: number): Promise<boolean> {
    if (this.#isFresh(believed)) return true;
    if (!this.#source.readable()) return false;
    const { changes, clock } = this.#bench;
    const epoch = this.#source.epoch();
    const at = clock.monotonic();
    const outside = this.#source.seesCommitted();
    const catalog = await this.#read();
    if (catalog === null) return false;
    const seen = { catalog, at, changes };
    // A transaction that was on its way when the server was asked shows only by now.
    if (outside && this.#source.seesCommitted()) this.#bench.committed = seen;
    this.#bench.latest = catalog;
    if (catalog !== this.#catalog) this.#verdicts = this.#verdictsUnder(catalog);
    this.#seen = seen;
    this.#seenEpoch = epoch;
    return true;
  }

  #verdictsUnder({ version }: Catalog): Verdicts<Verdict> {
    const { verdicts } = this.#bench;
    const known = verdicts.get(version) ?? new Verdicts<Verdict>();
    verdicts.set(version, known);
    return known;
  }

  async #read(): Promise<Catalog | null> {
    const { latest } = this.#bench;
    this.#bench.asking = true;
    try {
      // Another connection's comes first: those that have the very same can confirm it for each other.
      return await this.#source.read([latest, this.#catalog].filter((catalog) => catalog !== null));
    } finally {
      this.#bench.asking = false;
    }
  }

  async #parse(text: string): Promise<Parsed> {
    const known = this.#bench.trees.get(text);
    if (known !== undefined) return known;
    const outcome = await this.#bench.grammar.sql(text);
    if (!outcome.ok) return { outcome, witness: null };
    const parsed = { outcome, witness: templateOf(text) === null ? null : watched(outcome.tree) };
    this.#bench.trees.set(text, parsed);
    return parsed;
  }

  /** The texts of code; null for what is gone, or cannot be read now. */
  async #textsOf(needs: readonly Need[], catalog: Catalog): Promise<readonly (string | null)[]> {
    const { printed } = this.#bench;
    const keyOfCode = ({ kind, oid }: PrintedCode): string => `${catalog.version} ${kind} ${oid}`;
    const codes = needs.flatMap(({ text }) => (typeof text === 'string' ? [] : [text]));
    const missing = codes.filter((code) => printed.get(keyOfCode(code)) === undefined);
    const answer = missing.length === 0 || !this.#source.readable() ? null : await this.#source.define(missing);
    for (const [index, code] of missing.entries()) {
      const text = answer?.[index] ?? null;
      if (text !== null) printed.set(keyOfCode(code), text);
    }
    return needs.map(({ text }) => (typeof text === 'string' ? text : (printed.get(keyOfCode(text)) ?? null)));
  }

  async #parseCode(language: 'sql' | 'plpgsql', text: string): Promise<ParseOutcome> {
    const { code, grammar } = this.#bench;
    const key = `${language}\n${text}`;
    const known = code.get(key);
    if (known !== undefined) return known;
    const outcome = await (language === 'sql' ? grammar.sql(text) : grammar.plpgsql(text));
    // A parser that was late or fell over may do better the next time.
    if (outcome.ok || outcome.reason === 'syntax') code.set(key, outcome);
    return outcome;
  }
}

/**
 * True for verdicts that are not given on a catalog that may be out of date: code can be replaced in place, and what is
 * refused may be so only because another connection has just made what it names.
 */
function isDoubtful({ decision, restsOnCode, restsOnCatalog }: Judgement): boolean {
  return restsOnCode || (restsOnCatalog && decision.verdict !== 'allow');
}

/** How long, in microseconds, a catalog is believed for this verdict. */
function beliefIn(verdict: Verdict): number {
  return isDoubtful(verdict) ? CODE_BELIEVED : TABLES_BELIEVED;
}

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

const UNREAD: ParseOutcome = { ok: false, reason: 'failure', message: 'the code cannot be read', position: null };

/** Null for a tree that is not understood: the analysis will say so. */
function watched(tree: unknown): Witness | null {
  try {
    return watch(tree);
  } catch (error) {
    if (error instanceof Unintelligible) return null;
    throw error;
  }
}

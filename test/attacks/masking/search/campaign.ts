import { Random } from '../../../conformance/random.ts';
import type { Answer, Asker } from './asking.ts';
import { draw, type Drawn } from './statements.ts';
import { type Piece, shrink, textOf } from './tree.ts';

/** Refused by the policy. */
const REFUSED = '42501';

/** Differences after which no more are looked for. */
const ENOUGH = 5;

export interface Tally {
  asked: number;
  /** The policy said no. */
  refused: number;
  /** The server said no. */
  failed: number;
  /** Answered otherwise in the other world. */
  different: number;
  /** Statements that were, each in its simplest form and with both answers. */
  readonly found: string[];
}

/** The same question in two worlds, or in one world on two ways. */
export interface Pair {
  readonly one: Asker;
  readonly two: Asker;
}

async function asked({ one, two }: Pair, tree: Piece): Promise<readonly [Answer, Answer]> {
  return [await one.ask(tree), await two.ask(tree)];
}

const differ = ([one, two]: readonly [Answer, Answer]): boolean => one.lines.join('\n') !== two.lines.join('\n');

async function simplest(pair: Pair, tree: Piece): Promise<string> {
  const shrunk = await shrink(tree, async (candidate) => differ(await asked(pair, candidate)));
  const [one, two] = await asked(pair, shrunk);
  return [textOf(shrunk), '  in the one world:', ...one.lines, '  in the other:', ...two.lines].join('\n');
}

/** In a line, for those who asked for a search of their own size. */
export function summary({ asked: all, refused, failed, different }: Tally): string {
  const share = (part: number): string => `${((100 * part) / all).toFixed(1)} %`;
  return `${all} statements: ${share(refused)} refused, ${share(failed)} failed, ${share(different)} told the worlds apart`;
}

export function* drawn(seed: number, count: number): Generator<Drawn> {
  for (let index = 0; index < count; index += 1) yield draw(Random.seedOf(seed, index));
}

/** Asks many statements in both worlds. `shrinks`: whether what differs is made simple, and the search ends early. */
export async function search(pair: Pair, statements: Iterable<Drawn>, shrinks: boolean): Promise<Tally> {
  const tally: Tally = { asked: 0, refused: 0, failed: 0, different: 0, found: [] };
  for (const { tree } of statements) {
    const answers = await asked(pair, tree);
    const [{ failure }] = answers;
    tally.asked += 1;
    if (failure === REFUSED) tally.refused += 1;
    else if (failure !== null) tally.failed += 1;
    if (!differ(answers)) continue;
    tally.different += 1;
    if (!shrinks) continue;
    tally.found.push(await simplest(pair, tree));
    if (tally.found.length >= ENOUGH) break;
  }
  return tally;
}

/** The columns of a result that are not masked, in an order of their own. */
function cleanRows(answer: Answer, { columns }: Drawn): string[] {
  const kept = columns.flatMap(({ secret }, index) => (secret ? [] : [index]));
  return answer.rows.map((row) => kept.map((index) => row[index]?.toString('hex') ?? '-').join(' ')).sort();
}

/**
 * Asks many statements through the door (`one`) and directly (`two`): what is not masked must be the same. What was not,
 * and how many statements the policy let pass.
 */
export async function compareClean(pair: Pair, statements: Iterable<Drawn>): Promise<{ ran: number; found: string[] }> {
  const found: string[] = [];
  let ran = 0;
  for (const statement of statements) {
    const [guarded, direct] = await asked(pair, statement.tree);
    if (guarded.failure === REFUSED) continue;
    ran += 1;
    const [seen, meant] = [cleanRows(guarded, statement), cleanRows(direct, statement)];
    if (guarded.failure === direct.failure && seen.join('\n') === meant.join('\n')) continue;
    found.push([textOf(statement.tree), '  through the door:', ...seen, '  directly:', ...meant].join('\n'));
  }
  return { ran, found };
}

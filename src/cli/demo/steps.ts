import { cp, readFile, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Inbox, Reply } from '../../core/inbox.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import type { GuardedSession } from '../../local/guarded-session.ts';
import { decodeRows } from '../../protocols/postgres/index.ts';
import { recordPath } from '../../record/layout.ts';
import { readEvents } from '../../record/reader.ts';
import { renderReplay } from '../../record/replay.ts';
import { openSessionSource } from '../../record/source.ts';
import { verifySession } from '../../record/verify-store.ts';
import type { Answer, DemoClient } from './client.ts';
import { POLICY } from './sample.ts';
import type { Stage } from './stage.ts';

/** What the steps share. */
export interface Scene {
  readonly stage: Stage;
  readonly session: GuardedSession;
  readonly client: DemoClient;
}

/** A step shows lines and returns what does not hold of what it claims; nothing when all does. */
export interface Step {
  readonly title: string;
  /** Statements that are shown before they run. */
  readonly statements: readonly string[];
  run(scene: Scene, show: (line: string) => void): Promise<readonly string[]>;
}

const QUERY = 'SELECT id, name, city FROM app.customers ORDER BY id LIMIT 3';
const DROP = 'DROP TABLE app.orders';
const DELETE = 'DELETE FROM app.customers';
const HIDDEN = 'WITH gone AS (DELETE FROM app.orders WHERE true RETURNING id) SELECT count(*) FROM gone';
const UPDATE = "UPDATE app.orders SET status = 'shipped' WHERE id = 3";
const FOREIGN = 'SELECT name, cents FROM hr.salaries';
const REFUSED = [DROP, DELETE, HIDDEN, FOREIGN];
const DENIED = '42501';

/** One row that changes with everything that must not happen. */
const FACTS = `SELECT (SELECT count(*) FROM app.customers) AS customers, (SELECT count(*) FROM app.orders) AS orders`;

export const STEPS: readonly Step[] = [
  {
    title: 'The policy in force',
    statements: [],
    run: async (_scene, show) => {
      for (const line of POLICY.trimEnd().split('\n')) show(line);
      return [];
    },
  },
  { title: 'A query passes, and its answer is the server’s own', statements: [QUERY], run: query },
  refusal('A schema change is refused', DROP),
  refusal('A DELETE of everything is refused', DELETE),
  refusal('The same, hidden in a query with a condition that always holds', HIDDEN),
  refusal('Data out of scope cannot be read', FOREIGN),
  {
    title: 'A change is held until a person has approved it, and then it runs once',
    statements: [UPDATE],
    run: held,
  },
  {
    title: 'A refusal is an error like any other: the connection goes on',
    statements: [DROP, 'SELECT 1 AS still_here'],
    run: goesOn,
  },
  { title: 'The server never saw what was refused: its own log says so', statements: [], run: neverSeen },
  { title: 'Everything is on record, and can be replayed', statements: [], run: replay },
  { title: 'The record proves itself: one changed byte is found', statements: [], run: verify },
];

async function query({ client, stage }: Scene, show: (line: string) => void): Promise<readonly string[]> {
  const [answer] = await client.run([QUERY]);
  showAnswer(answer, show);
  const direct = await stage.direct.query<{ name: string }>(QUERY);
  const names = direct.rows.map(({ name }) => name);
  return claims({
    'the query failed': answer?.error !== null,
    'the answer is not that of a direct connection': names.length !== 3 || !names.every((name) => shows(answer, name)),
  });
}

function refusal(title: string, statement: string): Step {
  const run: Step['run'] = async ({ client, stage }, show) => {
    const before = JSON.stringify((await stage.direct.query(FACTS)).rows);
    const [answer] = await client.run([statement]);
    showAnswer(answer, show);
    const after = JSON.stringify((await stage.direct.query(FACTS)).rows);
    return claims({
      'it was not refused with SQLSTATE 42501': answer?.error !== DENIED,
      'it took effect': before !== after,
      'values were shown': shows(answer, '12000000'),
    });
  };
  return { title, statements: [statement], run };
}

const STATUS = 'SELECT status FROM app.orders WHERE id = 3';

async function held({ client, stage }: Scene, show: (line: string) => void): Promise<readonly string[]> {
  const running = client.run([UPDATE]);
  const request = await firstRequest(stage.inbox);
  const before = JSON.stringify((await stage.direct.query(STATUS)).rows);
  show(`held: request ${request?.id ?? 'missing'}, of ${request?.identity.display ?? 'nobody'}`);
  const receipt = request === null ? null : await stage.inbox.reply(yesTo(request));
  show(`approved, as in another terminal: hoopctl approve ${request?.id ?? ''}`);
  const [answer] = await running;
  showAnswer(answer, show);
  const after = JSON.stringify((await stage.direct.query(STATUS)).rows);
  return claims({
    'nobody was asked': request === null,
    'it ran before it was approved': before !== '[{"status":"open"}]',
    'the approval did not count': receipt?.accepted !== true || receipt.outcome !== 'approved',
    'it did not run': answer?.error !== null || after !== '[{"status":"shipped"}]',
  });
}

async function firstRequest(inbox: Inbox): Promise<ApprovalRequest | null> {
  for await (const event of inbox.watch(AbortSignal.timeout(10_000))) {
    if (event.type === 'request') return event.request;
  }
  return null;
}

function yesTo({ id, digest }: ApprovalRequest): Reply {
  const once = { uses: 1, lasts: null, effect: null, breakGlass: false } as const;
  return { request: id, digest, verdict: 'approve', reason: 'the demo said so', ...once };
}

async function goesOn({ client }: Scene, show: (line: string) => void): Promise<readonly string[]> {
  const [refused, next] = await client.run([DROP, 'SELECT 1 AS still_here']);
  for (const answer of [refused, next]) showAnswer(answer, show);
  return claims({
    'the first was not refused': refused?.error !== DENIED,
    'the second did not work': next?.error !== null || !shows(next, 'still_here'),
  });
}

async function neverSeen({ stage }: Scene, show: (line: string) => void): Promise<readonly string[]> {
  const log = await logWith(stage, QUERY);
  const count = (statement: string): number => log.filter((line) => line.includes(statement)).length;
  show(`in the server's log: ${count(QUERY)} times the query that passed`);
  for (const statement of REFUSED) show(`in the server's log: ${count(statement)} times ${statement}`);
  return claims({
    'the log does not show that the query passed': count(QUERY) < 2,
    'the log shows a refused statement': REFUSED.some((statement) => count(statement) > 0),
  });
}

/** The log comes through a pipe: it may be a moment late. */
async function logWith(stage: Stage, statement: string): Promise<readonly string[]> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if (stage.server.log().some((line) => line.includes(statement))) break;
    await setTimeout(50);
  }
  return stage.server.log();
}

async function replay({ stage, session }: Scene, show: (line: string) => void): Promise<readonly string[]> {
  await session.end('client');
  const source = await openSessionSource(stage.state, session.id);
  const lines: string[] = [];
  try {
    for await (const piece of renderReplay(readEvents(source), { decode: decodeRows })) lines.push(...piece.lines);
  } finally {
    await source.close();
  }
  for (const line of lines) show(line);
  const missing = [QUERY, ...REFUSED].filter((statement) => !lines.some((line) => line.includes(statement)));
  const refusals = lines.filter((line) => line.includes('refused by demo')).length;
  return claims({
    'a statement is missing': missing.length > 0,
    'a refusal is missing': refusals < REFUSED.length + 1,
    'the result is missing': !lines.some((line) => line.includes('Grace Hopper')),
  });
}

async function verify({ stage, session }: Scene, show: (line: string) => void): Promise<readonly string[]> {
  const whole = await verifySession(stage.state, session.id);
  show(`as it was written: ${whole.record?.status ?? 'missing'}, ${whole.record?.events ?? 0} events`);
  const copy = `${stage.state}-changed`;
  await cp(stage.state, copy, { recursive: true });
  const path = recordPath(copy, session.id);
  const bytes = await readFile(path);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(path, bytes);
  const changed = await verifySession(copy, session.id);
  const where = changed.record?.status === 'damaged' ? `, first bad: event ${changed.record.event}` : '';
  show(`one bit of byte ${middle} of ${bytes.length} changed: ${changed.record?.status ?? 'missing'}${where}`);
  return claims({
    'the record is not valid': whole.record?.status !== 'valid' || !whole.sound,
    'the change was not found': changed.sound || changed.record?.status !== 'damaged',
  });
}

function showAnswer(answer: Answer | undefined, show: (line: string) => void): void {
  for (const line of answer?.lines ?? []) show(line);
}

function shows(answer: Answer | undefined, text: string): boolean {
  return answer?.lines.some((line) => line.includes(text)) ?? false;
}

/** The names of those that are true. */
function claims(broken: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.keys(broken).filter((name) => broken[name] === true);
}

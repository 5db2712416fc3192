import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../chance.ts';
import { frames } from '../../postgres/frames.ts';
import { dial } from '../../postgres/wire-client.ts';
import { asking, digest, type Form, LARGE, type Question, QUESTIONS } from '../facts.ts';
import { expectErrors, type Talk, Unexpected } from './talk.ts';

/** Something that a client does on a connection. It throws when the answer is not the right one. */
export type Scenario = (talk: Talk, chance: Chance) => Promise<void>;

/** Most decisions that one question takes: Parse, Bind and Execute. */
const EACH = 3;

const DENIED: readonly string[] = [
  'drop table app.facts',
  'truncate app.ledger',
  'delete from app.facts',
  'update app.counters set n = 0',
  'select * from other.secret',
  'grant all on app.facts to public',
  "copy app.facts to program 'cat'",
];

export const INCREMENT = `with hit as (update app.counters set n = n + 1 where id = $1::int returning id)
  insert into app.ledger (token, counter) select $2::text, id from hit`;

/** What a counter is told to do, written out. */
export function increment(counter: number, token: string): string {
  return INCREMENT.replace('$1::int', String(counter)).replace('$2::text', `'${token}'`);
}

/** Takes long enough to be cancelled, wherever it runs. */
const LONG = 'select count(*) from generate_series(1, 200000000)';

function check(talk: Talk, question: Question, form: Form, found: string): void {
  if (talk.world.answers.matches(question, form, found)) return;
  throw new Unexpected(`a wrong answer to ${JSON.stringify(question.simple)} (${form})`);
}

const facts: Scenario = async (talk, chance) => {
  const question = chance.among(QUESTIONS);
  const form = chance.among(['simple', 'text', 'binary', 'copy'] as const);
  const answer = await talk.ask(EACH, ...asking(question, form));
  expectErrors(answer);
  check(talk, question, form, digest(answer));
};

const large: Scenario = async (talk, chance) => {
  const form = chance.among(['simple', 'text', 'binary', 'copy'] as const);
  talk.say(EACH, ...asking(LARGE, form));
  if (chance.happens(0.5)) {
    talk.client.socket.pause();
    await pause(chance.below(300));
    talk.client.socket.resume();
  }
  const answer = await talk.hear();
  talk.settled();
  check(talk, LARGE, form, digest(answer));
};

const prepared: Scenario = async (talk, chance) => {
  const question = chance.among(QUESTIONS);
  const name = chance.among(['one', 'two']);
  expectErrors(await talk.ask(1, frames.close('S', name), frames.parse(question.prepared, name), frames.sync()));
  for (let times = chance.between(1, 4); times > 0; times -= 1) {
    const form = chance.among(['text', 'binary'] as const);
    const answer = await talk.ask(2, ...asking(question, form, name));
    expectErrors(answer);
    check(talk, question, form, digest(answer));
  }
};

const pipeline: Scenario = async (talk, chance) => {
  const wanted = Array.from({ length: chance.between(2, 30) }, () => {
    const form = chance.among(['text', 'binary'] as const);
    return { question: chance.among(QUESTIONS), form };
  });
  talk.say(EACH * wanted.length, ...wanted.flatMap(({ question, form }) => asking(question, form)));
  for (const { question, form } of wanted) {
    const answer = await talk.hear();
    expectErrors(answer);
    check(talk, question, form, digest(answer));
  }
  talk.settled();
};

const denied: Scenario = async (talk, chance) => {
  const text = chance.among(DENIED);
  const messages = chance.happens(0.5)
    ? [frames.query(text)]
    : [frames.parse(text), frames.bind(), frames.execute(), frames.sync()];
  expectErrors(await talk.ask(1, ...messages), '42501');
  talk.world.ledger.refusals.certainly();
};

/** What comes before is done, what comes behind is not, and the next batch is heeded again. */
const deniedInPipeline: Scenario = async (talk, chance) => {
  const question = chance.among(QUESTIONS);
  const [before, behind] = [chance.among(QUESTIONS), chance.among(QUESTIONS)];
  const unsynced = (one: Question): Buffer[] => asking(one, 'text').slice(0, -1);
  const refused = [frames.parse(chance.among(DENIED)), frames.bind(), frames.execute()];
  talk.say(3 * EACH, ...unsynced(before), ...refused, ...unsynced(behind), frames.sync(), ...asking(question, 'text'));
  expectErrors(await talk.hear(), '42501');
  const answer = await talk.hear();
  expectErrors(answer);
  check(talk, question, 'text', digest(answer));
  talk.settled();
  talk.world.ledger.refusals.certainly();
};

const wrong: Scenario = async (talk, chance) => {
  const [text, code] = chance.among([
    ['selec 1', '42601'],
    ['select 1/0', '22012'],
    ['select nothing from app.facts', '42703'],
    ["select 'x'::int", '22P02'],
  ] as const);
  expectErrors(await talk.ask(1, frames.query(text)), code);
  // What is no statement is refused before it is sent.
  if (code === '42601') talk.world.ledger.refusals.certainly();
};

const counting: Scenario = async (talk, chance) => {
  const { ledger } = talk.world;
  const counter = chance.between(1, 8);
  const tokens = Array.from({ length: chance.between(1, 3) }, () => ledger.token());
  const together = chance.happens(0.5);
  const rollback = together && chance.happens(0.2);
  const end = rollback ? 'rollback' : 'commit';
  if (!rollback) for (const token of tokens) ledger.doubtful.add(token);
  if (together) expectErrors(await talk.ask(1, frames.query('begin')));
  for (const token of tokens) {
    const simple = chance.happens(0.5);
    const answer = simple
      ? await talk.ask(1, frames.query(increment(counter, token)))
      : await talk.ask(
          EACH,
          frames.parse(INCREMENT),
          frames.bind({ values: [String(counter), token] }),
          frames.execute(),
          frames.sync(),
        );
    expectErrors(answer);
    if (!together) acknowledge(talk, [token]);
  }
  if (together) expectErrors(await talk.ask(1, frames.query(end)));
  if (together && !rollback) acknowledge(talk, tokens);
};

function acknowledge({ world: { ledger } }: Talk, tokens: readonly string[]): void {
  for (const token of tokens) {
    ledger.doubtful.delete(token);
    ledger.acknowledged.add(token);
  }
}

const copyIn: Scenario = async (talk, chance) => {
  const { ledger } = talk.world;
  const token = ledger.token();
  const gives = chance.happens(0.8);
  if (gives) ledger.doubtful.add(token);
  const lines = Array.from({ length: 10 }, (_, n) => frames.copyData(`${token}\t${n}\n`));
  const end = gives ? frames.copyDone() : frames.copyFail('changed my mind');
  const answer = await talk.ask(1, frames.query('copy app.inbox (token, n) from stdin'), ...lines, end);
  expectErrors(answer, ...(gives ? [] : ['57014']));
  if (gives) acknowledge(talk, [token]);
};

async function sendCancel(talk: Talk, secret: Buffer): Promise<void> {
  const packet = Buffer.alloc(12);
  packet.writeInt32BE(12 + secret.length, 0);
  packet.writeInt32BE(80877102, 4);
  packet.writeInt32BE(talk.client.key?.pid ?? 0, 8);
  const { host, port } = talk.world.options;
  const canceller = await dial(host, port);
  canceller.send(packet, secret);
  canceller.socket.end();
}

const cancelled: Scenario = async (talk, chance) => {
  const secret = talk.client.key?.secret ?? Buffer.alloc(4);
  if (chance.happens(0.5)) {
    const question = chance.among(QUESTIONS);
    talk.say(1, frames.query(question.simple));
    await sendCancel(talk, Buffer.from(secret.map((byte) => byte ^ 0xff)));
    const answer = await talk.hear();
    expectErrors(answer);
    check(talk, question, 'simple', digest(answer));
    return talk.settled();
  }
  talk.say(1, frames.query(LONG));
  await cancelUntilAnswered(talk, secret, chance.below(150));
  // It may have been cancelled while hoopctl asked what it means.
  talk.abandon();
};

/** A request to cancel that comes before the server is at it is lost: whoever waits asks again. */
async function cancelUntilAnswered(talk: Talk, secret: Buffer, first: number): Promise<void> {
  let answered = false;
  const answer = talk.hear().finally(() => (answered = true));
  let times = 0;
  for (let wait = first; !answered; wait = 1000) {
    await Promise.race([answer, pause(wait)]);
    if (answered) break;
    await sendCancel(talk, secret);
    times += 1;
  }
  expectErrors(await answer, '57014');
  if (times < 2) return;
  // The last one may still be on its way, and meets whatever runs then.
  await pause(500);
  await talk.ask(1, frames.query('select 1'));
}

export const SCENARIOS: Readonly<Record<string, { readonly scenario: Scenario; readonly weight: number }>> = {
  facts: { scenario: facts, weight: 10 },
  large: { scenario: large, weight: 1 },
  prepared: { scenario: prepared, weight: 4 },
  pipeline: { scenario: pipeline, weight: 3 },
  denied: { scenario: denied, weight: 3 },
  'denied in a pipeline': { scenario: deniedInPipeline, weight: 2 },
  wrong: { scenario: wrong, weight: 2 },
  counting: { scenario: counting, weight: 4 },
  'copy in': { scenario: copyIn, weight: 2 },
  cancelled: { scenario: cancelled, weight: 1 },
};

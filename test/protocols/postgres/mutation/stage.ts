import { systemClock } from '../../../../src/core/clock.ts';
import type { Protocol, SessionContext, SessionEnd } from '../../../../src/core/protocol.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { postgres } from '../../../../src/protocols/postgres/index.ts';
import { cancelRequest } from '../../../../src/protocols/postgres/startup.ts';
import { Chance } from '../../../chance.ts';
import { startupPacket } from '../../../postgres/frames.ts';
import { spoken } from '../scripted.ts';
import { Bending, joined, mutatedWithin } from './bending.ts';
import { conversation } from './conversation.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { MemoryClient } from './memory-client.ts';
import { Motion, soon, turns } from './motion.ts';
import { mutate, type Rate } from './mutate.ts';
import { unjudged, unmasked } from './oracle.ts';
import { CLIENT_POOL, SERVER_POOL } from './pools.ts';
import { type Arrival, type Bend, type ModelTarget, startModelTarget } from './target.ts';
import { Witness } from './witness.ts';

/** Milliseconds that a connection may take to end once both sides have ended. */
const DEADLINE = 10_000;

/** How a connection goes. */
export interface Play {
  /** What is mutated of the client's login, the client's requests, the server's greeting, and the server's replies. */
  readonly login: Rate;
  readonly requests: Rate;
  readonly greeting: Rate;
  readonly replies: Rate;
  /** Share of the statements that are refused at random. */
  readonly refuses: number;
  /** Share of the connections whose rows are masked. */
  readonly masks: number;
  /** Share of the connections that break off, or cancel what they wait for. */
  readonly rude: number;
}

const STRAIGHT: Rate = { mutated: 0, beyond: 0 };

/** Nothing is mutated, refused or masked. */
export const POLITE: Play = {
  login: STRAIGHT,
  requests: STRAIGHT,
  greeting: STRAIGHT,
  replies: STRAIGHT,
  refuses: 0,
  masks: 0,
  rude: 0,
};

export interface Trial {
  /** Mutated messages that hoopctl has read, by who sent them. */
  readonly mutated: { readonly client: number; readonly server: number };
  /** Bytes that were sent to hoopctl. */
  readonly bytes: number;
  readonly end: SessionEnd | null;
  /** What must never be; empty when all is well. */
  readonly violations: readonly string[];
  readonly evidence: Evidence;
}

/** hoopctl at work on one connection. */
interface Service {
  readonly over: Promise<SessionEnd>;
  end(): SessionEnd | null;
  guard(): Witness | null;
  /** hoopctl may hold on to a session for a second: not to the guard, and what it knows. */
  forget(): void;
}

/** hoopctl's protocol between a client and a server that are both played here. */
export class Stage {
  readonly #target: ModelTarget;
  readonly #protocol: Protocol = postgres();
  readonly #session: Omit<SessionContext, 'guard'>;
  readonly #start: Buffer;

  private constructor(target: ModelTarget) {
    this.#target = target;
    this.#session = {
      id: 'session',
      target: target.target,
      door: { user: 'visitor', secret: new Secret('of this session alone') },
      clock: systemClock,
      readOnly: false,
      lines: null,
      signal: new AbortController().signal,
      warn: () => undefined,
    };
    const { door } = this.#session;
    this.#start = startupPacket({
      user: door.user,
      database: target.target.database,
      application_name: 'mutation',
    });
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(await startModelTarget());
    // The first login makes, on another thread, what others are compared with: stillness says nothing there.
    const chance = new Chance(0);
    const client = new MemoryClient(chance, () => undefined);
    const served = stage.#serve(client, chance, POLITE);
    await client.login(stage.#start, stage.#session.door.secret.reveal(), new Bending(chance, [], STRAIGHT));
    client.forget();
    await served.over;
    return stage;
  }

  close(): Promise<void> {
    return this.#target.close();
  }

  /** One connection, from its first byte to its end. */
  async play(seed: number, play: Play): Promise<Trial> {
    const chance = new Chance(seed);
    const motion = new Motion();
    const greeting = new Bending(chance.another(), SERVER_POOL, play.greeting);
    const replies = new Bending(chance.another(), SERVER_POOL, play.replies);
    const login = new Bending(chance.another(), CLIENT_POOL, play.login);
    const arrivals = this.#target.next(greetingFirst(greeting.bend, replies.bend), motion.moved);
    const client = new MemoryClient(chance.another(), motion.moved);
    const served = this.#serve(client, chance.another(), play);
    const pieces = mutate(chance, conversation(chance.another()), CLIENT_POOL, play.requests);
    const greeted = await this.#login(client, login, motion);
    const before = client.taken;
    if (greeted !== null) client.say(joined(pieces));
    client.finish();
    if (chance.happens(play.rude)) await this.#beRude(chance, client, motion);
    const ended = await ending(served, arrivals, motion);
    const believed = greeting.mutated + replies.mutated === 0;
    const evidence = evidenceOf({ believed, pieces, arrivals, heard: client.heard, greeted, guard: served.guard() });
    const trial = {
      mutated: {
        client: login.mutated + mutatedWithin(pieces, client.taken - before),
        server: greeting.mutated + replies.mutated,
      },
      bytes: client.taken + greeting.said + replies.said,
      end: served.end(),
      violations: [
        ...ended,
        ...violationsOf(served),
        ...arrivals.flatMap((arrival) => arrival.violations(believed)),
        ...unjudged(evidence),
        ...unmasked(evidence),
      ],
      evidence,
    };
    client.forget();
    served.forget();
    return trial;
  }

  #serve(client: MemoryClient, chance: Chance, { refuses, masks }: Play): Service {
    const transparent = !chance.happens(masks);
    let guard: Witness | null = null;
    let end: SessionEnd | null = null;
    const session: SessionContext = {
      ...this.#session,
      guard: (_connection, database) => {
        const { catalog } = spoken(database);
        guard = new Witness({ chance, catalog, transparent, refuses });
        return guard;
      },
    };
    const over = this.#protocol.serve(client, session).then((one) => (end = one));
    return { over, end: () => end, guard: () => guard, forget: () => (guard = null) };
  }

  /** How many messages the login took, or null when it did not succeed. */
  #login(client: MemoryClient, bending: Bending, motion: Motion): Promise<number | null> {
    const silence = motion.settled(() => false).then(() => null);
    return Promise.race([client.login(this.#start, this.#session.door.secret.reveal(), bending), silence]);
  }

  /** Breaks off at some moment, or cancels with a right or a wrong key. */
  async #beRude(chance: Chance, client: MemoryClient, motion: Motion): Promise<void> {
    await turns(chance.below(20));
    const { key } = client;
    if (key === null || chance.happens(0.5)) return void client.destroy();
    const canceller = new MemoryClient(chance, motion.moved);
    const secret = chance.happens(0.8) ? key.secret : chance.bytes(4);
    const over = this.#protocol.serve(canceller, { ...this.#session, guard: nobody });
    canceller.say(cancelRequest(key.process, secret));
    canceller.finish();
    await over;
    canceller.forget();
  }
}

/** What a server says first is its greeting. */
function greetingFirst(greeting: Bend, replies: Bend): Bend {
  let greeted = false;
  return (messages) => {
    if (greeted) return replies(messages);
    greeted = true;
    return greeting(messages);
  };
}

function nobody(): never {
  throw new Error('a request to cancel is no connection');
}

/** Lets both sides end; what is wrong with how that goes. */
async function ending(served: Service, arrivals: readonly Arrival[], motion: Motion): Promise<string[]> {
  await motion.settled(() => served.end() !== null);
  for (const arrival of arrivals) arrival.leave();
  const ended = await soon(served.over, DEADLINE);
  const serving = arrivals.filter((arrival) => arrival.serves).map((arrival) => arrival.closed);
  const gone = await soon(Promise.all(serving), DEADLINE);
  return [
    ...(ended ? [] : ['the connection did not end though both sides had']),
    ...(gone ? [] : ['the connection to the server was not closed']),
  ];
}

function violationsOf(served: Service): string[] {
  const end = served.end();
  const guard = served.guard();
  const events = guard?.events ?? [];
  const inOrder =
    events.length === 0 || (events.indexOf('open') === 0 && events.indexOf('close') === events.length - 1);
  return [
    ...(end?.cause === 'failure' ? [`something else than a HoopError ended it: ${end.message}`] : []),
    ...(guard?.failures ?? []).map((failure) => `the guard met ${String(failure)}`),
    ...(inOrder ? [] : [`the events are ${events.join(' ')}`]),
  ];
}

import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { ServerChannel } from 'ssh2';
import { LINGER } from '../ends.ts';
import { Crossings, type Passage } from '../forward/crossings.ts';
import { type NotOpened, opened, PROHIBITED, SHORTAGE, UNCONNECTED } from '../forward/opening.ts';
import { Pipe } from '../forward/pipe.ts';
import type { Line } from '../line.ts';
import { heedOpenings, openAgent, type Wanted } from '../ssh2-channels.ts';
import type { Upstream } from '../upstream.ts';
import { AgentPassage } from './agent-passage.ts';
import type { Extra } from './extras.ts';
import { type Leave, Loan } from './loan.ts';
import { noteLoan } from './notes.ts';

type Kind = Extra['kind'];

/** All of one kind that is led through. */
interface Traffic {
  readonly passages: Set<Passage>;
  readonly running: Set<Promise<void>>;
}

/**
 * What one client lends to the target: its agent and its screen, while a program runs that may have them. The target reaches
 * them through the client's own connection, and nothing of hoopctl's or of other clients'.
 */
export class Loans {
  readonly #crossings: Crossings;
  readonly #live = new Set<Loan>();
  readonly #traffic: Readonly<Record<Kind, Traffic>> = { agent: traffic(), x11: traffic() };
  readonly #ending = new Set<Promise<void>>();
  /** OpenSSH's server takes an agent once for a whole connection, and says no after that. */
  #hasAgent = false;
  /** Of what the record says that the target wanted it unasked. */
  readonly #noted = new Set<Kind>();

  constructor(line: Line) {
    this.#crossings = new Crossings(line);
    void line.upstream.then((upstream) => this.#attend(upstream)).catch(() => undefined);
  }

  /** From here on the target may reach it. */
  begin(leave: Leave): Loan {
    const loan = new Loan(leave, {
      settled: (loan, agreed) => this.#settled(loan, agreed),
      ended: (loan, hurry) => this.#end(loan, hurry),
    });
    this.#live.add(loan);
    if (leave.revoked.aborted || this.#crossings.withdrawal.aborted) loan.revoke();
    return loan;
  }

  /** Ends all of them. Resolves when that is on record. */
  async close(): Promise<void> {
    await this.#crossings.close();
    for (const loan of this.#live) loan.revoke();
    await Promise.all(this.#ending);
  }

  #settled({ extra }: Loan, agreed: boolean): boolean {
    if (extra.kind === 'x11') return agreed;
    this.#hasAgent ||= agreed;
    return this.#hasAgent;
  }

  #end(loan: Loan, hurry: boolean): void {
    if (!this.#live.delete(loan)) return;
    const ending = this.#finish(loan, hurry).catch(() => undefined);
    this.#ending.add(ending);
    void ending.then(() => this.#ending.delete(ending));
  }

  async #finish(loan: Loan, hurry: boolean): Promise<void> {
    const { guard, statement, extra } = loan.leave;
    // Nobody can tell for which program the target opened one: it goes on for those that still may.
    if (hurry || !this.#isLent(extra.kind)) await this.#stop(extra.kind, hurry);
    const { number: connection } = this.#crossings.line;
    await guard.note({ type: 'complete', connection, statement, tag: 'closed', rows: 0, bytes: loan.bytes });
  }

  /** What a program drew last may be on its way still; an agent has nothing to sign for one that is over. */
  async #stop(kind: Kind, hurry: boolean): Promise<void> {
    const { passages, running } = this.#traffic[kind];
    const [open, over] = [[...passages], Promise.all(running)];
    if (kind === 'x11' && !hurry) await Promise.race([over, setTimeout(LINGER, undefined, { ref: false })]);
    for (const passage of open) passage.drop();
    await over;
  }

  #isLent(kind: Kind): boolean {
    return [...this.#live].some(({ extra }) => extra.kind === kind);
  }

  #attend({ client }: Upstream): void {
    heedOpenings(client, (wanted) => {
      const loan = [...this.#live].find((one) => one.extra.kind === wanted.kind && one.take());
      if (loan === undefined) return this.#turnAway(wanted);
      const { running } = this.#traffic[wanted.kind];
      const crossing = this.#cross(wanted, loan);
      running.add(crossing);
      void crossing.then(() => running.delete(crossing));
    });
  }

  /** It was not lent, or is not any more. */
  #turnAway(wanted: Wanted): void {
    this.#refuse(wanted, { reason: PROHIBITED, words: 'it is not lent' });
    if (this.#noted.has(wanted.kind)) return;
    this.#noted.add(wanted.kind);
    const { line } = this.#crossings;
    const words = 'was wanted by the target, and is not lent to it: refused';
    void noteLoan(line.guard(), line.number, wanted.kind, words).catch(() => undefined);
  }

  /** Never rejects. */
  async #cross(wanted: Wanted, loan: Loan): Promise<void> {
    const leave = this.#crossings.enter();
    if (leave === null) return this.#refuse(wanted, SHORTAGE);
    try {
      await this.#lead(wanted, loan);
    } catch {
      // The client does not open it, or there is no record any more.
      this.#refuse(wanted, { reason: UNCONNECTED, words: 'it cannot be reached' });
    } finally {
      leave();
    }
  }

  async #lead(wanted: Wanted, loan: Loan): Promise<void> {
    const { kind } = wanted;
    const { guard, statement } = loan.leave;
    await noteLoan(guard, this.#crossings.line.number, kind, 'is reached by the target');
    const client = await this.#open(wanted);
    if (!this.#isLent(kind)) {
      client.close();
      return this.#refuse(wanted, { reason: PROHIBITED, words: 'it is not lent any more' });
    }
    const options = { client, upstream: wanted.accept(), guard, statement };
    const way = kind === 'agent' ? AgentPassage : Pipe;
    const { bytes } = await this.#crossings.carry(options, this.#traffic[kind].passages, way);
    loan.bytes += bytes;
  }

  #open({ kind, from }: Wanted): Promise<ServerChannel> {
    const { connection } = this.#crossings.line;
    if (kind === 'agent') return opened((done) => openAgent(connection, done));
    const address = isIP(from.address) === 0 ? NOWHERE : from.address;
    return opened((done) => connection.x11(address, from.port, done));
  }

  #refuse({ refuse }: Wanted, { reason, words }: NotOpened): void {
    refuse({ reason, words: `hoopctl: ${words}` });
  }
}

/** Of a program that reaches for a screen from where the target does not say. */
const NOWHERE = '127.0.0.1';

function traffic(): Traffic {
  return { passages: new Set(), running: new Set() };
}

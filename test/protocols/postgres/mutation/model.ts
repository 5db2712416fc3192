import { FINGERPRINT } from '../catalog-answers.ts';
import { column, server as say } from '../messages.ts';
import { texts, typeOf } from './cutting.ts';
import { type Spoken, spoken } from './dialect.ts';

/** In every answer about the catalog, which no client may ever see. */
export const CANARY = 'canary-of-the-catalog';
const CATALOG = 'hoopctl catalog';
const NO_STATEMENT = 'refused by hoopctl';

interface Portal {
  readonly text: string;
  /** Rows that were not fetched yet; null before the first Execute. */
  left: number | null;
}

interface Copying {
  /** What follows it in the same query. */
  readonly rest: readonly Spoken[];
  readonly extended: boolean;
}

/** What PostgreSQL answers, message for message, as far as the little language goes. */
export class ModelServer {
  #ran: string | null = null;
  readonly #statements = new Map<string, string>();
  readonly #portals = new Map<string, Portal>();
  #answers: Buffer[] = [];
  #status: 'I' | 'T' | 'E' = 'I';
  #skipping = false;
  #copying: Copying | null = null;
  /** What no server ever expects to be sent by a proxy that keeps to the protocol. */
  readonly complaints: string[] = [];
  /** The same of one that has heard all the server said, as it was said. */
  readonly interruptions: string[] = [];

  /** The answers to one whole message, and the client's text that it set out to run. */
  take(frame: Buffer): { readonly answers: readonly Buffer[]; readonly ran: string | null } {
    this.#answers = [];
    this.#ran = null;
    if (this.#copying === null) this.#message(frame);
    else this.#copy(frame, this.#copying);
    return { answers: this.#answers, ran: this.#ran };
  }

  #say(...answers: readonly Buffer[]): void {
    this.#answers.push(...answers);
  }

  #message(frame: Buffer): void {
    const type = typeOf(frame);
    if (type === 'S') return this.#sync();
    if (type === 'X' || type === 'H') return;
    if (this.#skipping) return;
    switch (type) {
      case 'Q':
        return this.#query(texts(frame, 1)?.[0]);
      case 'P':
        return this.#parse(texts(frame, 2));
      case 'B':
        return this.#bind(texts(frame, 2));
      case 'D':
        return this.#describe(frame);
      case 'E':
        return this.#execute(frame);
      case 'C':
        return this.#close(frame);
      case 'd':
      case 'c':
      case 'f':
        // Left over from a COPY that failed.
        return;
      default:
        this.complaints.push(`a message of type ${JSON.stringify(type)}`);
    }
  }

  #sync(): void {
    this.#skipping = false;
    this.#ready();
  }

  #ready(): void {
    if (this.#status === 'I') this.#portals.clear();
    this.#say(say.ready(this.#status));
  }

  #fail(code: string): void {
    this.#say(say.error(code, 'the model says no'));
    if (this.#status === 'T') this.#status = 'E';
  }

  #failExtended(code: string): void {
    this.#fail(code);
    this.#skipping = true;
  }

  #query(text: string | undefined): void {
    if (text === undefined) return void this.complaints.push('a malformed Query');
    this.#statements.delete('');
    if (text === NO_STATEMENT) {
      this.#fail('42601');
      return this.#ready();
    }
    this.#ran = text;
    const statements = spoken(text);
    if (statements.length === 0) this.#say(say.empty());
    this.#run(statements);
  }

  #run(statements: readonly Spoken[]): void {
    for (const [index, one] of statements.entries()) {
      if (this.#refused(one)) break;
      if (one.kind === 'copy-in') {
        this.#say(say.copyIn());
        this.#copying = { rest: statements.slice(index + 1), extended: false };
        return;
      }
      if (one.kind === 'rows') this.#say(say.columns(column('filling')));
      this.#perform(one, one.kind === 'rows' ? one.count : 0);
    }
    this.#ready();
  }

  /** True when the statement has failed. */
  #refused(one: Spoken): boolean {
    if (this.#status === 'E' && one.kind !== 'end') this.#fail('25P02');
    else if (one.kind === 'fail') this.#fail('22012');
    else return false;
    return true;
  }

  #perform(one: Spoken, rows: number): void {
    switch (one.kind) {
      case 'rows':
        for (let row = 0; row < rows; row += 1) this.#say(say.row('x'.repeat(one.size)));
        return this.#say(say.complete(`SELECT ${rows}`));
      case 'copy-out':
        this.#say(say.copyOut());
        for (let row = 0; row < one.count; row += 1) this.#say(say.copyData(`line ${row}\n`));
        return this.#say(say.copyDone(), say.complete(`COPY ${one.count}`));
      case 'notice':
        return this.#say(say.notice('noted'), say.complete('DO'));
      case 'begin':
        this.#status = 'T';
        return this.#say(say.complete('BEGIN'));
      case 'end':
        this.#status = 'I';
        return this.#say(say.complete('COMMIT'));
      case 'prepare':
        this.#statements.set(one.name, one.text);
        return this.#say(say.complete('PREPARE'));
      case 'deallocate':
        this.#statements.delete(one.name);
        return this.#say(say.complete('DEALLOCATE'));
      case 'change':
        return this.#say(say.status('application_name', 'another'), say.complete('ALTER TABLE'));
      case 'copy-in':
      case 'fail':
    }
  }

  #parse(found: readonly string[] | null): void {
    const [name, text] = found ?? [];
    if (name === undefined || text === undefined) return void this.complaints.push('a malformed Parse');
    if (name === '') this.#statements.delete('');
    else if (this.#statements.has(name)) return this.#failExtended('42P05');
    if (text === NO_STATEMENT) return this.#failExtended('42601');
    if (name !== CATALOG && spoken(text).length > 1) return this.#failExtended('42601');
    if (this.#status === 'E') return this.#failExtended('25P02');
    this.#statements.set(name, text);
    this.#say(say.parseComplete());
  }

  #bind(found: readonly string[] | null): void {
    const [portal, statement] = found ?? [];
    if (portal === undefined || statement === undefined) return void this.complaints.push('a malformed Bind');
    const text = this.#statements.get(statement);
    if (text === undefined) return this.#failExtended('26000');
    if (portal !== '' && this.#portals.has(portal)) return this.#failExtended('42P03');
    if (this.#status === 'E') return this.#failExtended('25P02');
    this.#portals.set(portal, { text, left: null });
    this.#say(say.bindComplete());
  }

  #describe(frame: Buffer): void {
    const [name = ''] = texts(frame, 1, 1) ?? [];
    const statement = frame[5] === 'S'.charCodeAt(0);
    const text = statement ? this.#statements.get(name) : this.#portals.get(name)?.text;
    if (text === undefined) return this.#failExtended(statement ? '26000' : '34000');
    if (statement) this.#say(say.parameters());
    this.#say(spoken(text)[0]?.kind === 'rows' ? say.columns(column('filling')) : say.noData());
  }

  #close(frame: Buffer): void {
    const [name = ''] = texts(frame, 1, 1) ?? [];
    if (frame[5] === 'S'.charCodeAt(0)) this.#statements.delete(name);
    else this.#portals.delete(name);
    this.#say(say.closeComplete());
  }

  #execute(frame: Buffer): void {
    const [name = ''] = texts(frame, 1) ?? [];
    const portal = this.#portals.get(name);
    if (portal === undefined) return this.#failExtended('34000');
    if (name === CATALOG) return this.#aboutTheCatalog(portal.text);
    this.#ran = portal.text;
    const [one] = spoken(portal.text);
    if (one === undefined) return this.#say(say.empty());
    if (this.#refused(one)) {
      this.#skipping = true;
      return;
    }
    if (one.kind === 'copy-in') {
      this.#say(say.copyIn());
      this.#copying = { rest: [], extended: true };
    } else if (one.kind === 'rows') this.#fetch(portal, one, frame.readInt32BE(frame.length - 4));
    else this.#perform(one, 0);
  }

  #fetch(portal: Portal, one: Spoken & { kind: 'rows' }, most: number): void {
    portal.left ??= one.count;
    if (most <= 0 || portal.left <= most) {
      this.#perform(one, portal.left);
      portal.left = 0;
      return;
    }
    portal.left -= most;
    for (let row = 0; row < most; row += 1) this.#say(say.row('x'.repeat(one.size)));
    this.#say(say.suspended());
  }

  #aboutTheCatalog(question: string): void {
    this.#say(say.row(catalogAnswer(question)), say.complete('SELECT 1'));
  }

  #copy(frame: Buffer, copying: Copying): void {
    switch (typeOf(frame)) {
      case 'd':
      case 'H':
      case 'S':
      case 'X':
        return;
      case 'c':
        this.#copying = null;
        this.#say(say.complete('COPY 0'));
        return copying.extended ? undefined : this.#run(copying.rest);
      case 'f':
        this.#copying = null;
        if (copying.extended) return this.#failExtended('57014');
        this.#fail('57014');
        return this.#ready();
      default:
        this.interruptions.push(`a message of type ${JSON.stringify(typeOf(frame))} in place of COPY data`);
    }
  }
}

/** One row that hoopctl can use, whatever it asked. */
function catalogAnswer(question: string): string {
  if (question.includes("'searchPath'")) {
    return JSON.stringify({ ...FINGERPRINT, database: CANARY, user: CANARY });
  }
  if (question.startsWith('SELECT pg_catalog.json_build_array')) return JSON.stringify([CANARY]);
  return JSON.stringify({ row: 'type', oid: 1, schema: CANARY, name: CANARY });
}

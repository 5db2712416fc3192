import { createHash } from 'node:crypto';
import type { Catalog, CatalogSource, PrintedCode } from '../../../core/catalog.ts';
import { HoopError } from '../../../core/errors.ts';
import type { Asker } from '../asker.ts';
import { decodeRow, HEADER, messageLength } from '../frames.ts';
import type { Machine } from '../machine.ts';
import { assemble } from './assemble.ts';
import type { Glances } from './glances.ts';
import { CONTENTS, definitions, FINGERPRINT, GLANCE } from './queries.ts';
import { type Fingerprint, isFingerprint, isRow } from './rows.ts';

const unusable = (cause?: unknown): HoopError =>
  new HoopError('postgres.catalog', 'the server’s answer about its catalog makes no sense', {
    cause,
    hint: 'Check that the target is PostgreSQL 14 or newer.',
  });

/**
 * What the server's answer comes to. Whatever is in the place of what was asked for is the server's doing.
 * @throws HoopError `postgres.catalog`
 */
function understood<T>(interpret: () => T): T {
  try {
    return interpret();
  } catch (cause) {
    throw cause instanceof HoopError ? cause : unusable(cause);
  }
}

/** Texts in the only column of these DataRow messages. */
function texts(chunks: readonly Buffer[]): string[] {
  const frames = Buffer.concat(chunks);
  const found: string[] = [];
  for (let offset = 0; frames.length - offset >= HEADER;) {
    const length = messageLength(frames, offset);
    const value = length === null ? null : decodeRow(frames.subarray(offset, offset + length))?.[0];
    if (length === null || value === null || value === undefined) throw unusable();
    found.push(value.toString('utf8'));
    offset += length;
  }
  return found;
}

function parsed<T>(text: string, is: (value: unknown) => value is T): T {
  const value: unknown = JSON.parse(text);
  if (is(value)) return value;
  throw unusable();
}

/** What is printed of code that is gone is null. */
function isDefinition(value: unknown): value is readonly [string | null] {
  return Array.isArray(value) && (value[0] === null || typeof value[0] === 'string');
}

/** Opaque code can change how text is read without the client being told before the end of its batch. */
function checkLexer({ settings }: Fingerprint): void {
  if (settings['standard_conforming_strings'] === 'on' && settings['client_encoding'] === 'UTF8') return;
  throw new HoopError('postgres.catalog', 'the server reads text otherwise than it is judged', {
    hint: 'Connect again; hoopctl needs client_encoding UTF8 and standard_conforming_strings on.',
  });
}

/** What has to be known of a connection, and how it is asked. */
export type ConnectionState = Pick<Machine, 'transaction' | 'skipping' | 'copying' | 'open' | 'meaning'>;
export type Questioner = Pick<Asker, 'ask'>;

class ConnectionCatalog implements CatalogSource {
  readonly #machine: ConnectionState;
  readonly #asker: Questioner;
  readonly #glances: Glances;

  constructor(machine: ConnectionState, asker: Questioner, glances: Glances) {
    this.#machine = machine;
    this.#asker = asker;
    this.#glances = glances;
  }

  readable(): boolean {
    return this.#machine.transaction !== 'E' && !this.#machine.skipping && !this.#machine.copying;
  }

  seesCommitted(): boolean {
    return this.#machine.transaction === 'I' && !this.#machine.open;
  }

  epoch(): number {
    return this.#machine.meaning.epoch;
  }

  whenOthersMayNotice(notice: () => void): void {
    this.#machine.meaning.whenOthersMayNotice(notice);
  }

  async read(known: readonly Catalog[]): Promise<Catalog | null> {
    const glance = known.length > 0 && this.seesCommitted() ? await this.#glance() : '';
    if (glance === null) return null;
    return this.#glances.recognised(glance, known) ?? this.#readAnew(known, glance);
  }

  /** What is seen now; empty when nothing is, and null when the connection cannot be asked after all. */
  async #glance(): Promise<string | null> {
    if (!this.#glances.useful) return '';
    try {
      const answer = await this.#asker.ask([GLANCE]);
      return answer === null ? null : (texts(answer)[0] ?? '');
    } catch (error) {
      if (!(error instanceof HoopError) || error.code !== 'postgres.catalog') throw error;
      this.#glances.giveUp();
      return '';
    }
  }

  async #readAnew(known: readonly Catalog[], glance: string): Promise<Catalog | null> {
    const answer = await this.#asker.ask(glance === '' ? [FINGERPRINT] : [FINGERPRINT, GLANCE]);
    if (answer === null) return null;
    const [text = '', after = ''] = texts(answer);
    const fingerprint = understood(() => parsed(text, isFingerprint));
    checkLexer(fingerprint);
    const version = createHash('sha256').update(text).digest('base64');
    this.#glances.note(glance, after, version);
    const equal = known.find((catalog) => catalog.version === version);
    if (equal !== undefined) return equal;
    const contents = await this.#asker.ask(CONTENTS);
    if (contents === null) return null;
    return understood(() => {
      const rows = texts(contents).map((row) => parsed(row, isRow));
      return assemble(fingerprint, version, rows);
    });
  }

  async define(codes: readonly PrintedCode[]): Promise<readonly (string | null)[] | null> {
    const answer = await this.#asker.ask(definitions(codes));
    if (answer === null) return null;
    const found = understood(() => texts(answer).map((row) => parsed(row, isDefinition)[0]));
    if (found.length !== codes.length) throw unusable();
    return found;
  }
}

/** Reads the catalog through a client's own connection. `glances`: those of the session. */
export function openCatalog(machine: ConnectionState, asker: Questioner, glances: Glances): CatalogSource {
  return new ConnectionCatalog(machine, asker, glances);
}

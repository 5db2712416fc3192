import { FINGERPRINT as FINGERPRINT_QUERY, GLANCE } from '../../../src/protocols/postgres/catalog/queries.ts';
import type { Peer } from './fake-server.ts';
import { server as say } from './messages.ts';

/** What an honest server says of a database in which there is nothing. */
export const FINGERPRINT = {
  database: 'app',
  user: 'app',
  superuser: false,
  searchPath: ['pg_catalog', 'public'],
  temporarySchema: null,
  schemas: ['pg_catalog', 'public'],
  settings: {
    server_version_num: '180000',
    server_encoding: 'UTF8',
    standard_conforming_strings: 'on',
    client_encoding: 'UTF8',
  },
  state: [],
};

export const letter = (bytes: Buffer): string => String.fromCharCode(bytes[0] ?? 0);

/** The answers to hoopctl's own questions: the first (0) is for the fingerprint, the others for what is in the catalog. */
export type Answers = (question: number) => readonly Buffer[] | null | Promise<readonly Buffer[]>;

/** Answers hoopctl's questions, until the client's own statement comes. Null for an answer: says nothing more. */
export async function catalog(peer: Peer, answers: Answers): Promise<Buffer> {
  const plain: Readonly<Record<string, Buffer>> = {
    C: say.closeComplete(),
    P: say.parseComplete(),
    B: say.bindComplete(),
    S: say.ready(),
  };
  let text = '';
  for (let question = 0; ;) {
    const asked = await peer.next();
    const answer = plain[letter(asked)];
    if (letter(asked) === 'P') text = asked.toString('utf8');
    if (answer !== undefined) peer.send(answer);
    else if (letter(asked) === 'E' && text.includes(GLANCE)) peer.send(...rows(''));
    else if (letter(asked) === 'E') {
      if (text.includes(FINGERPRINT_QUERY)) question = 0;
      const answered = await answers(question);
      question += 1;
      if (answered === null) return peer.rest();
      peer.send(...answered);
      // After an error all is skipped up to Sync.
      if (answered.some((row) => letter(row) === 'E')) {
        while (letter(await peer.next()) !== 'S') continue;
        peer.send(say.ready());
      }
    } else return asked;
  }
}

export const rows = (...values: readonly unknown[]): Buffer[] => [
  ...values.map((value) => say.row(typeof value === 'string' ? value : JSON.stringify(value))),
  say.complete(`SELECT ${values.length}`),
];
export const honest: Answers = (question) => (question === 0 ? rows(FINGERPRINT) : rows());

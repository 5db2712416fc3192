import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEPS } from '../../src/cli/demo/steps.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { Place } from './command-line.ts';
import { type Shown, type Steps, typeInto } from './typing.ts';

let server: Server;
let place: Place;

beforeAll(async () => {
  server = await startServer({ authentication: 'trust' });
  place = new Place(`version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, tls: disable, policy: unguarded }
`);
});

afterAll(async () => {
  place.remove();
  await server.stop();
});

const type = (args: readonly string[], steps: Steps): Promise<Shown> => typeInto(place, args, steps);

describe('on a terminal', () => {
  it('Ctrl-C is for the client inside: it cancels the query once, and the session goes on (R50)', async () => {
    const { shown, code } = await type(
      ['connect', 'pg', '--', 'psql', '-X', '--set=PROMPT1=ready> ', '--no-readline'],
      [
        // Once the notice is there, the query runs: a cancel that comes before goes unheard, as ever in PostgreSQL.
        ['ready> ', "do $$ begin raise notice 'it runs'; perform pg_sleep(30); end $$;\n"],
        ['NOTICE:  it runs', '\u0003'],
        ['canceling statement due to user request', 'select 41 + 1 as alive;\n'],
        ['42', '\\q\n'],
      ],
    );
    expect(shown.match(/canceling statement/g)).toHaveLength(1);
    expect(code).toBe(0);
  });

  it('Ctrl-C closes a door that nobody is inside of: exit code 130', async () => {
    const { shown, code } = await type(['connect', 'pg', '--plain'], [['Ctrl-C closes it.', '\u0003']]);
    expect(shown).toContain('export PGPASSWORD=');
    expect(shown).not.toContain('postgresql://');
    expect(shown).toContain('On record: hoopctl replay ');
    expect(code).toBe(130);
  });

  it('the demo waits for Enter between its steps', async () => {
    const { shown, code } = await type(
      ['demo'],
      STEPS.slice(1).map(() => ['Enter goes on, Ctrl-C ends … ', '\n'] as const),
    );
    expect(shown).toContain(`${STEPS.length} of ${STEPS.length} steps did what they claim`);
    expect(code).toBe(0);
  });

  it('the demo ends with Ctrl-C where it waits', async () => {
    const { shown, code } = await type(['demo'], [['Enter goes on, Ctrl-C ends … ', '\u0003']]);
    expect(shown).not.toContain('2/10');
    expect(code).toBe(130);
  });
});

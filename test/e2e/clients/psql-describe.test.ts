import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { psql } from './program.ts';
import { type Stage, startStage } from './stage.ts';

const rich = readFileSync(new URL('rich.sql', import.meta.url), 'utf8');

/** One command a line, as psql 15 has them. */
const commands = String.raw`
\d
\d+
\dS
\d app.*
\d+ app.*
\d+ other.things
\d+ app.customers
\d app.orders_expression
\d+ pg_class
\d+ app.numbers
\d+ app.happy
\d+ app.totals
\d+ app.distant
\d+ app.events
\d+ app.pair
\d nothing.here
\da app.*
\daS sum
\dA+
\dAc btree
\dAc+ btree int
\dAf hash
\dAf+ btree
\dAo+ btree int_class
\dAo gist
\dAp btree
\dAp+ hash
\db
\db+
\dc app.*
\dcS+ utf8*
\dC
\dC+ app.mood
\dconfig work_mem
\dconfig+ *timeout
\dd
\dd app.*
\ddp
\ddp app
\dD
\dD+ app.*
\dE
\dE+ app.*
\des
\des+
\det
\det+ *.*
\dew
\dew+
\df app.*
\df+ app.*
\dfn app.*
\dfa app.*
\dft app.*
\dfp app.*
\dfw app.*
\df app.many int
\dfS abs
\dF
\dF+ app.*
\dFd
\dFd+ app.*
\dFp
\dFp+ app.*
\dFt+ app.*
\dg
\dg+
\di
\di+ app.*
\dl
\dl+
\dL
\dL+
\dLS
\dm app.*
\dm+ app.*
\dn
\dn+
\dnS
\do app.*
\do+ app.*
\doS ||
\dO app.*
\dOS+ und*
\dp app.*
\dp app.customers
\dP app.*
\dPit+ app.*
\dPn app.*
\drds
\drds clients_writer rich
\dRp
\dRp+
\ds app.*
\ds+ app.*
\dt
\dt app.*
\dt+ app.*
\dtvmsE app.*
\dt *.*
\dT
\dT+ app.*
\dTS int*
\du
\du+ clients_*
\dv app.*
\dv+ app.*
\dx
\dx+ plpgsql
\dX
\dX app.*
\dy
\dy+
\l
\sf app.tell
\sf+ app.many(int)
\sf app.modern
\sv app.happy
\sv+ app.checked
\z
\z app.*
\lo_list
\lo_list+
\encoding
\df
\h select
\dFt nothing.here
`
  .trim()
  .split('\n');

/** Credentials of other servers and their connection strings lie outside every scope. */
const outsideScope = [String.raw`\deu`, String.raw`\deu+`, String.raw`\dRs`, String.raw`\dRs+`];

/** Sizes of files change under the eyes of whoever asks twice, as \l+ does. */
const volatile = [String.raw`\l+`];

let stage: Stage;

beforeAll(async () => {
  stage = await startStage(
    15,
    {
      unmatched: ['rich', 'unmatched'],
      scoped: ['rich', 'scoped'],
      reading: ['rich', 'reading'],
      both: ['rich', 'scoped-reading'],
    },
    async (server) => {
      const made = await psql(rich, server.environment('rich'), ['-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null']);
      expect(made).toMatchObject({ code: 0, stdout: '' });
    },
  );
});
afterAll(() => stage.stop(), 60_000);

/** What psql says to each command, errors in their place. */
async function answers(asked: readonly string[], connection: Record<string, string>): Promise<Record<string, string>> {
  const mark = '=+= ';
  const script = asked.map((command) => `\\echo '${mark}'\n\\warn '${mark}'\n${command}\n`).join('');
  const { code, stdout, stderr } = await psql(script, connection);
  expect(code).toBe(0);
  const [output, errors] = [stdout.split(`${mark}\n`), stderr.split(`${mark}\n`)];
  expect([output.length, errors.length]).toEqual([asked.length + 1, asked.length + 1]);
  return Object.fromEntries(
    asked.map((command, index) => [command, `${output[index + 1] ?? ''}${errors[index + 1] ?? ''}`]),
  );
}

describe('what psql describes is the same through the door', () => {
  test.each(['unmatched', 'scoped', 'reading', 'both'])('under the policy %s', async (target) => {
    const expected = await answers(commands, stage.direct('rich'));
    expect(Object.values(expected).join('')).not.toContain('ERROR');
    expect(Object.values(expected).every((answer) => answer !== '')).toBe(true);
    expect(await answers(commands, stage.guarded(target))).toEqual(expected);
  });

  test.each(['unmatched', 'reading'])('of other servers’ users and of subscriptions, under %s', async (target) => {
    expect(await answers(outsideScope, stage.guarded(target))).toEqual(
      await answers(outsideScope, stage.direct('rich')),
    );
  });

  test.each(volatile)('%s', async (command) => {
    const names = async (connection: Record<string, string>): Promise<readonly string[]> =>
      Object.values(await answers([command], connection)).map((answer) => answer.replaceAll(/\d+ [kM]B/g, 'SIZE'));
    expect(await names(stage.guarded('scoped'))).toEqual(await names(stage.direct('rich')));
  });

  test.each(outsideScope)('but %s, which shows what lies in no schema, is outside every scope', async (command) => {
    const [answer] = Object.values(await answers([command], stage.guarded('scoped')));
    expect(answer).toContain('outside the schemas');
  });
});

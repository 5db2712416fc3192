import { afterAll, expect, it } from 'vitest';
import { openGrammar } from '../../src/session/grammar.ts';

const grammar = openGrammar();
afterAll(() => grammar.close());

it.each(['', ' ', ';', '-- nothing', '/* nothing */'])('a text without statements is understood: %j', async (text) => {
  expect(await grammar.sql(text)).toMatchObject({ ok: true, tree: { stmts: [] } });
});

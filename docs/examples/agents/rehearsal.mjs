import { call, say, ScriptedModel } from './scripted-model.mjs';

/** As a model does that heeds what it is told: it reads, is refused and stops there, and waits for a yes. */
export const model = new ScriptedModel([
  () => call('query', { sql: 'SELECT id, name, email, plan FROM app.customers ORDER BY id' }),
  () => call('query', { sql: 'DROP TABLE app.customers_2019' }),
  (refused) =>
    refused.includes('do not retry variants')
      ? call('shell', { command: `psql -c "UPDATE app.customers SET plan = 'pro' WHERE id = 2"` })
      : call('shell', { command: 'psql -c "DROP TABLE IF EXISTS app.customers_2019 CASCADE"' }),
  (changed) => say(`The old table stays, which a policy decided. The plan is changed: ${changed.split('\n')[0]}.`),
]);

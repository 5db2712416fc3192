/**
 * An agent of the OpenAI Agents SDK that works on a database with ordinary clients. What it may do is not its own affair:
 * it runs under `hoopctl exec`, which decides, masks, asks and records. See docs/agents.md.
 *
 *   node agent.mjs [--model FILE] TASK
 *
 * `--model` names a module that exports a `model` to use in place of OpenAI's.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { Agent, run, setTracingDisabled, tool } from '@openai/agents';
import pg from 'pg';

// Traces hold what tools return, and would be sent to a host.
setTracingDisabled(true);

const say = (text) => process.stdout.write(`${text}\n`);

/** An object of these texts, all of them required. */
const texts = (...names) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: names,
  additionalProperties: false,
});

/** All of an error: the detail and the hint are what tell a model to stop. */
function errorText({ code, message, detail, hint }) {
  const lines = [`ERROR ${code}: ${message}`];
  if (detail !== undefined) lines.push(`DETAIL: ${detail}`);
  if (hint !== undefined) lines.push(`HINT: ${hint}`);
  return lines.join('\n');
}

const query = tool({
  name: 'query',
  description: 'Runs one SQL statement on the database and returns its rows as JSON.',
  parameters: texts('sql'),
  // No approval by the SDK: what needs a person's yes is held by hoopctl, and this call then takes longer.
  execute: async ({ sql }) => {
    // PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE lead to the door.
    const client = new pg.Client();
    client.on('notice', ({ message }) => say(`[notice] ${message}`));
    await client.connect();
    try {
      const { rows, rowCount } = await client.query(sql);
      return rows.length > 0 ? JSON.stringify(rows) : `${rowCount ?? 0} rows`;
    } catch (error) {
      return errorText(error);
    } finally {
      await client.end();
    }
  },
});

const shell = tool({
  name: 'shell',
  description: 'Runs a command with sh, where psql is installed, and returns what it prints.',
  parameters: texts('command'),
  execute: ({ command }) =>
    new Promise((done) => {
      execFile('sh', ['-c', command], (error, stdout, stderr) => done(`${stdout}${stderr}exit ${error?.code ?? 0}`));
    }),
});

async function modelOf(file) {
  const { model } = await import(pathToFileURL(resolve(file)).href);
  return model;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { model: { type: 'string' } } });
const place = process.env.HOOPCTL_INSTRUCTIONS;
if (place === undefined) throw new Error('run it with: hoopctl exec agent');

const agent = new Agent({
  name: 'reporter',
  // Where it is, what a denial means, how waiting looks: hoopctl says so in words for an agent.
  instructions: `You look after the customers of a shop.\n\n${await readFile(place, 'utf8')}`,
  tools: [query, shell],
  ...(values.model === undefined ? {} : { model: await modelOf(values.model) }),
});
agent.on('agent_tool_start', (_context, { name }, { toolCall }) => say(`[${name}] ${toolCall.arguments}`));
agent.on('agent_tool_end', (_context, { name }, result) => say(`[${name}] ${result}`));

const { finalOutput } = await run(agent, positionals.join(' '));
say(finalOutput);

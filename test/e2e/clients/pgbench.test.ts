import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serverVersions } from '../../postgres/binaries.ts';
import { client } from './program.ts';
import { type Stage, startStage } from './stage.ts';

const pipeline = String.raw`
\set account random(1, 100000 * :scale)
\set delta random(-5000, 5000)
\startpipeline
BEGIN;
UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :account;
SELECT abalance FROM pgbench_accounts WHERE aid = :account;
UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = 1;
UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = 1;
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, :account, :delta, CURRENT_TIMESTAMP);
END;
\endpipeline
`;

/** Every transaction adds the same amount to an account, a teller and a branch, and notes it down. */
const sums = `select
  (select sum(abalance) from pgbench_accounts) as accounts,
  (select sum(tbalance) from pgbench_tellers) as tellers,
  (select sum(bbalance) from pgbench_branches) as branches,
  (select coalesce(sum(delta), 0) from pgbench_history) as history,
  (select count(*) from pgbench_history) as transactions`;

describe.each(serverVersions())('pgbench through the door to PostgreSQL %i', (version) => {
  let stage: Stage;
  const scripts = mkdtempSync(join(tmpdir(), 'hoopctl-pgbench-'));

  beforeAll(async () => {
    stage = await startStage(version, { bench: ['bench', 'unmatched'], scoped: ['bench', 'scoped'] });
    writeFileSync(join(scripts, 'pipeline.sql'), pipeline);
  });
  afterAll(async () => {
    rmSync(scripts, { recursive: true, force: true });
    await stage.stop();
  });

  const bench = async (target: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await client('pgbench', args, stage.guarded(target));
    expect({ code, stderr: stderr.match(/^.*(?:error|aborted|failed).*$/gm) }).toEqual({ code: 0, stderr: null });
    return stdout;
  };

  const balanced = async (transactions: number): Promise<void> => {
    const [row] = await stage.server.admin('bench', sums);
    const { accounts, tellers, branches, history } = row ?? {};
    expect([tellers, branches, history]).toEqual([accounts, accounts, accounts]);
    expect(Number(row?.['transactions'])).toBe(transactions);
  };

  test.each(['bench', 'scoped'])('builds its tables anew, from the client and on the server: %s', async (target) => {
    await bench(target, '-i', '-I', 'dtGvpf', '-s', '1', '-q');
    await bench(target, '-i', '-s', '1', '-q');
    const [row] = await stage.server.admin('bench', 'select count(*)::int as rows from pgbench_accounts');
    expect(row).toEqual({ rows: 100_000 });
    await balanced(0);
  });

  test('keeps its books in all three modes, in pipelines, and within a scope', async () => {
    await stage.server.admin('bench', 'truncate pgbench_history');
    const each = ['-n', '-c', '4', '-j', '2'];
    for (const mode of ['simple', 'extended', 'prepared']) {
      const output = await bench('bench', ...each, '-M', mode, '-t', '40');
      expect(output).toContain('160/160');
    }
    for (const mode of ['extended', 'prepared']) {
      const output = await bench('bench', ...each, '-M', mode, '-t', '40', '-f', join(scripts, 'pipeline.sql'));
      expect(output).toContain('160/160');
    }
    expect(await bench('scoped', ...each, '-M', 'prepared', '-t', '20')).toContain('80/80');
    await balanced(3 * 160 + 2 * 160 + 80);
  });

  test('drops its tables again', async () => {
    await bench('bench', '-i', '-I', 'd');
    const [row] = await stage.server.admin('bench', "select to_regclass('pgbench_accounts') as oid");
    expect(row).toEqual({ oid: null });
  });
});

import { hoopctl } from '../postgres/door.ts';
import type { Range } from './ledger.ts';
import type { World } from './world.ts';

/** Compares what players know with what is in the tables and on record. Ends the program. */
export async function audit(world: World, tell: (text: string) => void): Promise<string[]> {
  const writes = await auditWrites(world);
  world.door.kill('SIGTERM');
  const code = await world.door.exit;
  // 128 and the signal's number.
  const ended = code === 143 ? [] : [`the program ended with ${code}: ${world.door.errors()}`];
  const bugs = /\bbug\b|\.[jt]s:\d+/.test(world.door.errors()) ? [`the program said: ${world.door.errors()}`] : [];
  return [...writes, ...ended, ...bugs, ...(await auditRecord(world, tell))];
}

interface Written {
  readonly counters: string | null;
  readonly increments: string | null;
  readonly inbox: string | null;
  readonly facts: string | null;
}

async function auditWrites({ server, options, ledger }: World): Promise<string[]> {
  const [row] = (await server.admin(
    options.database,
    `select (select string_agg(c.n::text, ',' order by c.id) from app.counters c) as counters,
            (select string_agg(coalesce(l.n, 0)::text, ',' order by c.id) from app.counters c
              left join (select counter, count(*) as n from app.ledger group by counter) l on l.counter = c.id) as increments,
            (select string_agg(token || ' ' || n, ',') from (select token, count(*) as n from app.inbox group by token) t) as inbox,
            (select string_agg(token, ',') from app.ledger) as facts`,
  )) as unknown as Written[];
  const lines = split(row?.inbox).map((line) => line.split(' '));
  const found = new Set([...split(row?.facts), ...lines.map(([token = '']) => token)]);
  const missing = [...ledger.acknowledged].filter((token) => !found.has(token));
  const uncalled = [...found].filter((token) => !ledger.acknowledged.has(token) && !ledger.isDoubtful(token));
  const partial = lines.filter(([, count]) => count !== '10');
  return [
    ...(row?.counters === row?.increments
      ? []
      : [`counters stand at ${row?.counters}, with ${row?.increments} counted`]),
    ...(missing.length === 0 ? [] : [`${missing.length} acknowledged writes are not there`]),
    ...(uncalled.length === 0 ? [] : [`${uncalled.length} writes are there that nobody committed`]),
    ...(partial.length === 0 ? [] : [`${partial.length} COPYs are there in part`]),
    ...(found.size > 0 ? [] : ['nothing was written']),
  ];
}

const split = (text: string | null | undefined): string[] => (text ?? '').split(',').filter((part) => part !== '');

async function auditRecord({ door, ledger }: World, tell: (text: string) => void): Promise<string[]> {
  const session = door.ready.get('soak')?.session ?? '';
  const verified = await hoopctl(door.environment, 'sessions', 'verify', session);
  const shown = await hoopctl(door.environment, 'sessions', 'show', session, '--json');
  const { session: summary } = JSON.parse(shown.stdout) as { session: { totals: Record<string, number> | null } };
  tell(`the record: ${verified.stdout.trim()}; ${JSON.stringify(summary.totals)}`);
  const outside = (what: string, { least, most }: Range): string[] => {
    const found = summary.totals?.[what] ?? Number.NaN;
    return found >= least && found <= most
      ? []
      : [`the record tells of ${found} ${what}, players of ${least} to ${most}`];
  };
  return [
    ...(verified.code === 0 ? [] : [`verifying ended with ${verified.code}: ${verified.stdout}${verified.stderr}`]),
    ...outside('connections', ledger.connections.range),
    ...outside('refused', ledger.refusals.range),
  ];
}

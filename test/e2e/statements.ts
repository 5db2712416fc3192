import { hoopctl, type RunResult } from '../postgres/door.ts';
import type { Server } from '../postgres/server.ts';

/** The questions hoopctl itself asks about the catalog are no client's statements. */
const own =
  /OPERATOR\(pg_catalog\.|pg_catalog\.json_build_object\(|pg_catalog\.pg_current_snapshot\(|^refused by hoopctl/;

/** How often the server began to run each text since the mark, hoopctl's own questions left out. */
export function ranOn(server: Server, mark: number): Map<string, number> {
  return counted(server.log.statementsOf(server.user, mark).filter((text) => !own.test(text)));
}

export function counted(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

interface Recorded {
  readonly type: string;
  readonly number: number;
  readonly phase?: string;
  readonly text?: string | null;
  readonly prepared?: number | null;
  readonly decision?: { readonly verdict: string };
}

/** The events of a session's record. */
export async function recordOf(
  environment: Readonly<Record<string, string>>,
  session: string,
): Promise<readonly Recorded[]> {
  const replay = await hoopctl(environment, 'replay', session, '--json');
  if (replay.code !== 0) throw new Error(`replay ended with ${replay.code}: ${replay.stderr}`);
  return replay.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded);
}

/** How often the record says that each text was let through to run. */
export function letThrough(events: readonly Recorded[]): Map<string, number> {
  const texts = new Map(events.map((event) => [event.number, event.text ?? null]));
  return counted(
    events
      .filter((event) => event.type === 'statement' && (event.phase === 'query' || event.phase === 'execute'))
      .filter((event) => event.decision?.verdict === 'allow')
      .map((event) => event.text ?? texts.get(event.prepared ?? -1) ?? ''),
  );
}

/** What ran more often than the record knows. */
export function unrecorded(ran: ReadonlyMap<string, number>, recorded: ReadonlyMap<string, number>): string[] {
  return [...ran].filter(([text, times]) => (recorded.get(text) ?? 0) < times).map(([text]) => text);
}

export function verify(environment: Readonly<Record<string, string>>, session: string): Promise<RunResult> {
  return hoopctl(environment, 'sessions', 'verify', session);
}

import type { MaskMethod } from '../../core/mask.ts';
import { openExplainer } from '../../session/explain.ts';
import type { Relation } from './relations.ts';
import type { InnerSession } from './sessions.ts';

/** What reading a relation comes to. */
export interface Exposed {
  readonly reading: 'allowed' | 'held for approval' | 'denied';
  /** By the names of columns: how what is shown of them is hidden; those that are shown as they are are left out. */
  readonly masked: ReadonlyMap<string, string>;
}

/**
 * What the guard would make of reading each of these as a whole, in their order: judged as it judges statements, none of
 * which is run. @throws HoopError when the target cannot be asked what names mean
 */
export async function exposuresOf(
  session: InnerSession,
  relations: readonly Relation[],
  signal: AbortSignal,
): Promise<readonly Exposed[]> {
  const { around, policies } = session;
  const consultation = await session.consult(signal);
  try {
    const { grammar, clock, standing } = around;
    const explain = openExplainer({ identity: standing.identity, policies, grammar, clock }, consultation.catalog);
    const exposed: Exposed[] = [];
    for (const relation of relations) {
      signal.throwIfAborted();
      exposed.push(exposureOf(relation, await explain(readingOf(relation))));
    }
    return exposed;
  } finally {
    consultation.close();
  }
}

type Judged = Awaited<ReturnType<ReturnType<typeof openExplainer>>>;

function exposureOf({ columns }: Relation, { decision, maskings }: Judged): Exposed {
  const masked = new Map<string, string>();
  for (const [index, { exposure }] of (maskings[0]?.columns ?? []).entries()) {
    const name = columns[index]?.name;
    if (name === undefined || exposure.kind === 'clear') continue;
    masked.set(name, exposure.kind === 'masked' ? methodWords(exposure.with) : 'withheld');
  }
  return { reading: READING[decision.verdict], masked };
}

const READING = { allow: 'allowed', ask: 'held for approval', deny: 'denied' } as const;

function readingOf({ schema, name, columns }: Relation): string {
  const quoted = (one: string): string => `"${one.replaceAll('"', '""')}"`;
  return `SELECT ${columns.map((column) => quoted(column.name)).join(', ')} FROM ${quoted(schema)}.${quoted(name)}`;
}

function methodWords(method: MaskMethod): string {
  return typeof method === 'string' ? method : `partial: ${method.partial}`;
}

import type { Contender } from '../contenders/contender.ts';
import type { Fact } from '../machine.ts';
import type { Outcome } from '../rounds.ts';
import type { Pace } from '../workloads/workload.ts';
import { cellsOf, overviewOf } from './rows.ts';
import { markdownTable } from './table.ts';

/** All that docs/performance.md says beyond its template. */
export interface Findings {
  readonly facts: readonly Fact[];
  /** As it was typed. */
  readonly command: string;
  readonly date: Date;
  readonly rounds: number;
  readonly pace: Pace;
  readonly contenders: readonly Contender[];
  readonly outcomes: readonly Outcome[];
}

/** Fills in a template's `{{names}}`. @throws Error for a name it does not know, and for one the template does not have */
export function fillTemplate(template: string, findings: Findings): string {
  const parts = partsOf(findings);
  const left = new Set(Object.keys(parts));
  const filled = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`the template asks for ${name}`);
    left.delete(name);
    return part;
  });
  if (left.size > 0) throw new Error(`the template leaves out ${[...left].join(', ')}`);
  return filled;
}

function partsOf(findings: Findings): Readonly<Record<string, string | undefined>> {
  const { facts, command, date, rounds, pace, contenders, outcomes } = findings;
  return {
    date: date.toISOString().slice(0, 10),
    command,
    rounds: String(rounds),
    seconds: String(pace.seconds),
    results: String(pace.results),
    connections: String(pace.connections),
    machine: facts.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    contenders: markdownTable([['contender', 'what it is'], ...contenders.map(({ name, title }) => [name, title])]),
    speed: markdownTable(overviewOf(outcomes, 'toDirect')),
    cpu: markdownTable(overviewOf(outcomes, 'cpuToPgbouncer')),
    tables: outcomes
      .map((outcome) => `### ${outcome.workload.title}\n\n${markdownTable(cellsOf(outcome))}`)
      .join('\n\n'),
  };
}

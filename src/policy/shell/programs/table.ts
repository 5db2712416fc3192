import type { Program, Programs } from '../program.ts';
import { ACCOUNTS } from './accounts.ts';
import { ADMINISTRATION } from './administration.ts';
import { ARCHIVES } from './archives.ts';
import { DAILY } from './daily.ts';
import { FILES } from './files.ts';
import { LISTING } from './listing.ts';
import { NETWORK } from './network.ts';
import { PROCESSES } from './processes.ts';
import { READING } from './reading.ts';
import { SYSTEM } from './system.ts';
import { TRANSFERS } from './transfers.ts';
import { TRANSFORMING } from './transforming.ts';

const FAMILIES: readonly Programs[] = [
  READING,
  LISTING,
  FILES,
  TRANSFORMING,
  ARCHIVES,
  TRANSFERS,
  SYSTEM,
  PROCESSES,
  NETWORK,
  ADMINISTRATION,
  ACCOUNTS,
  DAILY,
];

const PROGRAMS: ReadonlyMap<string, Program> = new Map(
  FAMILIES.flatMap((family) =>
    Object.entries(family).map(([name, program]) => [name, withAllOptions(program)] as const),
  ),
);

function withAllOptions(program: Program): Program {
  return program.runs === undefined ? program : { ...program, options: `${program.options} ${program.runs}` };
}

/** What is known of a program; undefined when nothing is. */
export function programNamed(name: string): Program | undefined {
  return PROGRAMS.get(name);
}

import type { Program, Programs } from '../program.ts';
import { ADMINISTRATION } from './administration.ts';
import { ARCHIVES } from './archives.ts';
import { FILES } from './files.ts';
import { LISTING } from './listing.ts';
import { NETWORK } from './network.ts';
import { PROCESSES } from './processes.ts';
import { READING } from './reading.ts';
import { SYSTEM } from './system.ts';
import { TRANSFORMING } from './transforming.ts';

const FAMILIES: readonly Programs[] = [
  READING,
  LISTING,
  FILES,
  TRANSFORMING,
  ARCHIVES,
  SYSTEM,
  PROCESSES,
  NETWORK,
  ADMINISTRATION,
];

const PROGRAMS: ReadonlyMap<string, Program> = new Map(FAMILIES.flatMap((family) => Object.entries(family)));

/** What is known of a program; undefined when nothing is. */
export function programNamed(name: string): Program | undefined {
  return PROGRAMS.get(name);
}

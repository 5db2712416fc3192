import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Server } from '../postgres/server.ts';
import type { Reading } from './gauge.ts';

/** What a program holds on to, seen from inside and outside. Sizes in bytes. */
export interface Vitals extends Reading {
  /** Open file descriptors, by kind. */
  readonly files: Readonly<Record<string, number>>;
  readonly threads: number;
  readonly resident: number;
  /** Connections that the server holds for it. */
  readonly backends: number;
}

export async function vitals(pid: number, gauge: string, server: Server): Promise<Vitals> {
  // Counted first: asking takes a socket, too.
  const files = openFiles(pid);
  const reading = JSON.parse(await text(connect(gauge))) as Reading;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    ...reading,
    files,
    threads: number('Threads'),
    resident: number('VmRSS') * 1024,
    backends: await backendsOf(server),
  };
}

function openFiles(pid: number): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const kind = kindOf(`/proc/${pid}/fd/${name}`);
    if (kind !== null) kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

/** `socket`, `pipe`, `anon_inode`, `file`; null for one that was closed meanwhile. */
function kindOf(descriptor: string): string | null {
  try {
    const target = readlinkSync(descriptor);
    return target.startsWith('/') ? 'file' : (target.split(':')[0] ?? target);
  } catch {
    return null;
  }
}

async function backendsOf(server: Server): Promise<number> {
  const [row] = await server.admin(
    'postgres',
    `select count(*)::int as n from pg_stat_activity where usename = '${server.user}'`,
  );
  return Number(row?.['n']);
}

const MEBIBYTE = 1024 * 1024;

/** By how much a program may hold on to more than before, and be as it was. */
const TOLERANCE = {
  // A round's work takes and gives back a hundred times as much.
  heap: 3 * MEBIBYTE,
  // The record keeps up to five blocks of more than a mebibyte to use again.
  buffers: 8 * MEBIBYTE,
  // The allocator and the collector give memory back when they see fit.
  resident: 64 * MEBIBYTE,
};

/** What has grown since, in words; empty when nothing has. */
export function growth(before: Vitals, after: Vitals): string[] {
  const found: string[] = [];
  for (const kind of ['files', 'resources'] as const) {
    for (const name of new Set([...Object.keys(before[kind]), ...Object.keys(after[kind])])) {
      const [had, has] = [before[kind][name] ?? 0, after[kind][name] ?? 0];
      if (has > had) found.push(`${kind}: ${had} of ${name} became ${has}`);
    }
  }
  for (const kind of ['threads', 'backends'] as const) {
    if (after[kind] > before[kind]) found.push(`${kind}: ${before[kind]} became ${after[kind]}`);
  }
  for (const kind of ['heap', 'buffers', 'resident'] as const) {
    const grown = after[kind] - before[kind];
    if (grown > TOLERANCE[kind]) found.push(`${kind}: ${grown} bytes more`);
  }
  return found;
}

/** Fewer measurements show no trend. */
const ENOUGH = 8;
/** How much of all growth may be chance, when it goes through all measurements. */
const TREND = { heap: 2 * MEBIBYTE, buffers: 8 * MEBIBYTE };

/** What grows a little from one time to the next, in words; empty when nothing does. */
export function trends(all: readonly Vitals[]): string[] {
  if (all.length < ENOUGH) return [];
  return (['heap', 'buffers'] as const).flatMap((kind) => {
    const grown = Math.round(slope(all.map((one) => one[kind])) * (all.length - 1));
    return grown > TREND[kind] ? [`${kind}: ${grown} bytes more, little by little`] : [];
  });
}

/** How much a value grows from one measurement to the next, by least squares; 0 for fewer than two. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [up, across] = [0, 0];
  for (const [index, value] of values.entries()) {
    up += (index - middle) * (value - mean);
    across += (index - middle) ** 2;
  }
  return across === 0 ? 0 : up / across;
}

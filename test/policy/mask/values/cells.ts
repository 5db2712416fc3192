import type { CellMask, Exposure, MaskMethod } from '../../../../src/core/mask.ts';
import { cellMask } from '../../../../src/policy/mask/values/masks.ts';

export const KEY = Buffer.alloc(32, 'k');

export const masked = (method: MaskMethod): Exposure => ({ kind: 'masked', with: method });

/** What the mask shows of a value; null is NULL. Checks that it keeps to its bound and touches nothing else. */
export function shown(mask: CellMask, value: Buffer | null): Buffer | null {
  const around = 8;
  const source = Buffer.concat([Buffer.alloc(around, 1), value ?? Buffer.alloc(0), Buffer.alloc(around, 2)]);
  const before = Buffer.from(source);
  const length = value === null ? -1 : value.length;
  const bound = mask.bound(length);
  const target = Buffer.alloc(bound + 2 * around, 3);
  const written = mask.write(source, value === null ? -1 : around, length, target, around);
  if (written > bound) throw new Error(`${written} bytes were written where ${bound} are the bound`);
  if (!source.equals(before)) throw new Error('the source was changed');
  const outside = Buffer.concat([target.subarray(0, around), target.subarray(around + bound)]);
  if (!outside.equals(Buffer.alloc(2 * around, 3))) throw new Error('bytes outside of the bound were changed');
  return written < 0 ? null : Buffer.from(target.subarray(around, around + written));
}

export interface Setting {
  readonly method: MaskMethod;
  readonly type: number;
  readonly format?: 'text' | 'binary';
  readonly key?: Buffer;
}

/** A mask that must exist. */
export function maskFor({ method, type, format = 'text', key = KEY }: Setting): CellMask {
  const mask = cellMask({ exposure: masked(method), type, format }, key);
  if (mask === null) throw new Error('there is no mask');
  return mask;
}

/** Text in, text out. */
export function textThrough(mask: CellMask, value: string): string | null {
  return shown(mask, Buffer.from(value, 'utf8'))?.toString('utf8') ?? null;
}

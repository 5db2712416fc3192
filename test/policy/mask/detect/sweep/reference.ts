import { type Bitmap, rangesOf } from '../../../../../src/policy/mask/detect/sweep/bitmap.ts';

/** The places of a bitmap in some bytes, worked out one by one, as slowly as it is said. */
export function placesOf(bitmap: Bitmap, bytes: Uint8Array): boolean[] {
  const places = (of: Bitmap): boolean[] => placesOf(of, bytes);
  const every = (holds: (at: number) => boolean): boolean[] => Array.from(bytes, (_, at) => holds(at));
  switch (bitmap.kind) {
    case 'bytes':
      return every((at) => within(bitmap.ranges, bytes[at] ?? 0));
    case 'words':
      return every((at) =>
        bitmap.buckets.some((bucket) => bucket.every((written, place) => matches(written, bytes, at - 2 + place))),
      );
    case 'after': {
      const of = places(bitmap.of);
      return every((at) => of[at - bitmap.by] ?? false);
    }
    case 'first': {
      const of = places(bitmap.of);
      return every((at) => of[at] === true && of[at - 1] !== true);
    }
    case 'not': {
      const of = places(bitmap.of);
      return every((at) => of[at] !== true);
    }
    case 'all':
    case 'any': {
      const parts = bitmap.of.map(places);
      return every((at) => (bitmap.kind === 'all' ? parts.every((part) => part[at]) : parts.some((part) => part[at])));
    }
  }
}

function within(ranges: readonly (readonly [number, number])[], byte: number): boolean {
  return ranges.some(([from, to]) => byte >= from && byte <= to);
}

/** Before the bytes there are zeroes. */
function matches(written: string, bytes: Uint8Array, at: number): boolean {
  return written === '' || within(rangesOf(written), bytes[at] ?? 0);
}

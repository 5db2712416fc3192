import type { Trigger } from './triggers.ts';
import type { Text } from './text.ts';

/** Takes a finding: bytes `[start, end)`, whole characters of the text. */
export type Report = (start: number, end: number) => void;

/** Looks for one kind of value. */
export interface Detector {
  /** What is swept for: whatever it finds has the bit of one of these somewhere in it, or near. */
  readonly triggers: readonly Trigger[];
  /**
   * True where what is reported may be of any length: it is not asked again within that, so that the time it takes stays
   * linear.
   */
  readonly swallows?: boolean;
  /** Looks closely around a trigger's bit. Its time is bounded, but for what it reports. */
  find(text: Text, at: number, report: Report): void;
}

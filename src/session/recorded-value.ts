import type { Parameter, RecordedValue } from '../core/statement.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A bound value as it is written down: as text where it is text. */
export function recordedValue({ format, value }: Parameter): RecordedValue {
  if (value === null) return null;
  if (format === 'binary') return { base64: value.toString('base64') };
  try {
    return utf8.decode(value);
  } catch {
    return { base64: value.toString('base64') };
  }
}

import type { Guard } from '../../core/guard.ts';
import { BACKEND, cstring, decodeFields, decodeParameterStatus, encodeFields, frame, HEADER, int32 } from './frames.ts';

/* What is masked in a message counts as one value, however much of it that is. */

/** ErrorResponse or NoticeResponse with what policies look for masked in every field. */
export function searchedFields(message: Buffer, guard: Guard): Buffer {
  const fields = decodeFields(message);
  if (!guard.searches || fields === null) return message;
  let changed = false;
  const shown = new Map<string, string>();
  for (const [field, value] of fields) {
    const words = guard.words(value);
    changed ||= words !== value;
    shown.set(field, words);
  }
  if (!changed) return message;
  guard.countMasked(1);
  return encodeFields(message[0] ?? BACKEND.errorResponse, shown);
}

/** NotificationResponse: Int32 process, String channel, String payload. */
export function searchedNotification(message: Buffer, guard: Guard): Buffer {
  if (!guard.searches) return message;
  const channel = message.indexOf(0, HEADER + 4);
  const payload = message.toString('utf8', channel + 1, message.length - 1);
  const shown = guard.words(payload);
  if (shown === payload) return message;
  guard.countMasked(1);
  const process = int32(message.readInt32BE(HEADER));
  return frame(BACKEND.notificationResponse, process, message.subarray(HEADER + 4, channel + 1), cstring(shown));
}

/** ParameterStatus: String name, String value. */
export function searchedStatus(message: Buffer, guard: Guard): Buffer {
  const status = guard.searches ? decodeParameterStatus(message) : null;
  if (status === null) return message;
  const shown = guard.words(status.value);
  if (shown === status.value) return message;
  guard.countMasked(1);
  return frame(BACKEND.parameterStatus, cstring(status.name), cstring(shown));
}

import { Cursor } from '../../wire/cursor.ts';
import { BACKEND, decodeFields, HEADER } from './frames.ts';

/** Messages without a body. */
const BARE: ReadonlySet<number> = new Set([
  BACKEND.bindComplete,
  BACKEND.closeComplete,
  BACKEND.copyDone,
  BACKEND.emptyQueryResponse,
  BACKEND.noData,
  BACKEND.parseComplete,
  BACKEND.portalSuspended,
]);

/**
 * False for a message whose body is not what its type says: whatever is in it, nobody could tell what the client makes
 * of it. Rows, and what is decoded elsewhere, count as right.
 */
export function isLaidOut(type: number, message: Buffer): boolean {
  if (BARE.has(type)) return message.length === HEADER;
  const body = new Cursor(message, HEADER);
  switch (type) {
    case BACKEND.errorResponse:
    case BACKEND.noticeResponse:
      return decodeFields(message) !== null;
    // NotificationResponse: Int32 process, String channel, String payload.
    case BACKEND.notificationResponse:
      body.int32();
      body.terminated();
      body.terminated();
      return body.finished;
    // ParameterDescription: Int16 n, n × Int32 type.
    case BACKEND.parameterDescription:
      body.bytes(4 * body.uint16());
      return body.finished;
    // CopyInResponse and CopyOutResponse: Int8 format, Int16 n, n × Int16 format.
    case BACKEND.copyInResponse:
    case BACKEND.copyOutResponse:
      body.uint8();
      body.bytes(2 * body.uint16());
      return body.finished;
    default:
      return true;
  }
}

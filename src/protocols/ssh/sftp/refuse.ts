import type { Refusal } from '../../../core/decision.ts';
import { frame, REPLY, STATUS, string, uint32 } from './frames.ts';
import type { PathFault } from './paths.ts';

/** Why a request is answered here. Clients show the words; most show nothing else. */
export interface Fault {
  readonly code: number;
  readonly message: string;
}

/** STATUS: uint32 code, string message, string language. */
export function statusFrame(id: number, { code, message }: Fault): Buffer {
  return frame(REPLY.status, id, uint32(code), string(message), string('en'));
}

export function refusalFault({ message, detail, hint }: Refusal): Fault {
  return { code: STATUS.permissionDenied, message: `${message}. ${detail} ${hint}` };
}

const PATH_FAULTS: Readonly<Record<PathFault, string>> = {
  nul: 'refused by hoopctl: a path holds a NUL, which no file name does',
  encoding: 'refused by hoopctl: a path is not valid UTF-8, so that no rule can speak of it',
  long: 'refused by hoopctl: a path is too long or has too many parts',
  moved: 'refused by hoopctl: the directory that relative paths begin in has been moved. Connect again',
};

export function pathFault(fault: PathFault): Fault {
  return { code: STATUS.failure, message: PATH_FAULTS[fault] };
}

export const MALFORMED: Fault = {
  code: STATUS.badMessage,
  message: 'refused by hoopctl: the request cannot be understood, so it is not sent',
};

export const UNSUPPORTED: Fault = {
  code: STATUS.unsupported,
  message: 'hoopctl does not let this operation through',
};

export const NO_HANDLE: Fault = {
  code: STATUS.failure,
  message: 'refused by hoopctl: this handle is not open in this conversation',
};

export const WRONG_HANDLE: Fault = {
  code: STATUS.permissionDenied,
  message: 'refused by hoopctl: the handle was not opened for this. Open the file again for what is meant',
};

/** What was approved is not what would be done now. */
export const CHANGED: Fault = {
  code: STATUS.permissionDenied,
  message: 'what the path leads to has changed while the request waited for approval. Try again',
};

export const MASKED: Fault = {
  code: STATUS.failure,
  message:
    'the file holds what the policy masks, which cannot be masked in a copy: reading was refused. Ask whoever keeps the policy',
};

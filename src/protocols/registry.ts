import type { Protocol } from '../core/protocol.ts';
import type { ProtocolName } from '../core/target.ts';
import { postgres } from './postgres/index.ts';
import { ssh } from './ssh/index.ts';

const PROTOCOLS: Partial<Record<ProtocolName, () => Protocol>> = { postgres, ssh };

/** A new instance, for one session; null when this version does not speak that protocol. */
export function createProtocol(name: ProtocolName): Protocol | null {
  return PROTOCOLS[name]?.() ?? null;
}

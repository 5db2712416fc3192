import { HoopError } from '../core/errors.ts';
import type { Protocol } from '../core/protocol.ts';
import type { ProtocolName } from '../core/target.ts';
import { createProtocol } from '../protocols/registry.ts';

/** A new instance, for one session. @throws HoopError `config.target` when this version does not speak it */
export function protocolNamed(name: ProtocolName): Protocol {
  const protocol = createProtocol(name);
  if (protocol !== null) return protocol;
  throw new HoopError('config.target', `${name} is not available in this version`, { hint: 'hoopctl targets list' });
}

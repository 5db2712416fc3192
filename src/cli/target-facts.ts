import type { ProbeReport } from '../core/protocol.ts';
import type { ProtocolName } from '../core/target.ts';

/** What a login to a target found, in words. SSH is encrypted by itself: there is no TLS to speak of. */
export function targetFacts(
  { serverVersion, tls, authentication, milliseconds }: ProbeReport,
  protocol: ProtocolName | undefined,
): readonly string[] {
  const encryption = protocol === 'ssh' ? [] : [tls ?? 'no TLS'];
  const login = protocol === 'ssh' ? `login by ${authentication}` : authentication;
  return [`server ${serverVersion}`, ...encryption, login, `${Math.round(milliseconds)} ms`];
}

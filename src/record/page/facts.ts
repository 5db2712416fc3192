import type { RecordOutline } from '../reader.ts';
import { identityLabel } from '../../core/identity.ts';
import { targetLabel } from '../../core/target.ts';
import { visible } from '../../core/visible.ts';

/** What a session was, for the head of its page: names and values, made safe. */
export function sessionFacts({ header, end }: RecordOutline): (readonly [name: string, value: string])[] {
  const { session, started, identity, target, policies, policyHash, reason, results, version } = header.header;
  const facts: readonly (readonly [string, string])[] = [
    ['Session', session],
    ['Started', started],
    [
      'Ended',
      end === null ? 'not on record: the session is running, or was cut' : `${ended(end.ended)} (${end.cause})`,
    ],
    ['Identity', identityLabel(identity)],
    ['Target', targetLabel(target)],
    ['Policies', policies.join(', ')],
    ['Policy hash', policyHash],
    ['Reason', reason ?? 'none given'],
    ['Results', results === 'full' ? 'recorded in full, as they were shown: masked' : 'not recorded, only counted'],
    ['hoopctl', version],
  ];
  return facts.map(([name, value]) => [name, visible(value)]);
}

function ended(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

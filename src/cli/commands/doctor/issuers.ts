import type { IdentityConfig } from '../../../config/identity-shape.ts';
import { systemClock } from '../../../core/clock.ts';
import { HoopError } from '../../../core/errors.ts';
import type { IssuerAbilities } from '../../../identity/issuer-check.ts';
import { siteOf } from '../../profile-view.ts';
import { type Finding, found } from './machine.ts';

/** Whether those can be asked who vouch for people and services. */
export async function checkIssuers(identity: IdentityConfig): Promise<readonly Finding[]> {
  const ofServices = new Set(identity.services.map(({ issuer }) => issuer).filter((one) => one !== identity.issuer));
  return Promise.all([
    check('identity', identity.issuer, (abilities) => ofPeople(abilities, identity)),
    ...Array.from(ofServices, (issuer) => check('services', issuer, () => found('services', 'ok', answers(issuer)))),
  ]);
}

async function check(what: string, issuer: string, finding: (abilities: IssuerAbilities) => Finding): Promise<Finding> {
  const { checkIssuer } = await import('../../../identity/issuer-check.ts');
  try {
    return finding(await checkIssuer(issuer, systemClock, new AbortController().signal));
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    return { ...found(what, 'failed', error.message), hint: error.hint };
  }
}

function ofPeople({ codes, browser, revocation }: IssuerAbilities, { issuer, deviceFlow }: IdentityConfig): Finding {
  const ways = [...(codes && deviceFlow ? ['with a code'] : []), ...(browser ? ['on a page in the browser'] : [])];
  if (ways.length === 0) {
    const hint = codes ? 'identity.device_flow: allow' : 'have the provider allow device codes';
    return { ...found('identity', 'failed', `${answers(issuer)}, and has no way to log people in`), hint };
  }
  const end = revocation ? '' : '; it cannot be told that a login has ended';
  return found('identity', 'ok', `${answers(issuer)}: people log in ${ways.join(' or ')}${end}`);
}

function answers(issuer: string): string {
  return `${siteOf(issuer)} answers`;
}

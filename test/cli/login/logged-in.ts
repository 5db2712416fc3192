import { confirmCode } from '../../identity/provider/pages.ts';
import type { RealProvider } from '../../identity/provider/real.ts';
import type { Outcome, Place, Running } from '../command-line.ts';

/** What a hoopctl.yaml says of a provider that tests run. */
export function identityYaml({ issuer }: RealProvider, recheck = '5m'): string {
  const scopes = '[openid, profile, email, groups, offline_access]';
  return `identity: { issuer: "${issuer}", client_id: hoopctl, scopes: ${scopes}, recheck: ${recheck} }\n`;
}

/** Waits for the code that a program prints, and confirms it as somebody, as on another device. */
export async function confirming(
  { child, outcome }: Running,
  { issuer }: RealProvider,
  login: string,
): Promise<Outcome> {
  let said = '';
  const shown = new Promise<string>((resolve) => {
    child.stderr?.on('data', (part: Buffer) => {
      said += part.toString();
      const code = /one-time code: (\S+)/.exec(said)?.[1];
      if (code !== undefined && said.includes('enter the code there')) resolve(code);
    });
  });
  const first = await Promise.race([shown, outcome]);
  if (typeof first !== 'string') throw new Error(`no code was shown: ${first.stderr}`);
  await confirmCode(`${issuer}/device`, first, login);
  return outcome;
}

/** Somebody logs in, as on another device. */
export async function logInAt(place: Place, real: RealProvider, login: string, profile = login): Promise<void> {
  const { code, stderr } = await confirming(place.start('login', '--profile', profile), real, login);
  if (code !== 0) throw new Error(`not logged in: ${stderr}`);
}

import { type Certificate, certificateOf } from './certificate.ts';
import { fingerprintOf } from '../openssh-key.ts';
import { invalidityWords, nameWords, principalWords, validityWords } from './words.ts';

/** Something that may keep a login from being let in, and what to do about it. */
export interface Doubt {
  readonly words: string;
  readonly hint: string;
}

/** The certificate in a line as OpenSSH writes it, `TYPE BASE64 COMMENT`; null when there is none. */
export function certificateIn(text: string): Certificate | null {
  const [type = '', encoded = ''] = text.trim().split(/[ \t]+/);
  const certificate = certificateOf(Buffer.from(encoded, 'base64'));
  return certificate?.type === type ? certificate : null;
}

/** `a certificate ("deploy", until 2026-03-01T10:15:00Z)`. */
export function certificateWords(certificate: Certificate): string {
  return `a certificate ("${nameWords(certificate.id)}", ${validityWords(certificate)})`;
}

/** Whether servers would take it now. `now`: milliseconds since the epoch. */
export function isCurrent(certificate: Certificate, now: number): boolean {
  return invalidityWords(certificate, now) === null;
}

/** Why a server may not have let `user` in by this certificate: the likeliest. `now`: milliseconds since the epoch. */
export function doubtAbout(certificate: Certificate, user: string, now: number): Doubt {
  const called = `the certificate "${nameWords(certificate.id)}"`;
  const invalidity = invalidityWords(certificate, now);
  if (invalidity !== null) {
    const hint = invalidity.startsWith('expired')
      ? 'renew it with your certificate authority, and connect again'
      : 'check the clock of this machine, or wait';
    return { words: `${called} ${invalidity}`, hint };
  }
  const { principals } = certificate;
  if (principals.length === 0) {
    return { words: `${called} names no user`, hint: `have one issued for ${user}: ssh-keygen -s CA -n ${user} …` };
  }
  if (!principals.includes(user)) {
    return {
      words: `${called} is for ${principalWords(certificate)}, not for ${user}`,
      hint: `have one issued for ${user}, or name one of those as the target's user`,
    };
  }
  return {
    words: `${called} was not taken`,
    hint: `check that the server trusts ${fingerprintOf(certificate.authority)} (TrustedUserCAKeys), and its log`,
  };
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Pki {
  readonly authority: Pair;
  readonly expiredAuthority: Pair;
  /** For localhost and 127.0.0.1. */
  readonly good: Pair;
  readonly expired: Pair;
  readonly notYetValid: Pair;
  readonly otherHost: Pair;
  /** Good in itself, but its authority has expired. */
  readonly ofExpiredAuthority: Pair;
}

const PAST = ['20200101000000Z', '20200201000000Z'] as const;
const NOW = ['20200101000000Z', '20991231000000Z'] as const;
const FUTURE = ['20980101000000Z', '20991231000000Z'] as const;

/** Makes certificates with validities of one's choice: only `openssl ca` sets both dates everywhere. */
export function makePki(directory: string): Pki {
  mkdirSync(directory, { recursive: true });
  const config = join(directory, 'ca.cnf');
  writeFileSync(
    config,
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${directory}/index\nnew_certs_dir=${directory}\nserial=${directory}/serial\n` +
      'default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n[req]\ndistinguished_name=n\n[n]\n',
  );
  writeFileSync(join(directory, 'index'), '');
  writeFileSync(join(directory, 'serial'), '01\n');
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  const path = (name: string, kind: string): string => join(directory, `${name}.${kind}`);

  const make = (name: string, by: string | null, [from, to]: readonly [string, string], extensions: string): Pair => {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl(
      'req',
      '-config',
      config,
      '-new',
      ...curve,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      path(name, 'key'),
      '-out',
      path(name, 'csr'),
    );
    writeFileSync(path(name, 'ext'), extensions);
    const signer =
      by === null
        ? ['-selfsign', '-keyfile', path(name, 'key')]
        : ['-cert', path(by, 'crt'), '-keyfile', path(by, 'key')];
    const dates = ['-startdate', from, '-enddate', to, '-extfile', path(name, 'ext')];
    openssl(
      'ca',
      '-config',
      config,
      '-batch',
      '-notext',
      ...signer,
      ...dates,
      '-in',
      path(name, 'csr'),
      '-out',
      path(name, 'crt'),
    );
    return { cert: readFileSync(path(name, 'crt'), 'utf8'), key: readFileSync(path(name, 'key'), 'utf8') };
  };

  const ca = 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n';
  const host = 'subjectAltName=DNS:localhost,IP:127.0.0.1\n';
  return {
    authority: make('authority', null, NOW, ca),
    expiredAuthority: make('expired-authority', null, PAST, ca),
    good: make('good', 'authority', NOW, host),
    expired: make('expired', 'authority', PAST, host),
    notYetValid: make('not-yet', 'authority', FUTURE, host),
    otherHost: make('other', 'authority', NOW, 'subjectAltName=DNS:db.example.com,IP:192.0.2.1\n'),
    ofExpiredAuthority: make('orphan', 'expired-authority', NOW, host),
  };
}

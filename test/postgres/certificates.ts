import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. `stranger` signs nothing that the server uses. */
export interface Certificates {
  readonly authority: string;
  readonly strangerAuthority: string;
  readonly serverCertificate: string;
  readonly serverKey: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly strangerClientCertificate: string;
  readonly strangerClientKey: string;
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function authority(directory: string, name: string): { cert: string; key: string } {
  const cert = join(directory, `${name}.crt`);
  const key = join(directory, `${name}.key`);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...curve, '-subj', `/CN=${name}`, '-days', '2', '-keyout', key, '-out', cert);
  return { cert, key };
}

function signed(
  directory: string,
  name: string,
  subject: string,
  by: { cert: string; key: string },
  extensions: string,
): { cert: string; key: string } {
  const cert = join(directory, `${name}.crt`);
  const key = join(directory, `${name}.key`);
  const request = join(directory, `${name}.csr`);
  const extensionFile = join(directory, `${name}.ext`);
  writeFileSync(extensionFile, extensions);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-new', ...curve, '-subj', `/CN=${subject}`, '-keyout', key, '-out', request);
  const ca = ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial'];
  openssl('x509', '-req', '-in', request, ...ca, '-days', '2', '-extfile', extensionFile, '-out', cert);
  return { cert, key };
}

/** Makes an authority, a server certificate for localhost, and a client certificate for `clientUser`. */
export function makeCertificates(directory: string, clientUser: string): Certificates {
  mkdirSync(directory, { recursive: true });
  const ours = authority(directory, 'authority');
  const stranger = authority(directory, 'stranger');
  const server = signed(
    directory,
    'server',
    'localhost',
    ours,
    'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n',
  );
  const client = signed(directory, 'client', clientUser, ours, 'extendedKeyUsage=clientAuth\n');
  const strange = signed(directory, 'strange-client', clientUser, stranger, 'extendedKeyUsage=clientAuth\n');
  return {
    authority: ours.cert,
    strangerAuthority: stranger.cert,
    serverCertificate: server.cert,
    serverKey: server.key,
    clientCertificate: client.cert,
    clientKey: client.key,
    strangerClientCertificate: strange.cert,
    strangerClientKey: strange.key,
  };
}

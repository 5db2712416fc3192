import type { TlsMode } from '../../core/target.ts';
import { keyed, optional, required } from '../keyed.ts';
import { filePath } from '../reference.ts';
import { BAD, choice, type Shape } from '../shape.ts';

export interface TlsConfig {
  readonly mode: TlsMode;
  /** Paths, as written. */
  readonly ca: string | null;
  readonly certificate: { readonly cert: string; readonly key: string } | null;
}

const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

const tlsKeys = keyed(
  {
    mode: required(choice(MODES, 'TLS mode'), 'How far the server must prove who it is.'),
    ca: optional(filePath(), null, "PEM file of the authorities to trust, instead of the system's."),
    cert: optional(filePath(), null, 'PEM file of a client certificate.'),
    key: optional(filePath(), null, 'PEM file of its private key; only its owner may read it.'),
  },
  { what: 'a TLS mode, or { mode, ca, cert, key }' },
);

const tlsMode = choice(MODES, 'TLS mode');

/** How a connection is protected: a mode, or a mode and files. */
export const tls: Shape<TlsConfig> = {
  expected: 'a TLS mode, or { mode, ca, cert, key }',
  schema: { anyOf: [tlsMode.schema, tlsKeys.schema] },
  read(node, report, path) {
    if (node.kind === 'scalar') {
      const mode = tlsMode.read(node, report, path);
      return mode === BAD ? BAD : { mode, ca: null, certificate: null };
    }
    const value = tlsKeys.read(node, report, path);
    if (value === BAD) return BAD;
    const { mode, ca, cert, key } = value;
    if ((cert === null) !== (key === null)) return report.add(node.at, `${path}: cert and key go together`);
    if (ca !== null && !mode.startsWith('verify')) {
      return report.add(node.at, `${path}: ca has no effect with mode ${mode}: write mode: verify-full`);
    }
    if (mode === 'disable' && cert !== null) return report.add(node.at, `${path}: a certificate needs TLS`);
    return { mode, ca, certificate: cert === null || key === null ? null : { cert, key } };
  },
};

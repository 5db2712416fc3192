import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const salted = new Map<string, Buffer>();

/** The password as it is proven, which takes a millisecond to make: once for each salt. */
function saltedPassword(password: string, salt: string, iterations: number): Buffer {
  const key = JSON.stringify([password, salt, iterations]);
  const known = salted.get(key) ?? pbkdf2Sync(password, Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
  salted.set(key, known);
  return known;
}

/** A client's side of SCRAM-SHA-256 without channel binding (RFC 5802, 7677). */
export class ScramClient {
  readonly #password: string;
  readonly #nonce = randomBytes(18).toString('base64');
  #serverSignature = '';

  constructor(password: string) {
    this.#password = password;
  }

  first(): string {
    return `n,,n=,r=${this.#nonce}`;
  }

  final(challenge: string): string {
    const fields = new Map(challenge.split(',').map((field) => [field.slice(0, 1), field.slice(2)]));
    const nonce = fields.get('r') ?? '';
    if (!nonce.startsWith(this.#nonce)) throw new Error('the server changed the nonce');
    const password = saltedPassword(this.#password, fields.get('s') ?? '', Number(fields.get('i')));
    const clientKey = createHmac('sha256', password).update('Client Key').digest();
    const stored = createHash('sha256').update(clientKey).digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const message = `n=,r=${this.#nonce},${challenge},${withoutProof}`;
    const signature = createHmac('sha256', stored).update(message).digest();
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
    const serverKey = createHmac('sha256', password).update('Server Key').digest();
    this.#serverSignature = createHmac('sha256', serverKey).update(message).digest('base64');
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  verify(final: string): void {
    if (final !== `v=${this.#serverSignature}`) throw new Error('the server does not know the password');
  }
}

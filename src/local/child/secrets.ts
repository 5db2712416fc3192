/** What stands for a secret. */
const MASK = Buffer.from('[secret]');
/** Shorter ones stand in half of all words. */
const SHORTEST = 4;
/** Bytes of a beginning that may be shown when nothing comes after it: a prompt may well end like that. */
const TELLS_NOTHING = 3;

/** Takes known secrets out of a stream of bytes, wherever it is cut. */
export class SecretFilter {
  readonly #known: () => readonly string[];
  #last: readonly string[] = [];
  #secrets: readonly Buffer[] = [];
  /** Could be the beginning of a secret. */
  #held: Buffer = Buffer.alloc(0);
  /** Bytes of what is held that have been shown already. */
  #shown = 0;

  /** `known`: the secrets that are known by now, the same list while nothing has come to it. */
  constructor(known: () => readonly string[]) {
    this.#known = known;
  }

  #learn(secrets: readonly string[]): void {
    this.#last = secrets;
    const forms = secrets.filter((secret) => Buffer.byteLength(secret) >= SHORTEST).flatMap(formsOf);
    // Of two that begin at the same place, the longer one.
    this.#secrets = [...new Set(forms)]
      .map((form) => Buffer.from(form))
      .sort((one, other) => other.length - one.length);
  }

  /** What may be shown of this piece and of what was held back before it. */
  push(piece: Buffer): Buffer {
    const known = this.#known();
    if (known !== this.#last) this.#learn(known);
    if (this.#secrets.length === 0) return piece;
    const bytes = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    // What was shown while it waited is not shown again.
    const fresh = (from: number, to: number): Buffer => bytes.subarray(Math.min(to, Math.max(from, this.#shown)), to);
    const parts: Buffer[] = [];
    let from = 0;
    for (let found = this.#find(bytes, 0); found !== null; found = this.#find(bytes, from)) {
      parts.push(fresh(from, found.at), MASK);
      from = found.end;
    }
    const kept = bytes.length - this.#beginning(bytes.subarray(from));
    parts.push(fresh(from, kept));
    this.#held = Buffer.from(bytes.subarray(kept));
    this.#shown = Math.max(0, this.#shown - kept);
    return Buffer.concat(parts);
  }

  /** Nothing has come for a while: what is held is shown where it tells nothing, and goes on being watched. */
  settle(): Buffer {
    const shown = this.#held.length <= TELLS_NOTHING ? this.#held.subarray(this.#shown) : Buffer.alloc(0);
    if (shown.length > 0) this.#shown = this.#held.length;
    return shown;
  }

  /** Nothing comes any more. */
  end(): Buffer {
    const rest = this.#held.subarray(this.#shown);
    this.#held = Buffer.alloc(0);
    this.#shown = 0;
    return rest;
  }

  #find(bytes: Buffer, from: number): { readonly at: number; readonly end: number } | null {
    let first: { readonly at: number; readonly end: number } | null = null;
    for (const secret of this.#secrets) {
      const at = bytes.indexOf(secret, from);
      if (at >= 0 && (first === null || at < first.at)) first = { at, end: at + secret.length };
    }
    return first;
  }

  /** Bytes at the end with which a secret may begin. */
  #beginning(bytes: Buffer): number {
    const longest = Math.min(bytes.length, (this.#secrets[0]?.length ?? 1) - 1);
    for (let length = longest; length > 0; length -= 1) {
      const end = bytes.subarray(bytes.length - length);
      if (this.#secrets.some((secret) => secret.length > length && secret.subarray(0, length).equals(end)))
        return length;
    }
    return 0;
  }
}

/** As it is, in a URL, in JSON. */
function formsOf(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)];
}

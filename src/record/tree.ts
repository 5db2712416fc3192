import { hash } from 'node:crypto';

/** A SHA-256, one byte a character: hashing into a string costs half of hashing into a small Buffer. */
export type Digest = string;

/** `SHA-256(bytes)`. */
export function digestOf(bytes: Buffer): Digest {
  return hash('sha256', bytes, 'binary');
}

/** Writes a digest's first `size` bytes. So few of them cost less one by one than by a call out of JavaScript. */
export function writeDigest(target: Buffer, at: number, digest: Digest, size: number): void {
  for (let index = 0; index < size; index += 1) target[at + index] = digest.charCodeAt(index);
}

const DIGEST_SIZE = 32;
/** `0x01 ‖ left ‖ right`, written anew for each node. */
const NODE = Buffer.alloc(1 + 2 * DIGEST_SIZE, 1);
const EMPTY_ROOT = digestOf(Buffer.alloc(0));

/** `SHA-256(0x01 ‖ left ‖ right)`, RFC 6962 section 2.1. */
export function hashNode(left: Digest, right: Digest): Digest {
  writeDigest(NODE, 1, left, DIGEST_SIZE);
  writeDigest(NODE, 1 + DIGEST_SIZE, right, DIGEST_SIZE);
  return digestOf(NODE);
}

/** The Merkle tree of RFC 6962 over leaf hashes, kept as the roots of its full subtrees. */
export class HashTree {
  /** Largest first; entry i covers the i-th set bit of `#size`, from the left. */
  readonly #subtrees: Digest[] = [];
  #size = 0;

  /** How many leaves there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds the hash of the next leaf. */
  add(leaf: Digest): void {
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#subtrees.pop();
      if (left === undefined) throw new Error('the tree has fewer subtrees than its size says');
      node = hashNode(left, node);
    }
    this.#subtrees.push(node);
    this.#size += 1;
  }

  /** The root over all leaves so far. */
  root(): Buffer {
    let node: Digest | null = null;
    for (const subtree of this.#subtrees.toReversed()) node = node === null ? subtree : hashNode(subtree, node);
    return Buffer.from(node ?? EMPTY_ROOT, 'latin1');
  }
}

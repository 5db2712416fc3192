import { hash } from 'node:crypto';

const NODE_PREFIX = 1;
const EMPTY_ROOT = hash('sha256', Buffer.alloc(0), 'buffer');

/** `SHA-256(0x01 ‖ left ‖ right)`, RFC 6962 section 2.1. */
export function hashNode(left: Buffer, right: Buffer): Buffer {
  const input = Buffer.allocUnsafe(65);
  input[0] = NODE_PREFIX;
  left.copy(input, 1);
  right.copy(input, 33);
  return hash('sha256', input, 'buffer');
}

/** The Merkle tree of RFC 6962 over leaf hashes, kept as the roots of its full subtrees: 32 bytes a level. */
export class HashTree {
  /** Largest first; entry i covers the i-th set bit of `#size`, from the left. */
  readonly #subtrees: Buffer[] = [];
  #size = 0;

  /** How many leaves there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds the hash of the next leaf. The buffer is kept: it must not be reused. */
  add(leaf: Buffer): void {
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
    let node: Buffer | null = null;
    for (const subtree of this.#subtrees.toReversed()) node = node === null ? subtree : hashNode(subtree, node);
    return node ?? EMPTY_ROOT;
  }
}

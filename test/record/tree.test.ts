import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { digestOf, HashTree, hashNode } from '../../src/record/tree.ts';

/** Section 2.1 of RFC 6962, as it is written there. */
function expected(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return createHash('sha256').digest();
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(expected(leaves.slice(0, split)))
    .update(expected(leaves.slice(split)))
    .digest();
}

describe('the hash tree', () => {
  const leaves = Array.from({ length: 130 }, (_, index) => createHash('sha256').update(String(index)).digest());

  test('has the root that RFC 6962 gives, at every size', () => {
    const tree = new HashTree();
    for (let size = 0; size <= leaves.length; size += 1) {
      expect(tree.size).toBe(size);
      expect(tree.root()).toEqual(expected(leaves.slice(0, size)));
      const leaf = leaves[size];
      if (leaf !== undefined) tree.add(leaf.toString('latin1'));
    }
  });

  test('has the root of the test vectors of Certificate Transparency', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const tree = new HashTree();
    for (const input of inputs) tree.add(digestOf(Buffer.concat([Buffer.of(0), Buffer.from(input, 'hex')])));
    expect(tree.root().toString('hex')).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  test('tells left from right', () => {
    const [left, right] = leaves;
    if (left === undefined || right === undefined) throw new Error('there are no leaves');
    const [one, other] = [left.toString('latin1'), right.toString('latin1')];
    expect(hashNode(one, other)).not.toEqual(hashNode(other, one));
  });
});

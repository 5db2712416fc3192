/** What the kernel does with a call by a filter: as linux/filter.h has it, for the instructions that filters here use. */
export function runFilter(filter: Buffer, call: { arch: number; number: number; args?: readonly bigint[] }): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number >>> 0, 0);
  data.writeUInt32LE(call.arch >>> 0, 4);
  for (const [index, value] of (call.args ?? []).entries())
    data.writeBigUInt64LE(BigInt.asUintN(64, value), 16 + 8 * index);
  let accumulator = 0;
  for (let at = 0; at < filter.length / 8; at += 1) {
    const operand = filter.readUInt32LE(at * 8 + 4);
    const [yes, no] = [filter.readUInt8(at * 8 + 2), filter.readUInt8(at * 8 + 3)];
    switch (filter.readUInt16LE(at * 8)) {
      case 0x20:
        accumulator = data.readUInt32LE(operand);
        break;
      case 0x06:
        return operand;
      case 0x15:
        at += accumulator === operand ? yes : no;
        break;
      case 0x35:
        at += accumulator >= operand ? yes : no;
        break;
      case 0x45:
        at += (accumulator & operand) !== 0 ? yes : no;
        break;
      default:
        throw new Error(`instruction ${at} is unknown`);
    }
  }
  throw new Error('the filter runs past its end');
}

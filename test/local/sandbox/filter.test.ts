import { describe, expect, it } from 'vitest';
import { sandboxFilter } from '../../../src/local/sandbox/seccomp/filter.ts';
import { type Syscall, SYSCALLS } from '../../../src/local/sandbox/seccomp/syscalls.ts';
import { runFilter } from './bpf.ts';

const ALLOW = 0x7fff_0000;
const KILL = 0x8000_0000;
const errno = (number: number): number => 0x0005_0000 + number;

const ARCHITECTURES = [
  ['x64', 0xc000_003e, 0],
  ['arm64', 0xc000_00b7, 1],
] as const;

/** Calls whose arguments decide. */
const JUDGED: readonly string[] = ['clone', 'ioctl', 'prctl', 'socket'];
const ABSENT: readonly string[] = ['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'];

describe.each(ARCHITECTURES)('the filter of system calls on %s', (name, arch, column) => {
  const filter = sandboxFilter(name) ?? Buffer.alloc(0);
  const call = (what: Syscall | number, ...args: readonly (number | bigint)[]): number => {
    const number = typeof what === 'number' ? what : SYSCALLS[what][column];
    if (number === null) throw new Error(`${name} has no ${what}`);
    return runFilter(filter, { arch, number, args: args.map(BigInt) });
  };

  const unconditional = Object.entries(SYSCALLS).filter(
    ([one, numbers]) => !JUDGED.includes(one) && numbers[column] !== null,
  );
  it.each(unconditional.map(([one]) => [one]))('refuses %s', (one) => {
    expect(call(one as Syscall)).toBe(errno(ABSENT.includes(one) ? 38 : 1));
  });

  it('lets through what programs do all day', () => {
    // read, write, close, mmap, fork by clone, execve, futex: by their numbers on either architecture.
    const ordinary = { x64: [0, 1, 3, 9, 57, 59, 202, 257], arm64: [63, 64, 57, 222, 221, 98, 56] }[name];
    for (const number of ordinary) expect(call(number)).toBe(ALLOW);
  });

  it('kills a process that calls as another architecture does', () => {
    for (const other of [0x4000_0003, 0x4000_0028, (arch ^ 1) >>> 0]) {
      expect(runFilter(filter, { arch: other, number: 0 })).toBe(KILL);
    }
  });

  it('lets processes be made, and no namespaces with them', () => {
    expect(call('clone', 0x0001_2000 | 17)).toBe(ALLOW);
    for (const bit of [17, 25, 26, 27, 28, 29, 30]) {
      expect(call('clone', (1n << BigInt(bit)) | 17n)).toBe(errno(1));
    }
  });

  it('looks at the bits of a terminal’s request that the kernel looks at', () => {
    expect(call('ioctl', 0, 0x5413)).toBe(ALLOW);
    for (const request of [0x5412n, 0x541cn, 0x5423n, 0x1_0000_5412n, -1n ^ (0xffff_ffffn ^ 0x5412n)]) {
      expect(call('ioctl', 0, request)).toBe(errno(1));
    }
  });

  it('lets a process say that it dies with its parent, and not that it does not', () => {
    expect(call('prctl', 1, 9)).toBe(ALLOW);
    for (const signal of [0, 15, 18]) expect(call('prctl', 1, signal)).toBe(errno(1));
    expect(call('prctl', 0x1_0000_0001n, 0)).toBe(errno(1));
    expect(call('prctl', 15, 0)).toBe(ALLOW);
  });

  it('lets sockets be made for what is inside alone', () => {
    const made: readonly (readonly [number, number, number])[] = [
      [1, 1, 0],
      [2, 1, 0],
      [2, 1, 6],
      [2, 2, 17],
      [10, 1, 6],
      [16, 3, 0],
    ];
    for (const kind of made) expect(call('socket', ...kind)).toBe(ALLOW);
    const refused: readonly (readonly [number, number, number])[] = [
      [2, 3, 1],
      [2, 3, 255],
      [2, 5, 132],
      [16, 3, 9],
      [16, 3, 15],
      [17, 3, 3],
      [31, 3, 1],
      [38, 5, 0],
      [40, 1, 0],
    ];
    for (const kind of refused) expect(call('socket', ...kind)).toBe(errno(97));
  });
});

describe('a filter', () => {
  it('kills what calls by the numbers of x32', () => {
    const filter = sandboxFilter('x64') ?? Buffer.alloc(0);
    expect(runFilter(filter, { arch: 0xc000_003e, number: 0x4000_0000 | 101 })).toBe(KILL);
  });

  it('is not made for architectures whose numbers are not known', () => {
    expect(sandboxFilter('riscv64')).toBeNull();
  });

  it('is shorter than the kernel takes', () => {
    for (const [name] of ARCHITECTURES) expect((sandboxFilter(name)?.length ?? 0) / 8).toBeLessThan(4096);
  });
});

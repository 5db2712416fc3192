/*
 * Classic BPF as seccomp runs it (linux/filter.h): instructions of eight bytes, `code:u16 jt:u8 jf:u8 k:u32`, in the
 * machine's byte order. Both architectures that are supported are little-endian.
 */

const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_AT_LEAST = 0x35;
const JUMP_IF_BITS = 0x45;
const RETURN = 0x06;

const ALLOW = 0x7fff_0000;
const KILL_PROCESS = 0x8000_0000;
const ERRNO = 0x0005_0000;

/** Where `struct seccomp_data` holds what is looked at. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const ARGUMENTS = 16;

/** What the kernel does with a call. */
export type Verdict = 'allow' | 'kill' | { readonly errno: number };

/** Holds when the low 32 bits of an argument are `equals`, or have one of `bits`. */
export type Condition =
  | { readonly argument: number; readonly equals: number }
  | { readonly argument: number; readonly bits: number };

/** Decides a call of which all conditions hold. */
export interface CallRule {
  readonly call: number;
  readonly when: readonly Condition[];
  readonly verdict: Verdict;
}

export interface Program {
  /** `AUDIT_ARCH_…`: calls of any other kill the process. */
  readonly architecture: number;
  /** Calls with this number or above belong to another ABI of the same architecture; null where there is none. */
  readonly foreign: number | null;
  /** The first that holds decides; what none decides is allowed. */
  readonly rules: readonly CallRule[];
}

/** A filter as the kernel takes it. */
export function assemble({ architecture, foreign, rules }: Program): Buffer {
  const code = [
    instruction(LOAD_WORD, ARCHITECTURE),
    instruction(JUMP_IF_EQUAL, architecture, { yes: 1, no: 0 }),
    instruction(RETURN, KILL_PROCESS),
    instruction(LOAD_WORD, NUMBER),
  ];
  if (foreign !== null) {
    code.push(instruction(JUMP_IF_AT_LEAST, foreign, { yes: 0, no: 1 }), instruction(RETURN, KILL_PROCESS));
  }
  for (const rule of rules) code.push(...assembleRule(rule));
  code.push(instruction(RETURN, ALLOW));
  return Buffer.concat(code);
}

/** Begins and ends with the call's number loaded, unless it decides. */
function assembleRule({ call, when, verdict }: CallRule): readonly Buffer[] {
  const tests = when.length * 2;
  const decide = instruction(RETURN, verdictCode(verdict));
  if (tests === 0) return [instruction(JUMP_IF_EQUAL, call, { yes: 0, no: 1 }), decide];
  const code = [instruction(JUMP_IF_EQUAL, call, { yes: 0, no: tests + 2 })];
  for (const [index, condition] of when.entries()) {
    // Past the tests that follow and the verdict, to where the number is loaded again.
    const no = tests - 2 * (index + 1) + 1;
    code.push(instruction(LOAD_WORD, ARGUMENTS + 8 * condition.argument), test(condition, no));
  }
  return [...code, decide, instruction(LOAD_WORD, NUMBER)];
}

function test(condition: Condition, no: number): Buffer {
  return 'equals' in condition
    ? instruction(JUMP_IF_EQUAL, condition.equals, { yes: 0, no })
    : instruction(JUMP_IF_BITS, condition.bits, { yes: 0, no });
}

function verdictCode(verdict: Verdict): number {
  if (verdict === 'allow') return ALLOW;
  if (verdict === 'kill') return KILL_PROCESS;
  return ERRNO + verdict.errno;
}

/** Jumps count the instructions that are left out. */
function instruction(code: number, operand: number, jump = { yes: 0, no: 0 }): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(jump.yes, 2);
  bytes.writeUInt8(jump.no, 3);
  bytes.writeUInt32LE(operand, 4);
  return bytes;
}

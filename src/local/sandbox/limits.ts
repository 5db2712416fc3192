const MIB = 1024 * 1024;

/** What a sandboxed program may use. */
export interface SandboxLimits {
  /** Processes at once. */
  readonly processes: number;
  /** Bytes that all of them hold in memory together. */
  readonly memory: number;
  /** Bytes that one of them may write to without having to share it (RLIMIT_DATA). */
  readonly data: number;
  /** Bytes of one file. */
  readonly file: number;
  /** Open files of one process. */
  readonly descriptors: number;
  /** Bytes of each of /tmp, /var/tmp, /dev/shm and the home directory. */
  readonly temporary: number;
  /** Milliseconds; null: as long as its session lives. */
  readonly time: number | null;
}

/** Enough for a build or an agent, little enough for the machine to stay usable. */
export const SANDBOX_LIMITS: SandboxLimits = {
  processes: 512,
  memory: 4096 * MIB,
  data: 4096 * MIB,
  file: 4096 * MIB,
  descriptors: 4096,
  temporary: 512 * MIB,
  time: null,
};

const WAYS = ['alloc', 'allocUnsafe', 'allocUnsafeSlow'] as const;

type Allocate = (size: number, ...rest: unknown[]) => Buffer<ArrayBuffer>;

/** Watches how much memory is asked for at once. */
export class AllocationWatch {
  readonly #before = WAYS.map((way) => ({ way, allocate: Buffer[way] as Allocate }));
  #largest = 0;

  constructor() {
    for (const { way, allocate } of this.#before) {
      Buffer[way] = (size: number, ...rest: unknown[]) => {
        this.#largest = Math.max(this.#largest, size);
        return allocate(size, ...rest);
      };
    }
  }

  /** Bytes of the largest buffer that was made since the last call. */
  largest(): number {
    const largest = this.#largest;
    this.#largest = 0;
    return largest;
  }

  stop(): void {
    for (const { way, allocate } of this.#before) Buffer[way] = allocate;
  }
}

/**
 * Counts the processor's time from here on, in milliseconds, of all threads of this process: what a machine does
 * besides takes none of it.
 */
export function effort(): () => number {
  const begun = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };
}

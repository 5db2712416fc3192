/** The action when the wait is over: at once when there is none. */
export function chained(wait: Promise<void> | null, action: () => Promise<void> | null): Promise<void> | null {
  return wait === null ? action() : wait.then(() => action() ?? undefined);
}

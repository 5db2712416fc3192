/** Where something is shown: on a connection, and there by one command or shell where several run at once. */
export interface ShownPlace {
  readonly connection: number;
  readonly statement?: number;
}

/** Tells the terminals and commands of a session from each other: many of them may share a connection. */
export function placeName({ connection, statement }: ShownPlace): string {
  return statement === undefined ? String(connection) : `${connection}/${statement}`;
}

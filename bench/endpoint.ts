/** Where a client logs in, and as whom. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The server itself, or what stands for it. */
export interface Target extends Endpoint {
  /** What the server holds in the password's place: whoever has it need not work it out at each login. */
  readonly verifier: string;
}

/** What libpq clients read. Nobody here speaks TLS, and asking for it would be a round trip more. */
export function libpqEnvironment(endpoint: Endpoint): Record<string, string> {
  return {
    PGHOST: endpoint.host,
    PGPORT: String(endpoint.port),
    PGUSER: endpoint.user,
    PGPASSWORD: endpoint.password,
    PGDATABASE: endpoint.database,
    PGSSLMODE: 'disable',
    PGGSSENCMODE: 'disable',
  };
}

/** The role that the guard logs in as. It owns everything, so that only the guard stands in the way. */
export const ROLE = 'app_rw';
export const DATABASE = 'app';

/** Sample data, the same every time. Each text is one query. */
export const SAMPLE = `
CREATE SCHEMA app;
CREATE SCHEMA hr;
CREATE TABLE app.customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  city text NOT NULL
);
CREATE TABLE app.orders (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES app.customers,
  item text NOT NULL,
  cents integer NOT NULL CHECK (cents > 0),
  status text NOT NULL DEFAULT 'open'
);
CREATE TABLE hr.salaries (name text PRIMARY KEY, cents integer NOT NULL);
INSERT INTO app.customers
  SELECT n, first || ' ' || last, lower(first) || n || '@example.com', city
  FROM (SELECT n,
    (ARRAY['Ada','Grace','Edsger','Barbara','Donald','Frances','Alan','Margaret'])[1 + n % 8] AS first,
    (ARRAY['Lovelace','Hopper','Dijkstra','Liskov','Knuth','Allen','Turing','Hamilton'])[1 + n % 8] AS last,
    (ARRAY['London','Lyon','Lisbon','Leipzig','Lund'])[1 + n % 5] AS city
    FROM generate_series(1, 200) AS n) AS people;
INSERT INTO app.orders
  SELECT n, 1 + n % 200, (ARRAY['lamp','ladder','lens','lute'])[1 + n % 4], 500 + 37 * (n % 90),
    CASE WHEN n % 3 = 0 THEN 'open' ELSE 'shipped' END
  FROM generate_series(1, 1000) AS n;
INSERT INTO hr.salaries VALUES ('Ada Lovelace', 12000000), ('Grace Hopper', 11500000);
`;

/** The policy that the demo shows and enforces. */
export const POLICY = `policies:
  demo:
    default: allow
    deny:
      - { action: [drop, truncate, alter], message: "schema changes go through migrations" }
      - { action: [delete, update], where: absent, message: "say which rows" }
    ask:
      - { action: [update], within: 5m }
    scope: { schemas: [app] }
    session: { ttl: 30m, reason: optional }
`;

export function configuration(port: number): string {
  return `version: 1
targets:
  demo:
    protocol: postgres
    address: 127.0.0.1:${port}
    database: ${DATABASE}
    user: ${ROLE}
    password: { file: password }
    tls: disable
    policy: [demo]
${POLICY}`;
}

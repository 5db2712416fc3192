import { cellsOf, type Cells, mailColumns, rowCounts, type World } from '../canaries.ts';

type Value = string | number | boolean | Buffer | null | readonly string[];

function literal(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return `array[${value.map(literal).join(', ')}]`;
}

function insert(table: string, columns: string, count: number, row: (n: number) => readonly Value[]): string {
  const rows = Array.from(
    { length: count },
    (_, index) =>
      `(${row(index + 1)
        .map(literal)
        .join(', ')})`,
  );
  return `insert into ${table} (${columns}) values ${rows.join(', ')}`;
}

const cities = ['Berlin', 'Paris', 'Rome'];
const city = (n: number): string => cities[n % cities.length] ?? 'Berlin';
const date = (n: number): string => `2024-0${1 + (n % 9)}-1${n % 10}`;

function customers(cells: Cells): string {
  const columns =
    'id, name, email, ssn, phone, salary, notes, secret, tags, birth, photo, city, created_at, active, score';
  return insert('app.customers', columns, rowCounts.customers, (n) => [
    n,
    `customer ${n}`,
    cells.email(n),
    cells.ssn(n),
    cells.phone(n),
    cells.salary(n),
    cells.notes(n),
    `{"pin": "${cells.pin(n)}", "level": ${cells.level(n)}, "list": ["${cells.tags(n)[0]}"]}`,
    cells.tags(n),
    cells.birth(n),
    cells.photo(n),
    city(n),
    `${date(n)} 10:00:00Z`,
    n % 4 !== 0,
    n * 10,
  ]);
}

const statuses = ['new', 'paid', 'sent', 'returned'];

/** The rows of a world. What is not masked is the same in both. */
export function rows(world: World): readonly string[] {
  const cells = cellsOf(world);
  const mails = mailColumns.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
  return [
    customers(cells),
    insert('app.orders', 'id, customer_id, contact_email, total, status, placed_on', rowCounts.orders, (n) => [
      n,
      1 + (n % 7),
      cells.email(1 + (n % 7)),
      `${n * 7}.50`,
      statuses[n % 4] ?? 'new',
      date(n),
    ]),
    ...Array.from({ length: rowCounts.staff }, (_, index) => index + 1).map(
      (n) =>
        `insert into app.staff values (${n}, 'staff ${n}', row('${cells.street(n)}', '${cells.zip(n)}', ${n}), '${cells.login(n)}', ${n > 1 ? 1 : 'null'})`,
    ),
    insert('app.events', 'id, customer_id, payload, at', rowCounts.events, (n) => [n, n, cells.payload(n), date(n)]),
    insert('app.people', 'id, nickname, city', 2, (n) => [n, cells.nickname(n), city(n)]),
    insert('app.employees', 'id, nickname, city, badge', 2, (n) => [n + 2, cells.nickname(n + 2), city(n), `b${n}`]),
    insert('app.retired', 'id, nickname, city, since', 2, (n) => [n + 4, cells.nickname(n + 4), city(n), date(n)]),
    insert('app."Mail Box"', `id, ${mails}, s`, rowCounts.mail, (n) => [
      n,
      ...mailColumns.map((column) => cells.mail(n, column)),
      `plain ${n}`,
    ]),
    insert('app.vault', 'id, owner, code', rowCounts.vault, (n) => [n, n === 1 ? 'low' : 'guarded', cells.code(n)]),
    insert('app.contacts', 'id, email, city', rowCounts.contacts, (n) => [n, cells.contact(n), city(n)]),
    insert('app.suppliers', 'id, name, email, phone, notes, city', 3, (n) => [
      n,
      `supplier ${n}`,
      `sales${n}@supplier.test`,
      `555-000${n}`,
      `delivers on day ${n}`,
      city(n),
    ]),
    "insert into app.audit (what) values ('first'), ('second')",
    'insert into app.counters values (1, 5), (2, 7), (3, 9)',
    'insert into app.doors values (1), (2)',
    insert('plain.products', 'id, title, price, added', 4, (n) => [n, `product ${n}`, `${n * 4}.25`, date(n)]),
    insert('plain.labels', 'product, label', 4, (n) => [n, `label ${n}`]),
    'refresh materialized view app.m_mails',
    'refresh materialized view app.m_cities',
    'analyze',
    'grant usage on schema app to low',
    'grant all on all tables in schema app to low',
  ];
}

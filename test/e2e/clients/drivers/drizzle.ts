import { and, asc, count, desc, eq, gt, inArray, sql, sum } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { alias, bigint, date, integer, jsonb, numeric, pgSchema, serial, text, timestamp } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { Transcript } from './transcript.ts';

const app = pgSchema('app');
const items = app.table('items', {
  id: serial('id').primaryKey(),
  name: text('name').notNull(),
  price: numeric('price'),
  mood: app.enum('mood', ['sad', 'ok', 'happy'])('mood'),
  tags: text('tags').array(),
  extra: jsonb('extra').$type<{ g: number }>(),
  made: timestamp('made', { withTimezone: true }),
  day: date('day'),
  big: bigint('big', { mode: 'bigint' }),
});
const notes = app.table('notes', {
  id: serial('id').primaryKey(),
  item: integer('item').notNull(),
  body: text('body'),
});

/** drizzle-orm over node-postgres: what an application does. */
export async function exercise(connection: Readonly<Record<string, string>>): Promise<Transcript> {
  const seen = new Transcript();
  const pool = new pg.Pool({
    host: connection['PGHOST'] ?? '',
    port: Number(connection['PGPORT']),
    user: connection['PGUSER'] ?? '',
    password: connection['PGPASSWORD'] ?? '',
    database: connection['PGDATABASE'] ?? '',
    max: 2,
  });
  const db = drizzle(pool, { schema: { items, notes } });
  await db.execute(
    sql`create table app.notes (id serial primary key, item int not null references app.items, body text)`,
  );
  seen.saw('select', await db.select().from(items).where(gt(items.id, 45)).orderBy(asc(items.id)));
  seen.saw('one', await db.query.items.findFirst({ where: eq(items.id, 3), columns: { name: true, big: true } }));
  seen.saw(
    'grouped',
    await db
      .select({ mood: items.mood, n: count(), all: sum(items.price) })
      .from(items)
      .groupBy(items.mood)
      .orderBy(items.mood),
  );
  const inserted = await db
    .insert(notes)
    .values([
      { item: 1, body: 'first' },
      { item: 2, body: 'sec\'ond "ü"' },
    ])
    .returning();
  seen.saw('insert', inserted);
  const other = alias(items, 'other');
  seen.saw(
    'joined',
    await db
      .select()
      .from(notes)
      .innerJoin(items, eq(notes.item, items.id))
      .leftJoin(other, and(eq(other.id, items.id), gt(other.id, 1)))
      .orderBy(desc(notes.id)),
  );
  seen.saw(
    'update',
    await db
      .update(notes)
      .set({ body: sql`upper(${notes.body})` })
      .where(inArray(notes.item, [1, 2]))
      .returning({ body: notes.body }),
  );
  seen.saw(
    'upsert',
    await db
      .insert(notes)
      .values({ id: 1, item: 3, body: 'up' })
      .onConflictDoUpdate({ target: notes.id, set: { body: 'merged' } })
      .returning(),
  );
  const byId = db
    .select()
    .from(items)
    .where(eq(items.id, sql.placeholder('id')))
    .prepare('item_by_id');
  for (const id of [1, 2]) seen.saw('prepared', await byId.execute({ id }));
  await seen.of('a transaction', () =>
    db.transaction(
      async (tx) => {
        await tx.delete(notes).where(eq(notes.item, 1));
        await tx.transaction(async (inner) => {
          await inner.insert(notes).values({ item: 7, body: 'kept' });
        });
        return tx.select({ n: count() }).from(notes);
      },
      { isolationLevel: 'repeatable read' },
    ),
  );
  await seen.of('rolled back', () =>
    db.transaction(async (tx) => {
      await tx.delete(notes).where(gt(notes.id, 0));
      tx.rollback();
    }),
  );
  const within = db.$with('cheap').as(
    db
      .select()
      .from(items)
      .where(sql`${items.price} < 5`),
  );
  seen.saw('with', await db.with(within).select({ id: within.id }).from(within).orderBy(within.id));
  await seen.of('a foreign key', () => db.insert(notes).values({ item: -1 }));
  seen.saw('left', await db.select().from(notes).orderBy(notes.id));
  await db.execute(sql`drop table app.notes`);
  await pool.end();
  return seen;
}

"""What an application does with psycopg2, printed line by line: the same directly and through the door."""

import io
import threading

import psycopg2
import psycopg2.errorcodes
import psycopg2.extensions
import psycopg2.extras


def plain(value):
    if isinstance(value, (list, tuple)):
        return type(value)(plain(one) for one in value) if type(value) in (list, tuple) else value
    return bytes(value) if isinstance(value, memoryview) else value


def show(what, *seen):
    print(what, *[repr(plain(one)) for one in seen], flush=True)


def attempt(what, work):
    try:
        show(what, work())
    except psycopg2.Error as error:
        diag = error.diag
        names = [name for name in dir(diag) if not name.startswith(("_", "source_"))]
        show(what, type(error).__name__, error.pgcode, {name: getattr(diag, name) for name in names})


def rows(cursor, *args):
    cursor.execute(*args)
    return cursor.fetchall()


db = psycopg2.connect("")
cursor = db.cursor()

show("rows", rows(cursor, "select * from app.items order by id limit 5"))
show("description", [(c.name, c.type_code, c.internal_size) for c in cursor.description], cursor.statusmessage)
values = (1, "ü'\"\\ 🐘", 1.5, None, True, ["a", "b,\"c"], psycopg2.extras.Json({"a": [1, None]}), b"\x00\xff")
show("parameters", rows(cursor, "select %s, %s, %s, %s::int, %s, %s, %s::jsonb, %s", values))
named = {"id": 3, "names": ("item 1", "item 2")}
show("named", rows(cursor, "select id, name from app.items where id = %(id)s or name in %(names)s order by id", named))
db.rollback()

attempt("syntax", lambda: cursor.execute("selec 1"))
attempt("aborted", lambda: cursor.execute("select 1"))
db.rollback()
attempt("constraint", lambda: cursor.execute("insert into app.items (id, name) values (1, 'again')"))
db.rollback()
attempt("exception", lambda: cursor.execute("select app.fail()"))
db.rollback()

with db, db.cursor() as one:
    one.execute("insert into app.items (id, name) values (5001, 'kept') returning id, made")
    show("returning", one.fetchone(), one.rowcount)
    one.execute("savepoint s")
    attempt("savepoint", lambda: one.execute("insert into app.items (id, name) values (5001, 'kept')"))
    one.execute("rollback to savepoint s")
psycopg2.extras.execute_values(cursor, "insert into app.items (id, name) values %s", [(n, f"v{n}") for n in range(5100, 5400)])
psycopg2.extras.execute_batch(cursor, "update app.items set price = %s where id = %s", [(1, n) for n in range(5100, 5200)])
cursor.executemany("delete from app.items where id = %s", [(n,) for n in range(5300, 5400)])
show("batches", rows(cursor, "select count(*), sum(price) from app.items where id >= 5100"))
db.rollback()

with db.cursor("server_side") as scrolled:
    scrolled.itersize = 7
    scrolled.execute("select id from app.items order by id")
    show("server side", [row[0] for row in scrolled])
with db.cursor("scrollable", scrollable=True) as scrolled:
    scrolled.execute("select id from app.items where id <= 50 order by id")
    scrolled.scroll(10)
    show("scrolled", scrolled.fetchmany(3))
    scrolled.scroll(-5)
    show("scrolled back", scrolled.fetchone())
db.commit()

cursor.copy_expert("copy app.items (id, name) from stdin with csv", io.StringIO("6001,\"a, b\"\n6002,ü\n"))
show("copied in", cursor.rowcount, cursor.statusmessage)
attempt("copy of nonsense", lambda: cursor.copy_expert("copy app.items (id, name) from stdin", io.StringIO("x\ty\n")))
db.rollback()
out = io.StringIO()
cursor.copy_expert("copy (select id, name, photo from app.items order by id) to stdout with csv header", out)
show("copied out", out.getvalue())
large = io.StringIO("".join(f"{n}\t{'é' * (n % 50)}\n" for n in range(20000)))
cursor.execute("create temp table large (id int, t text)")
cursor.copy_from(large, "large")
show("large", rows(cursor, "select count(*), sum(length(t)), md5(string_agg(t, ',' order by id)) from large"))
db.commit()

db.set_session(isolation_level="SERIALIZABLE", readonly=True, deferrable=True)
show("serializable", rows(cursor, "select current_setting('transaction_isolation'), current_setting('transaction_read_only')"))
attempt("read only", lambda: cursor.execute("delete from app.items where id = 5001"))
db.rollback()
db.set_session(isolation_level="DEFAULT", readonly=False, deferrable=False)
db.autocommit = True
show("deleted", rows(cursor, "delete from app.items where id > 5000 returning id"))

cursor.execute("select app.tell()")
show("notices", db.notices)
cursor.execute("listen news")
cursor.execute("notify news, 'one'")
cursor.execute("select pg_notify('news', %s)", ("two ü",))
db.poll()
show("notifies", [(n.channel, n.payload) for n in db.notifies])
show("dict", psycopg2.extras.RealDictCursor and rows(db.cursor(cursor_factory=psycopg2.extras.RealDictCursor), "select 1 as a, 'x' as b"))


def cancel_when_running():
    with psycopg2.connect("") as other, other.cursor() as watching:
        while not rows(watching, "select 1 from pg_stat_activity where pid <> pg_backend_pid() and state = 'active' and query like '%%pg_sleep(60)%%'"):
            other.rollback()
    other.close()
    db.cancel()


for turn in (1, 2):
    thread = threading.Thread(target=cancel_when_running)
    thread.start()
    attempt("cancelled", lambda: cursor.execute("select pg_sleep(60)"))
    thread.join()
    show("usable", rows(cursor, "select %s", (turn,)))
show("status", db.get_transaction_status(), db.server_version > 0, db.encoding, db.get_parameter_status("standard_conforming_strings"))
db.close()

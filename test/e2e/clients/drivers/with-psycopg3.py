"""What an application does with psycopg 3, libpq's pipeline mode above all, printed line by line."""

import logging
import os
import threading

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb


def show(what, *seen):
    print(what, *[repr(one) for one in seen], flush=True)


def attempt(what, work):
    try:
        show(what, work())
    except psycopg.Error as error:
        diag = error.diag
        names = [name for name in dir(diag) if not name.startswith(("_", "source_"))]
        fields = {name: getattr(diag, name) for name in names}
        show(what, type(error).__name__, error.sqlstate, str(error), fields)


def rows(query, *args, **more):
    return db.execute(query, *args, **more).fetchall()


# Pipelines that end in an error say so twice, the second time only sometimes.
logging.disable()
db = psycopg.connect("", autocommit=True, application_name="exercise")
show("rows", rows("select * from app.items order by id limit 5"))
show("binary", rows("select * from app.items order by id limit 5", binary=True))
show("columns", [(c.name, c.type_code, c.precision, c.scale) for c in db.execute("select * from app.items").description])
values = (1, "ü'\"\\ 🐘", 1.5, None, True, ["a", 'b,"c'], Jsonb({"a": [1, None]}), b"\x00\xff", 2**40)
show("parameters", rows("select %s, %s, %s, %s, %s, %s, %s, %s, %s", values))
show("binary parameters", rows("select %b::int8, %b, %b::float8, %b::bool", (1, "ü", 1.5, True), binary=True))
for turn in range(8):
    # From the fifth time on it is a prepared statement of the server's.
    show("prepared", rows("select id, name from app.items where id = %s", (turn,)), rows("select count(*) from pg_prepared_statements"))
show("explicit", rows("select name from app.items where mood = %s order by id limit 2", ("happy",), prepare=True))
show("dict", db.cursor(row_factory=dict_row).execute("select 1 as a, 'x' as b").fetchall())
show("composed", rows(sql.SQL("select {} from {} order by 1 limit 2").format(sql.Identifier("name"), sql.Identifier("app", "items"))))
several = db.execute("select 1; select 2, 3")
show("several", several.fetchall(), several.nextset(), several.fetchall())

with db.pipeline() as pipeline:
    results = [db.execute("select %s::int, %s::text", (n, f"é{n}")) for n in range(100)]
    pipeline.sync()
    show("pipelined", [one.fetchone() for one in results])
    inserted = db.cursor()
    inserted.executemany("insert into app.items (id, name) values (%s, %s) returning id", [(n, f"p{n}") for n in range(7000, 7050)], returning=True)
    ids = [inserted.fetchone()]
    while inserted.nextset():
        ids.append(inserted.fetchone())
    show("executemany", ids)
    with db.transaction():
        db.execute("update app.items set price = 1 where id >= 7000")
        updated = db.execute("select count(*), sum(price) from app.items where id >= 7000")
    show("within a transaction", updated.fetchall())


def failing():
    with db.pipeline():
        good = db.execute("select 1")
        db.execute("select 1 / %s", (0,))
        skipped = db.execute("insert into app.items (id, name) values (8000, 'never')")
        show("before it", good.fetchall())
        return skipped.fetchall()


attempt("a pipeline that fails", failing)
show("nothing of it", rows("select count(*) from app.items where id = 8000"))


def failing_transaction():
    with db.pipeline(), db.transaction():
        db.execute("delete from app.items where id >= 7000")
        db.execute("insert into app.items (id, name) values (1, 'again')")


attempt("a transaction in a pipeline that fails", failing_transaction)
show("all of it back", rows("select count(*) from app.items where id >= 7000"))


def recovering():
    with db.pipeline() as pipeline:
        attempt("one", lambda: db.execute("select app.fail()").fetchall())
        pipeline.sync()
        return db.execute("select 'after'").fetchall()


attempt("a pipeline goes on after its error", recovering)

for what, query in {
    "syntax": "selec 1",
    "constraint": "insert into app.items (id, name) values (1, 'again')",
    "exception": "select app.fail()",
    "in the middle": "select 1 / (id - 20) from app.items order by id",
}.items():
    attempt(what, lambda: rows(query))


def undone():
    with db.transaction():
        db.execute("delete from app.items where id = 7000")
        db.execute("insert into app.items (id, name) values (1, 'again')")


with db.transaction():
    db.execute("delete from app.items where id = 7001")
    attempt("savepoint", undone)
    with db.transaction(force_rollback=True):
        db.execute("delete from app.items where id = 7002")
    show("kept", rows("select id from app.items where id in (7001, 7002)"))

with db.transaction():
    with db.cursor("server_side", binary=True) as scrolled:
        scrolled.itersize = 7
        scrolled.execute("select id, name from app.items where id > %s order by id", (40,))
        show("server side", list(scrolled))
    with db.cursor("scrollable", scrollable=True) as scrolled:
        scrolled.execute("select id from app.items order by id")
        scrolled.scroll(10)
        show("scrolled", scrolled.fetchmany(3))
with db.cursor() as streaming:
    show("stream", list(streaming.stream("select id from app.items order by id limit 30")))

with db.cursor() as cursor:
    with cursor.copy("copy app.items (id, name) from stdin") as copy:
        for n in range(7100, 7200):
            copy.write_row((n, f"copied\tü {n}"))
    show("copied in", cursor.rowcount, cursor.statusmessage)
    with cursor.copy("copy app.items (id, name) from stdin (format binary)") as copy:
        copy.set_types(["int4", "text"])
        copy.write_row((7300, "binary"))
    with cursor.copy("copy (select id, name from app.items where id >= 7100 order by id) to stdout") as copy:
        show("copied out", list(copy.rows()))
    with cursor.copy("copy (select id, photo from app.items order by id limit 3) to stdout (format binary)") as copy:
        show("copied out binary", b"".join(bytes(part) for part in copy))


def broken_copy():
    with db.cursor() as cursor, cursor.copy("copy app.items (id, name) from stdin") as copy:
        copy.write("x\ty\n")


attempt("copy of nonsense", broken_copy)


def given_up():
    with db.cursor() as cursor, cursor.copy("copy app.items (id, name) from stdin") as copy:
        copy.write("9000\tnever\n")
        raise ValueError("no")


attempt("given up", given_up)
show("nothing of it", rows("select count(*) from app.items where id = 9000"))
show("deleted", len(rows("delete from app.items where id >= 7000 returning id")))

if os.environ.get("LISTENING") == "yes":
    heard = []
    db.add_notify_handler(lambda note: heard.append((note.channel, note.payload)))
    db.execute("listen news")
    db.execute("notify news, 'one'")
    db.execute("select pg_notify('news', %s)", ("two ü",))
    db.execute("select 1")
    show("heard", heard)
notices = []
db.add_notice_handler(lambda diag: notices.append((diag.severity, diag.sqlstate, diag.message_primary)))
db.execute("select app.tell()")
show("notices", notices)


def cancel_when_running():
    with psycopg.connect("", autocommit=True) as other:
        busy = "select 1 from pg_stat_activity where pid <> pg_backend_pid() and state = 'active' and query like '%%pg_sleep(60)%%'"
        while other.execute(busy + " and true").fetchone() is None:
            pass
    db.cancel()


if os.environ.get("LISTENING") == "yes":
    # Other sessions' statements, too, are outside a scope.
    for turn in (1, 2):
        thread = threading.Thread(target=cancel_when_running)
        thread.start()
        attempt("cancelled", lambda: rows("select pg_sleep(60)"))
        thread.join()
        show("usable", rows("select %s", (turn,)))
show("status", db.info.transaction_status, db.info.encoding, db.info.parameter_status("standard_conforming_strings"))
db.close()

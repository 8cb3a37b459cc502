"""The database: engine, transactions, exclusive locks and schema upgrades."""

import json
import re
import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast
from zlib import crc32

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from matcher.domain.errors import DatabaseAway, InvalidInput, StoreError
from matcher.domain.system_errors import system_words

Transaction = Session
"""What a use case holds while it reads or writes: it is passed on to queries, and asked nothing itself."""
if TYPE_CHECKING:
    from alembic.config import Config

_BUSY_MILLISECONDS = 30_000
"""How long SQLite waits for another writer."""

_HALF_PAIR = re.compile("[\ud800-\udfff]")

_MIGRATIONS = Path(__file__).parent / "migrations"
_WRITING = crc32(b"matcher.writing")

_WHERE = frozenset({"host", "port", "dbname"})
"""Parameters of a database URL that say where the database is; any other may be a secret."""


@dataclass(frozen=True, slots=True)
class Database:
    """One engine; sessions are short and never shared between threads."""

    engine: Engine = field(repr=False)
    _looking: "_Looking" = field(default_factory=lambda: _Looking(), repr=False, compare=False)

    @classmethod
    def open(cls, url: str) -> "Database":
        """Open `url`. Nothing is connected yet; an SQLite file is made by the first connection.

        Parameters of statements, which may be personal data, appear in no error message.

        Raises:
            InvalidInput: `url` names no database this program can use.
        """
        parsed = _supported(url)
        if parsed.get_backend_name() != "sqlite":
            return cls(
                create_engine(parsed, pool_pre_ping=True, hide_parameters=True, json_serializer=_as_json)
            )
        engine = create_engine(parsed, hide_parameters=True, json_serializer=_as_json)
        event.listen(engine, "do_connect", _make_private)
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return cls(engine)

    @property
    def address(self) -> str:
        """Where the database is, as an operator may read it: without password and other parameters."""
        url = self.engine.url
        where = {name: value for name, value in url.query.items() if name in _WHERE}
        return url.set(query=where).render_as_string(hide_password=True)

    @property
    def url(self) -> str:
        """What `open` opens again, in another process: with the password, so it is never shown or logged."""
        return self.engine.url.render_as_string(hide_password=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session over one consistent snapshot, never committed."""
        with self._reaching(), Session(self.engine, expire_on_commit=False) as session:
            if self.engine.dialect.name == "postgresql":
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def writing(self, *, dry_run: bool = False) -> Iterator[Session]:
        """A session whose one transaction commits on leaving, or is undone by an exception or a dry run.

        The write lock is taken first, so that two writers queue instead of failing: what one reads to
        decide by (is this key free?) still holds when it writes.
        """
        with (
            self._reaching(),
            Session(self.engine, expire_on_commit=False) as session,
            session.begin() as change,
        ):
            self._lock(session)
            yield session
            if dry_run:
                change.rollback()

    @contextmanager
    def writing_after(self, lay_out: Callable[[Session], object]) -> Iterator[Session]:
        """As `writing`, after `lay_out` has filled temporary tables on the same connection.

        That needs no lock: other writers wait for what is done in the block alone. The connection is
        closed at the end, and with it the temporary tables are gone.
        """
        with self._reaching(), self.engine.connect() as connection:
            try:
                with Session(connection) as session, session.begin():
                    lay_out(session)
                with Session(connection, expire_on_commit=False) as session, session.begin():
                    self._lock(session)
                    yield session
            finally:
                connection.invalidate()

    def _lock(self, session: Session) -> None:
        """Begin a session's transaction with the write lock."""
        connection = session.connection(execution_options={"begin": "BEGIN IMMEDIATE"})
        if self.engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _WRITING})

    def note(self, write: Callable[[Session], object]) -> None:
        """Write something small that may be lost: where another writer is at work, it is left out."""
        with suppress(OperationalError), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
                _write_through(connection, write)
                return
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            try:
                _write_through(connection, write)
            finally:
                connection.rollback()
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")

    @contextmanager
    def exclusive(self, name: str, *, wait: bool) -> Iterator[bool]:
        """Hold the installation-wide lock `name`; yields False where another holds it and `wait` is off.

        The operating system or the server frees the lock when its holder dies, so none is ever stale.
        """
        if self.engine.dialect.name == "sqlite":
            from filelock import FileLock, Timeout  # brings asyncio: 0.03 s of processor time

            lock = FileLock(f"{self.engine.url.database}.{name}.lock", timeout=-1 if wait else 0)
            try:
                lock.acquire()
            except Timeout:
                yield False
                return
            try:
                yield True
            finally:
                lock.release()
            return
        with self._connected() as opened:
            connection = opened.execution_options(isolation_level="AUTOCOMMIT")
            number = crc32(f"matcher.{name}".encode())
            function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
            locked = connection.scalar(text(f"SELECT {function}(:number)"), {"number": number}) is not False
            try:
                yield locked
            finally:
                if locked:
                    connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})

    def upgrade(self) -> None:
        """Bring the schema to the newest migration; two at once queue.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        from alembic import command  # 0.12 s of processor time, and a schema changes once a release

        with self._connected():
            pass
        with self.exclusive("schema", wait=True), self.engine.connect() as connection:
            config = _alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    def ensure_schema(self) -> None:
        """Make the schema of an empty database, and check any other as `check_schema` does."""
        if self._is_empty():
            self.upgrade()
        self.check_schema()

    def check_schema(self) -> None:
        """Raise StoreError where the database is at another schema, DatabaseAway where it does not answer."""
        head = newest_migration()
        with self._connected() as connection:
            current = _revision(connection)
        if current != head:
            raise StoreError(
                f"数据库结构版本为 {current}，程序需要 {head}。请先运行 matcher db upgrade。",
                f"the database is at schema {current}, this program needs {head}: run `matcher db upgrade`.",
            )

    def _is_empty(self) -> bool:
        with self._connected() as connection:
            return not inspect(connection).get_table_names()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._reaching(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Say in one sentence that the database is away or was busy for too long."""
        try:
            yield
        except DatabaseError as error:
            # A file that is no database is a DatabaseError itself; other subclasses are about a statement.
            if type(error) not in (DatabaseError, OperationalError):
                raise
            said = str(error.orig)
            raise DatabaseAway(
                f"无法使用数据库 {self.address}：{_SQLITE_SAYS.get(said, said)}。请检查 "
                "MATCHER_DATABASE_URL 或 MATCHER_DATA_DIR，若数据库正忙请稍后再试。",
                f"cannot use the database {self.address}: {said}. Check MATCHER_DATABASE_URL or "
                "MATCHER_DATA_DIR; if it is busy, try again later.",
            ) from error

    @property
    def stamps_at_once(self) -> bool:
        """Whether `stamp` reads shared memory of this machine, and waits for no server."""
        return self.engine.dialect.name == "sqlite"

    def stamp(self) -> Hashable:
        """What has been committed until now: between two stamps that are equal nothing has been, by anyone.

        In SQLite it is `PRAGMA data_version` on a connection that never writes, which tells of every other
        connection's commits; in PostgreSQL the snapshot, which every commit changes. It takes no lock.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        with self._reaching():
            if self.engine.dialect.name == "sqlite":
                return self._looking.data_version(self.engine)
            with self.engine.connect() as opened:
                connection = opened.execution_options(isolation_level="AUTOCOMMIT")
                snapshot: str = connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()
                return snapshot

    def schema_revision(self) -> str | None:
        """The migration the database is at; None for an empty one."""
        with self._connected() as connection:
            return _revision(connection)

    def close(self) -> None:
        """Close every pooled connection."""
        self._looking.close()
        self.engine.dispose()


class _Looking:
    """The one connection to an SQLite file that only asks whether others have written."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._connection: PoolProxiedConnection | None = None
        self._opened = 0

    def data_version(self, engine: Engine) -> Hashable:
        """The file's data version as this connection counts it, with which connection that is; what is equal
        to nothing where the file does not answer at once, of which the next question will say why."""
        with self._lock, suppress(sqlite3.Error):
            if self._connection is None:
                self._connection = engine.raw_connection()
                self._connection.detach()
                self._opened += 1
                self._file.execute("PRAGMA busy_timeout=0")
            return self._opened, self._file.execute("PRAGMA data_version").fetchone()[0]
        return object()

    @property
    def _file(self) -> sqlite3.Connection:
        assert self._connection is not None
        return cast(sqlite3.Connection, self._connection.dbapi_connection)

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _as_json(value: object) -> str:
    """A value as a JSON column keeps it: Chinese as it is, in half the bytes of its escapes.

    Half of a surrogate pair, which no database takes for a character, stays an escape.
    """
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if _HALF_PAIR.search(text) else text


def _write_through(connection: Connection, write: Callable[[Session], object]) -> None:
    with Session(connection) as session:
        write(session)
        session.flush()
    connection.commit()


def _supported(url: str) -> URL:
    # A port that is no number is a ValueError that quotes it, and it may be the rest of a password.
    with suppress(ArgumentError, ValueError):
        parsed = make_url(url)
        if parsed.drivername == "postgresql+psycopg" and _is_torn(url, parsed):
            raise InvalidInput(
                "MATCHER_DATABASE_URL 中的 @ 只能用来分隔密码和主机；用户名、密码中的 @ 请写成 %40，"
                "/ 写成 %2F，: 写成 %3A。",
                "in MATCHER_DATABASE_URL an @ stands between password and host alone: write %40 for it in a "
                "user or password, %2F for / and %3A for a colon.",
                field="MATCHER_DATABASE_URL",
            )
        if parsed.drivername in {"sqlite", "postgresql+psycopg"}:
            return parsed
    raise InvalidInput(
        "MATCHER_DATABASE_URL 不是可用的数据库地址；应形如 postgresql://用户:密码@主机/库名。",
        "MATCHER_DATABASE_URL is no usable database URL; it reads like postgresql://user:password@host/name.",
        field="MATCHER_DATABASE_URL",
    )


def _is_torn(url: str, parsed: URL) -> bool:
    """Whether an unencoded sign has made host, port or database of a part of the password."""
    if parsed.username is None:
        return "@" in url.partition("?")[0]
    return url.count("@") > 1


def _configure_sqlite(connection: object, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


_SQLITE_SAYS = {
    "database is locked": "数据库正忙",
    "unable to open database file": "打不开数据库文件",
    "file is not a database": "该文件不是数据库",
    "database disk image is malformed": "数据库文件已损坏",
    "attempt to write a readonly database": "数据库是只读的",
    "database or disk is full": "磁盘空间不足",
    "disk I/O error": "磁盘读写出错",
}
"""What SQLite says → the same in Chinese; PostgreSQL speaks the language that it is set to."""


def _make_private(
    _dialect: Dialect, _record: ConnectionPoolEntry, arguments: list[str], _options: dict[str, object]
) -> None:
    """Make a missing SQLite file for its owner alone to read; its journals take over its mode."""
    path = Path(arguments[0])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        zh, en = system_words(error)
        raise DatabaseAway(
            f"无法建立数据库文件 {path}：{zh}。请检查 MATCHER_DATA_DIR。",
            f"cannot make the database file {path}: {en}. Check MATCHER_DATA_DIR.",
        ) from error


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def newest_migration() -> str:
    """The schema this program needs: the number that the newest migration's file begins with."""
    return max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _revision(connection: Connection) -> str | None:
    """Where Alembic's own table says the schema is; None where there is no such table."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _alembic_config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config

"""A PostgreSQL server of the tests' own: private, in a temporary folder, gone at the end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Speed over safety: the data die with the tests.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}

KEEP = """
do $$ declare t text; begin
  create schema kept;
  for t in select tablename from pg_tables where schemaname = 'public' loop
    execute format('create table kept.%1$I as table public.%1$I', t);
  end loop;
end $$
"""
#: Whoever still holds a connection is cut; only what was written is looked at: a table without
#: a page was never touched, a sequence without a last value gave nothing.
RESET = """
do $$ declare t text; s text; differs boolean; begin
  perform pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid();
  set local session_replication_role = replica;
  alter table audit_event enable trigger all;
  for t in select relname from pg_class where relnamespace = 'public'::regnamespace
      and relkind = 'r' and pg_relation_size(oid) > 0 loop
    execute format('select exists (table public.%1$I except table kept.%1$I) or exists '
      '(table kept.%1$I except table public.%1$I)', t) into differs;
    if differs then
      execute format('truncate public.%1$I cascade', t);
    end if;
  end loop;
  for t in select relname from pg_class where relnamespace = 'kept'::regnamespace
      and relkind = 'r' and pg_relation_size(oid) > 0 loop
    execute format('insert into public.%1$I table kept.%1$I on conflict do nothing', t);
  end loop;
  for s in select sequencename from pg_sequences
      where schemaname = 'public' and last_value is not null loop
    t := regexp_replace(s, '_id_seq$', '');
    execute format('select setval(%L, (select coalesce(max(id), 0) + 1 from public.%I), false)', s, t);
  end loop;
end $$
"""


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL installed, None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent if found else None


class Server:
    """A running server; `address(name)` is the address of a database of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def address(self, name: str) -> str:
        return f"postgresql:///{name}?host={self.folder}&user=postgres"

    def create(self, name: str, template: str = "template1") -> str:
        """Make a database, as a copy of another in milliseconds; return its address."""
        self._order(f'create database "{name}" template "{template}" strategy file_copy')
        return self.address(name)

    def keep(self, name: str) -> None:
        """Remember the rows of a database, for `reset`."""
        self._order(KEEP, name)

    def reset(self, name: str) -> None:
        """Bring a database back to the rows it was kept with, much faster than a new one."""
        self._order(RESET, name)

    def drop(self, name: str) -> None:
        self._order(f'drop database if exists "{name}" with (force)')

    def _order(self, statement: str, name: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(self.address(name), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def server() -> Iterator[Server]:
    """Start a server for as long as the block lasts."""
    binaries = programs()
    if binaries is None:
        raise RuntimeError("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="o2s-pg-"))
    owner = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if owner:
        shutil.chown(folder, owner)
    data = folder / "data"
    settings = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries / program), *arguments]
        subprocess.run(
            command,
            user=owner,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    try:
        run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        log = str(folder / "log")
        run("pg_ctl", "-D", str(data), "-l", log, "-w", "-o", f"-k {folder} {settings}", "start")
        try:
            yield Server(folder)
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)

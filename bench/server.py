"""A private PostgreSQL server for the benchmark, and what one of its backends costs."""

import contextlib
import os
import pathlib
import pwd
import re
import socket
import struct
import subprocess
import threading
import time

import psycopg2

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "4GB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "autovacuum": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "replica",
    # No checkpoint falls into a measurement.
    "max_wal_size": "32GB",
    "checkpoint_timeout": "1h",
    "TimeZone": "UTC",
    "log_min_messages": "warning",
}

EXPORT_SETTINGS = {
    "shared_preload_libraries": "export",
    # The peers digest nothing; what it costs is measured beside (see DIGEST in run.py).
    "export.audit_digest": "stored",
}


def pg_config(what):
    return subprocess.check_output(["pg_config", what], text=True).strip()


def extension_installed():
    return pathlib.Path(pg_config("--pkglibdir"), "export.so").exists()


class Server:
    """Runs as user postgres if we are root, else as ourselves; reachable by Unix socket only."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.output = self.folder / "output"
        self.documents = self.folder / "documents"
        self.bin = pathlib.Path(pg_config("--bindir"))

    def _run(self, *command):
        user = "postgres" if os.geteuid() == 0 else None
        subprocess.run([str(part) for part in command], check=True, user=user, group=user,
                       extra_groups=[] if user else None, cwd="/", stdout=subprocess.DEVNULL)

    def start(self):
        if not self.data.exists():
            self._create()
        options = dict(SETTINGS, unix_socket_directories=str(self.folder))
        if extension_installed():
            options |= EXPORT_SETTINGS | {"export.directory": str(self.documents)}
        (self.data / "postgresql.auto.conf").write_text(
            "".join(f"{name} = '{value}'\n" for name, value in options.items()))
        self._run(self.bin / "pg_ctl", "-w", "-D", self.data, "-l", self.folder / "log", "start")

    def _create(self):
        self.output.mkdir(parents=True)
        self.documents.mkdir(mode=0o700)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            for path in (self.folder, self.output, self.documents):
                os.chown(path, user.pw_uid, user.pw_gid)
        self._run(self.bin / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust",
                  "-E", "UTF8", "--locale=C.UTF-8")

    def stop(self):
        self._run(self.bin / "pg_ctl", "-w", "-D", self.data, "-m", "fast", "stop")

    def psql(self, script, **variables):
        assignments = [f"--set={name}={value}" for name, value in variables.items()]
        subprocess.run([self.bin / "psql", "-X", "-q", "-h", self.folder, "-U", "postgres",
                        *assignments, "-f", script], check=True, stdout=subprocess.DEVNULL)

    def connect(self):
        connection = psycopg2.connect(host=str(self.folder), user="postgres", dbname="postgres")
        connection.autocommit = True
        return connection


class Discarder:
    """A client that reads a COPY TO STDOUT and throws it away.

    It parses no messages: a client that makes an object of each row would be slower than the
    server, and the server is what we measure.
    """

    _READY = b"Z\x00\x00\x00\x05I"  # zero bytes never occur in text: this ends a reply

    def __init__(self, server):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(server.folder / ".s.PGSQL.5432"))
        self._buffer = bytearray(1 << 20)
        body = struct.pack("!i", 196608) + b"user\0postgres\0database\0postgres\0\0"
        self._socket.sendall(struct.pack("!i", len(body) + 4) + body)
        greeting, _ = self._reply()
        key_data = greeting.index(b"K\x00\x00\x00\x0c")
        self.pid = struct.unpack_from("!i", greeting, key_data + 5)[0]

    def _reply(self):
        """The end of the reply and its number of bytes."""
        total, tail = 0, b""
        while not tail.endswith(self._READY):
            size = self._socket.recv_into(self._buffer)
            if size == 0:
                raise ConnectionError("the server closed the connection")
            total += size
            tail = (tail + bytes(self._buffer[max(0, size - 4096):size]))[-4096:]
        return tail, total

    def execute(self, statement):
        body = statement.encode() + b"\0"
        self._socket.sendall(b"Q" + struct.pack("!i", len(body) + 4) + body)
        tail, total = self._reply()
        if not re.search(rb"COPY \d+\0$", tail.removesuffix(self._READY)):
            raise RuntimeError(f"{statement}: {tail!r}")
        return total

    def close(self):
        self._socket.close()


class Backend:
    """Processor time and memory of one backend, as the kernel counts them."""

    def __init__(self, pid, core):
        self._folder = pathlib.Path("/proc", str(pid))
        os.sched_setaffinity(pid, {core})

    def cpu_seconds(self):
        return int((self._folder / "schedstat").read_text().split()[0]) / 1e9

    def _memory(self, field):
        for line in (self._folder / "status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise KeyError(field)

    def reset_peak(self):
        (self._folder / "clear_refs").write_text("5")

    def private_peak(self):
        """Since reset_peak().  Shared buffers are all mapped by then, so they can be subtracted."""
        return self._memory("VmHWM") - self._memory("RssShmem")

    @contextlib.contextmanager
    def watch_anonymous_memory(self):
        """Yields a list whose only element becomes the peak of RssAnon inside the block."""
        peak = [self._memory("RssAnon")]
        done = threading.Event()

        def sample():
            while not done.wait(0.002):
                peak[0] = max(peak[0], self._memory("RssAnon"))

        sampler = threading.Thread(target=sample)
        sampler.start()
        try:
            yield peak
        finally:
            done.set()
            sampler.join()
            peak[0] = max(peak[0], self._memory("RssAnon"))

    def measure(self, action):
        """Runs action(); returns (wall seconds, processor seconds, peak of private memory)."""
        self.reset_peak()
        cpu = self.cpu_seconds()
        start = time.perf_counter()
        action()
        wall = time.perf_counter() - start
        return wall, self.cpu_seconds() - cpu, self.private_peak()


def anonymous_peak(server, statement, core):
    """Of a new backend that runs the statement, in bytes."""
    with contextlib.closing(server.connect()) as connection:
        backend = Backend(connection.info.backend_pid, core)
        with backend.watch_anonymous_memory() as peak:
            connection.cursor().execute(statement)
        return peak[0]

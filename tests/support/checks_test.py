#!/usr/bin/env python3
"""The checks of this folder, each shown what it must refuse and what it must let pass."""

import pathlib
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def run(script, *arguments):
    """True if the check is content."""
    return (
        subprocess.run(
            [HERE / script, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ).returncode
        == 0
    )


class Tree(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


class Includes(Tree):
    def content_with(self, name, text):
        self.put(name, text)
        return run("check_includes.py", self.root)

    def test_nothing_to_check_is_a_failure(self):
        self.assertFalse(run("check_includes.py", self.root))

    def test_arrows(self):
        self.assertTrue(self.content_with("extension/formats/a.cc", '#include "core/cell.h"\n'))
        self.assertTrue(self.content_with("extension/server/a.cc", '#include "bridge/doors.h"\n'))
        self.assertFalse(self.content_with("extension/core/a.cc", '#include "formats/format.h"\n'))

    def test_bridge_may_not_include_server(self):
        self.assertFalse(self.content_with("extension/bridge/a.cc", '#include "server/query.h"\n'))

    def test_postgres_in_a_cpp_only_folder(self):
        self.assertTrue(self.content_with("extension/bridge/a.cc", '#include "postgres.h"\n'))
        self.assertFalse(self.content_with("extension/core/a.cc", '#include "postgres.h"\n'))

    def test_postgres_in_brackets(self):
        self.assertFalse(self.content_with("extension/core/a.cc", "#include <postgres.h>\n"))

    def test_openssl_outside_crypto(self):
        self.assertTrue(self.content_with("extension/crypto/a.cc", "#include <openssl/evp.h>\n"))
        self.assertFalse(self.content_with("extension/core/a.cc", "#include <openssl/evp.h>\n"))

    def test_compressors_outside_compress(self):
        self.assertTrue(self.content_with("extension/core/compress/a.cc", "#include <zstd.h>\n"))
        self.assertFalse(self.content_with("extension/core/a.cc", "#include <zstd.h>\n"))

    def test_tripwire_is_last(self):
        last = '#include <string>\n#include "core/no_postgres.h"\n'
        self.assertTrue(self.content_with("extension/core/a.h", last))
        first = '#include "core/no_postgres.h"\n#include <string>\n'
        self.assertFalse(self.content_with("extension/core/a.h", first))

    def test_tripwire_is_there(self):
        self.assertFalse(self.content_with("dsl/a.h", "#include <string>\n"))


class Errors(Tree):
    def content_with(self, text, name="extension/server/a.cc"):
        self.put("extension/bridge/b.cc", "\n")
        self.put(name, text)
        return run("check_errors.py", self.root)

    def test_ereport(self):
        self.assertTrue(
            self.content_with('ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg(")")));\n')
        )
        self.assertTrue(
            self.content_with('ereport(ERROR, errcode_for_file_access(), errmsg("x"));\n')
        )
        self.assertTrue(self.content_with('ereport(LOG, errmsg("x"));\n'))
        self.assertFalse(self.content_with('ereport(ERROR,\n        errmsg("x"));\n'))
        self.assertFalse(self.content_with('ereport(FATAL, (errmsg("errcode(")));\n'))

    def test_commented_errcode_does_not_count(self):
        self.assertFalse(self.content_with('ereport(ERROR, /* errcode(1) */ errmsg("x"));\n'))

    def test_elog(self):
        self.assertTrue(self.content_with('elog(ERROR, "cache lookup failed for type %u", id);\n'))
        self.assertTrue(self.content_with('elog(DEBUG1, "anything");\n'))
        self.assertFalse(self.content_with('elog(ERROR, "no such file");\n'))

    def test_words(self):
        self.assertFalse(self.content_with("later: TODO\n", "docs/page.md"))
        self.assertFalse(self.content_with("see /root/notes\n", "docs/page.md"))
        self.assertTrue(self.content_with("see tests/work/notes\n", "docs/page.md"))


class Logs(Tree):
    def test_log(self):
        self.assertTrue(run("check_log.sh", self.put("log", "LOG:  ready\n")))
        for line in ("was terminated by signal 11: Segmentation fault", "TRAP: x", "PANIC:  x"):
            self.assertFalse(run("check_log.sh", self.put("log", line + "\n")), line)

    def test_killed_by_the_test(self):
        log = self.put("log", "server process (PID 7) was terminated by signal 9: Killed\n")
        self.assertFalse(run("check_log.sh", log))
        self.assertTrue(run("check_log.sh", "--allow-kill", log))
        for signal in (6, 11):
            self.put("log", f"was terminated by signal {signal}: x\n")
            self.assertFalse(run("check_log.sh", "--allow-kill", log), signal)

    def test_absent_log(self):
        self.assertFalse(run("check_log.sh", self.root / "absent"))


class Exports(Tree):
    def content_with(self, source):
        path = self.put("module.c", "int Pg_magic_func(void) { return 0; }\n" + source)
        module = self.root / "export.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", module, path], check=True)
        return run("check_exports.sh", module)

    def test_exports(self):
        self.assertTrue(self.content_with("int export_run(void) { return 0; }\n"))
        self.assertFalse(self.content_with("int helper(void) { return 0; }\n"))

    def test_not_a_module(self):
        self.assertFalse(run("check_exports.sh", self.put("export.so", "")))


if __name__ == "__main__":
    unittest.main()

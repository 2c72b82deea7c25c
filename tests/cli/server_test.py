"""A store on a PostgreSQL server: pushed runs read the same as in a file."""

import json
import subprocess
import sys
import unittest

from assay_case import COPY, PROGRAM, SOURCE, TRIAD, AssayCase


class Server(AssayCase):
    devices = "good,wrong-element"

    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen(
            [sys.executable, SOURCE / "tests/postgresql/server.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        cls.socket = cls.server.stdout.readline().strip()
        if not cls.socket.startswith("/"):
            cls.tearDownClass()
            raise unittest.SkipTest(cls.socket)
        cls.databases = 0

    @classmethod
    def tearDownClass(cls):
        cls.server.communicate()

    def setUp(self):
        super().setUp()
        Server.databases += 1
        self.database = f"test_{Server.databases}"
        self.administer(f"CREATE DATABASE {self.database}")
        self.url = f"postgresql://assay@/{self.database}?host={self.socket}"
        if "without PostgreSQL" in self.assay("show", "--db", self.url).stderr:
            self.skipTest("assay was built without PostgreSQL")

    def administer(self, sql, database="postgres"):
        return subprocess.run(
            ["psql", "-qtAX", "-h", self.socket, "-U", "assay", "-d", database, "-c", sql],
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def test_every_verb_reads_the_same_from_both(self):
        self.measure(COPY, TRIAD, exit_code=1)
        self.measure(COPY, exit_code=1)
        pushed = self.assay("push", "--all", "--to", self.url, exit_code=0).stdout
        self.assertIn("of 2 runs to postgresql://", " ".join(pushed.split()))
        (older, newer) = (run["id"] for run in reversed(self.runs()))
        record = self.records(older)[0]["id"]
        for arguments in (
            ("show",),
            ("show", older, "--json"),
            ("show", "--runs"),
            ("show", "--record", record),
            ("show", older, "--csv", "--operation", "TRIAD"),
            ("check",),
            ("check", "waic-2025", "--all-runs", "--json"),
            ("compare", older, newer),
            ("export", "--all", "--format", "json-lines"),
            ("export", "--format", "junit"),
            ("history",),
            ("regress", "--json"),
        ):
            with self.subTest(arguments):
                here = self.assay(*arguments)
                there = self.assay(*arguments, ASSAY_DB=self.url)
                self.assertEqual(self.named(there.stdout), self.named(here.stdout))
                self.assertEqual(self.named(there.stderr), self.named(here.stderr))
                self.assertEqual(there.returncode, here.returncode)
                self.assertNotEqual(here.stdout, "")
        for db in (self.store, self.url):
            self.assay("report", "--db", db, "--output", "report.html", "--force", exit_code=0)

    def named(self, text):
        return text.replace(self.url, "STORE").replace(str(self.store), "STORE")

    def runs(self, **environment):
        return json.loads(self.assay("show", "--runs", "--json", exit_code=0, **environment).stdout)

    def test_pushing_twice_adds_nothing(self):
        self.measure(COPY, exit_code=1)
        first = json.loads(self.assay("push", "--to", self.url, "--json", exit_code=0).stdout)
        self.assertEqual(first["added"], {"runs": 1, "records": 4, "environments": 1})
        self.assertEqual(first["known_records"], 0)
        again = json.loads(self.assay("push", "--to", self.url, "--json", exit_code=0).stdout)
        self.assertEqual(again["added"], {"runs": 0, "records": 0, "environments": 0})
        self.assertEqual(again["known_records"], 4)
        text = self.assay("push", "--to", self.url, exit_code=0).stdout
        self.assertIn("pushed 0 records of 1 run", text)
        self.assertIn("4 records were there already", " ".join(text.split()))
        # Push them back into a file.
        file = self.folder / "copy.db"
        self.assay("push", "--db", self.url, "--to", file, exit_code=0)
        self.assertEqual(self.records(), self.records("--db", file))

    def test_a_run_is_measured_into_a_server_and_resumed(self):
        there = {"ASSAY_DB": self.url}
        done = self.measure(COPY, exit_code=1, **there)
        self.assertIn(f"store {self.url}", done.stdout)
        self.assertFalse(self.store.exists())
        (run,) = self.runs(**there)
        self.assertNotEqual(run["ended"], "")
        self.assertIn("is complete", self.assay("run", "--resume", exit_code=0, **there).stdout)
        words = self.assay("completion", "words", "--", "show", "", exit_code=0, **there).stdout
        self.assertIn(run["id"][:8], words)

    def test_no_password_is_kept_or_shown(self):
        url = self.url.replace("assay@", "assay:open-sesame@")
        done = self.measure(COPY, exit_code=1, options=("--db", url))
        self.assertIn("assay:***@", done.stdout)
        self.assay("push", "--db", url, "--to", self.store, exit_code=0)
        dump = subprocess.run(
            ["pg_dump", self.url], check=True, capture_output=True, text=True
        ).stdout
        self.assertIn("assay:***@", dump)
        for text in (done.stdout, done.stderr, dump):
            self.assertNotIn("open-sesame", text)
        self.assertNotIn(b"open-sesame", self.store.read_bytes())

    def test_a_refused_login_gives_one_error_with_its_hint(self):
        self.measure(COPY, exit_code=1)
        for url, expected in (
            (self.url.replace("/test_", "/none_"), "createdb --encoding=UTF8 none_"),
            (self.url.replace("assay@", "guest:wrong@"), "check the user and the password"),
            ("postgresql://assay@/x?host=/nowhere", "whether the server runs"),
            ("postgresql://a:b@c@d/x", "%40"),
            ("mysql://x/y", "postgresql://USER@HOST/DATABASE"),
        ):
            for arguments in (("show", "--db", url), ("push", "--to", url, "--db", self.store)):
                with self.subTest(url=url, arguments=arguments):
                    done = self.assay(*arguments, exit_code=2)
                    self.assertEqual(done.stderr.count("error:"), 1)
                    self.assertIn(expected, done.stderr)
                    self.assertNotIn("wrong", done.stderr)
                    self.assertEqual(done.stdout, "")

    def exported(self, name, count):
        """A file of many records."""
        self.measure(COPY, options=("--implementation", "native/fake"), exit_code=1)
        file = self.folder / "one.jsonl"
        self.assay("export", "--format", "json-lines", "-o", file, exit_code=0)
        lines = file.read_text().splitlines()
        record = json.loads(next(line for line in lines if '"problem"' in line))
        many = self.folder / f"{name}.jsonl"
        with many.open("w", encoding="utf-8") as out:
            print(*(line for line in lines if '"problem"' not in line), sep="\n", file=out)
            for number in range(count):
                record["id"] = f"{name}-0000-4000-8000-{number:012d}"
                print(json.dumps(record, separators=(",", ":")), file=out)
        return many

    def test_two_processes_write_at_once(self):
        files = [self.exported(f"0000000{number}", 2000) for number in range(2)]
        writers = [
            subprocess.Popen([PROGRAM, "import", file, "--db", self.url], env=self.environment,
                             stdout=subprocess.DEVNULL)
            for file in files
        ]  # fmt: skip
        self.assertEqual([writer.wait() for writer in writers], [0, 0])
        self.assertEqual(self.count(), 4000)

    def test_a_push_that_lost_its_server_half_way_is_repaired_by_the_next(self):
        self.assay("import", self.exported("00000000", 1500), exit_code=0)
        self.assay("push", "--to", self.url, "--db", self.empty_run(), exit_code=0)
        self.administer(
            """CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
               CREATE TRIGGER cut BEFORE INSERT ON assay.record FOR EACH ROW
                 WHEN (NEW.id LIKE '%000000000700') EXECUTE FUNCTION cut()""",
            self.database,
        )
        done = self.assay("push", "--to", self.url, exit_code=2)
        self.assertIn("the connection is lost", done.stderr)
        self.assertIn("repeat the command", done.stderr)
        kept = self.count()
        self.assertTrue(0 < kept < 700, f"{kept} records before the one that was cut")
        self.administer("DROP TRIGGER cut ON assay.record", self.database)
        done = self.assay("push", "--to", self.url, exit_code=0)
        self.assertIn(f"pushed {1502 - kept} records of 1 run", done.stdout)
        self.assertEqual(self.count(), 1502)

    def empty_run(self):
        """A store with a run without records, so that pushing it creates only the tables."""
        file = self.folder / "empty.jsonl"
        lines = (self.folder / "one.jsonl").read_text().splitlines()
        file.write_text("".join(line + "\n" for line in lines if '"problem"' not in line))
        store = self.folder / "empty.db"
        self.assay("import", file, "--db", store, exit_code=0)
        return store

    def count(self):
        return int(self.administer("SELECT count(*) FROM assay.record", self.database))

    def test_it_can_be_read_with_read_rights_only(self):
        self.measure(COPY, exit_code=1)
        self.assay("push", "--to", self.url, exit_code=0)
        guest = self.url.replace("assay@", "guest@")
        password = {"PGPASSWORD": "open: sesame/@"}
        refused = self.assay("show", "--db", guest, exit_code=2, **password)
        self.assertIn('GRANT USAGE ON SCHEMA assay TO "guest"', refused.stderr)
        self.administer(
            "GRANT USAGE ON SCHEMA assay TO guest;"
            "GRANT SELECT ON ALL TABLES IN SCHEMA assay TO guest",
            self.database,
        )
        self.assay("show", "--db", guest, exit_code=0, **password)
        refused = self.assay("push", "--to", guest, exit_code=0, **password)
        self.assertIn("pushed 0 records", refused.stdout)


if __name__ == "__main__":
    unittest.main()

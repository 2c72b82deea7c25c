"""Deep, long and endless input: refused by a short error, with little memory and without waiting."""

import concurrent.futures
import json
import os
import resource
import socket
import subprocess
import unittest

from assay_case import COPY, PROGRAM, AssayCase

COUNT = 50000
DEEP = {
    "dots": ".".join(["a"] * COUNT),
    "brackets": "[" * COUNT,
    "closed": "[" * COUNT + "]" * COUNT,
    "braces": "{" * COUNT,
    "tables": "{a=" * COUNT,
    "dotted tables": "{a.a.a.a.a.a.a.a.a=" * 250 + "1" + "}" * 250,
    "objects": '{"a":' * COUNT + "1" + "}" * COUNT,
    "parentheses": "(" * COUNT,
    "minus signs": "-" * COUNT,
}
SUITE = 'name = "x"\n[[problem]]\noperation = "copy"\ntype = "f32"\nn = '
CLAIM = """
[sources.page]
title = "t"
publisher = "p"
url = "https://example.org/"
section = "s"
date = "2025-11-25"
read = "2025-11-26"
[[set]]
id = "mine"
title = "t"
[[system]]
id = "box"
name = "box"
vendor = "v"
kind = "node"
match = { name = MATCH }
[[claim]]
id = "one"
statement = STATEMENT
quote = "q"
sets = ["mine"]
system = "box"
quantity = QUANTITY
value = VALUE
standing = "specification"
source = "page"
[claim.test]
quantity = TEST
problems = { gemm = PROBLEM }
run = ["matmul m=8 n=8 k=8 a=bf16 b=bf16 c=bf16"]
"""
FIELDS = {
    "MATCH": "box", "STATEMENT": "box peaks at 1 TFLOP/s", "QUANTITY": "peak.bf16",
    "VALUE": "1 TFLOP/s", "TEST": "rate.flop(gemm)", "PROBLEM": "matmul a=bf16 b=bf16",
}
LARGE = 100_000_000


def system(name, parts):
    listed = ", ".join(f'"{part}" = 2' for part in parts)
    return f'[[system]]\nid = "{name}"\nname = "{name}"\nvendor = "v"\nkind = "node"\nparts = {{ {listed} }}\n'


class Limits(AssayCase):
    def refused(self, *arguments, stdin=None):
        """Runs within a limit of processor time and memory, and expects a short error."""

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (30, 30))

        done = subprocess.run(
            [PROGRAM, *map(str, arguments)], env=self.environment, cwd=self.folder,
            stdin=stdin or subprocess.DEVNULL, capture_output=True, check=False, preexec_fn=limit,
        )
        text = done.stderr.decode()
        self.assertEqual(done.returncode, 2, f"{arguments}: {text[:2000]}")
        self.assertIn("assay: error:", text)
        self.assertLess(max(map(len, text.splitlines())), 2500)
        return text

    def file(self, name, *parts):
        path = self.folder / name
        with open(path, "w", encoding="utf-8") as out:
            for part in parts:
                out.write(part)
        return path

    def test_deep_problems_are_refused(self):
        for name, deep in DEEP.items():
            with self.subTest(name):
                self.refused("run", "--problem", deep[:120000])
                self.refused("run", "--problem", f"copy type=f32 n={deep}"[:120000])

    def test_deep_suites_are_refused(self):
        for name, deep in DEEP.items():
            for text in (f"{deep} = 1\n{SUITE}1\n", f"[{deep}]\n{SUITE}1\n", f"{SUITE}{deep}\n",
                         f"{SUITE}1\n[[{deep}]]\n", SUITE + json.dumps(deep) + "\n"):
                with self.subTest(f"{name} {text[:20]}"):
                    self.refused("suites", self.file("deep.toml", text))

    def test_deep_claims_are_refused(self):
        for name, deep in DEEP.items():
            for text in (f"{deep} = 1\n{CLAIM}", f"[{deep}]\n{CLAIM}", f"{CLAIM}\nx = {deep}\n"):
                with self.subTest(f"{name} {text[:20]}"):
                    self.refused("claims", "lint", self.file("deep.toml", text))

    def claims_with(self, **changed):
        text = CLAIM
        for field, value in {**FIELDS, **changed}.items():
            text = text.replace(f"= {field}", "= " + json.dumps(value), 1)
        return self.file("claims.toml", text)

    def test_deep_values_of_claims_are_refused(self):
        self.assay("claims", "lint", self.claims_with(), exit_code=0)
        for field in ("QUANTITY", "VALUE", "TEST", "PROBLEM", "MATCH"):
            for name, deep in DEEP.items():
                with self.subTest(f"{field} {name}"):
                    self.refused("claims", "lint", self.claims_with(**{field: deep}))
        for deep in ("(" * 100 + "1" + ")" * 100, "-" * 100 + "1"):
            self.refused("claims", "lint", self.claims_with(TEST=deep))

    def test_patterns_without_end_are_refused_or_decided(self):
        self.refused("claims", "lint", self.claims_with(MATCH="(a{0,999}){0,999}"))
        self.refused("claims", "lint", self.claims_with(MATCH="a{99999}"))
        self.measure(COPY)
        claims = self.claims_with(MATCH="(x*)*(x*)*(x*)*(o*)*y")
        self.assay("check", "mine", "--catalogue", claims)

    def test_a_long_chain_of_parts_is_refused(self):
        chain = "".join(system(f"s{i}", [f"s{i + 1}"]) for i in range(3000))
        ring = chain + system("s3000", ["s0"])
        doubled = "".join(system(f"s{i}", [f"s{i + 1}", f"t{i + 1}"])
                          + system(f"t{i}", [f"s{i + 1}", f"t{i + 1}"]) for i in range(30))
        for text in (chain + system("s3000", []), ring,
                     doubled + system("s30", []) + system("t30", [])):
            file = self.file("parts.toml", text)
            for verb in (("check", "waic-2025"), ("audit",), ("systems",)):
                self.refused(*verb, "--catalogue", file)
            done = self.assay("claims", "lint", file, exit_code=2)
            self.assertRegex(done.stderr, "levels deep|part of itself|on all levels")

    def test_large_files_are_refused(self):
        line = "x" * 1_000_000
        for name, verb in (("large.toml", ("suites",)), ("large.toml", ("claims", "lint")),
                           ("large.toml", ("regress", "--accepted"))):
            path = self.file(name, "# ", *[line] * (LARGE // len(line)), "\n", SUITE, "1\n")
            with self.subTest(verb):
                self.assertIn("MiB", self.refused(*verb, path))

    def test_long_lines_are_refused(self):
        line = "x" * 1_000_000
        long = [line] * (LARGE // len(line))
        for name, begin, end in (
            ("record", '{"schema":"', '"}'), ("run", '{"run":{"id":"', '"}}'),
            ("environment", '{"sha256":"0","environment":{"a":"', '"}}'),
            ("benchmark", '{"context":{"date":"', '"},"benchmarks":[]}'), ("junk", "", ""),
            ("csv", "run,started,", "\n"),
        ):
            path = self.file(name, begin, *long, end, "\n")
            with self.subTest(name):
                self.refused("import", path)

    def test_deep_imports_are_refused(self):
        for name in ("closed", "objects", "brackets"):
            deep = DEEP[name]
            for begin, end in (
                ('{"run":{"id":', "}}"), ('{"run":', "}"), ('{"schema":', "}"),
                ('{"sha256":"0","environment":', "}"), ('{"context":{"date":', '},"benchmarks":[]}'),
                ('{"context":{},"benchmarks":', "}"), ('[{"Accelerator":', "}]"),
            ):
                with self.subTest(f"{name} {begin}"):
                    self.refused("import", self.file("deep.json", begin, deep, end, "\n"))
                    self.refused("compare", self.file("deep.json", begin, deep, end, "\n"), "last")

    def test_a_deep_plan_is_no_plan(self):
        self.measure(COPY)
        file = self.folder / "run.jsonl"
        self.assay("export", "--format", "json-lines", "-o", file, exit_code=0)
        lines = file.read_text().splitlines()
        for deep in ("[" * 2**20, "[" * 2**19 + "]" * 2**19, '[{"a":' * 100000):
            changed = []
            for line in lines:
                one = json.loads(line)
                if "run" in one and "schema" not in one:
                    one["run"]["plan"] = deep
                    line = json.dumps(one, separators=(",", ":"))
                changed.append(line)
            file.write_text("\n".join(changed) + "\n")
            self.store.unlink(missing_ok=True)
            for verb in (("import", file), ("report", "-o", "-"), ("show",), ("verify",)):
                done = self.assay(*verb)
                self.assertIn(done.returncode, (0, 1, 2), f"{verb}: {done.stderr[:500]}")


class Endless(AssayCase):
    """Pipes, devices and sockets in the place of files."""

    def together(self, verbs):
        """Each verb with its result; they wait at the same time."""
        with concurrent.futures.ThreadPoolExecutor(len(verbs)) as pool:
            return list(zip(verbs, pool.map(lambda verb: self.assay(*verb), verbs), strict=True))

    def test_a_pipe_that_nobody_writes_is_refused(self):
        pipe = self.folder / "pipe.toml"
        os.mkfifo(pipe)
        verbs = (("suites", pipe), ("claims", "lint", pipe), ("import", pipe),
                 ("verify", pipe), ("compare", pipe, "last"), ("run", "--suite", pipe),
                 ("regress", "--accepted", pipe), ("sign", pipe, "--key", pipe))
        for verb, done in self.together(verbs):
            with self.subTest(verb):
                self.assertEqual(done.returncode, 2, done.stderr)
                said = " ".join((done.stdout + done.stderr).split())
                self.assertIn("pipe to which no program writes", said)

    def test_a_pipe_that_nobody_reads_is_refused(self):
        self.measure(COPY)
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        verbs = (("export", "--format", "csv", "-o", pipe), ("export", "--bundle", pipe),
                 ("report", "-o", pipe))
        for _, done in self.together(verbs):
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("is a pipe that no program reads", done.stderr)

    def test_devices_and_sockets_are_refused(self):
        where = self.folder / "socket"
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(where))
            for path in ("/dev/zero", "/dev/random", where):
                for verb in (("suites", f"{path}"), ("import", path), ("verify", path),
                             ("claims", "lint", path)):
                    with self.subTest(f"{verb}"):
                        self.assay(*verb, exit_code=2)
            self.measure(COPY)
            self.assay("export", "--format", "csv", "-o", where, exit_code=2)

    def test_a_pipe_of_a_shell_is_read(self):
        self.measure(COPY)
        done = subprocess.run(
            ["bash", "-c", '"$0" import <("$0" export --format json-lines)', PROGRAM],
            env=self.environment, capture_output=True, text=True, check=False,
        )
        self.assertIn(done.returncode, (0, 1), done.stderr)


if __name__ == "__main__":
    unittest.main()

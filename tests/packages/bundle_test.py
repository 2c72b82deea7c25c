"""What scripts/package makes of an installation: a small one, of the program and the module without devices."""

import base64
import csv
import hashlib
import io
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

BUILD = pathlib.Path(os.environ["ASSAY_BUILD"])
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
TOOLS = SOURCE / "scripts/packaging"
sys.path.insert(0, str(TOOLS))

import bundle_libraries  # noqa: E402
import elf  # noqa: E402


def tool(name, *arguments):
    done = subprocess.run([sys.executable, TOOLS / name, *arguments], capture_output=True, text=True, check=False,
                          env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class Start(unittest.TestCase):
    """The script that looks at the system before it starts the program of an archive."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        text = (TOOLS / "start.sh").read_text()
        for name, value in (("GLIBC_MAJOR", "2"), ("GLIBC_MINOR", "36"), ("MACHINE", "x86_64"),
                            ("LINKER", "/nowhere/ld.so")):
            text = text.replace(f"@{name}@", value)
        self.assertNotRegex(text, "@[A-Z_]+@")
        self.write("bin/assay", text)
        self.write("program/assay", "#!/bin/sh\necho \"started with $*\"\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def start(self, libc="glibc 2.36", machine="x86_64", by="bin/assay"):
        self.write("fakes/getconf", f"#!/bin/sh\n[ -n '{libc}' ] && echo '{libc}'\n")
        self.write("fakes/uname", f"#!/bin/sh\n[ $1 = -m ] && echo {machine} || echo Linux\n")
        return subprocess.run(["sh", self.root / by, "run", "a b"], capture_output=True, text=True, check=False,
                              env={"PATH": f"{self.root}/fakes:/usr/bin:/bin", "LANG": "C"})

    def test_starts_the_program(self):
        for libc in ("glibc 2.36", "glibc 2.41", "glibc 3.0"):
            self.assertEqual(self.start(libc).stdout, "started with run a b\n", libc)

    def test_starts_it_by_a_link(self):
        (self.root / "home/bin").mkdir(parents=True)
        (self.root / "home/bin/assay").symlink_to("../../bin/assay")
        self.assertEqual(self.start(by="home/bin/assay").stdout, "started with run a b\n")

    def test_says_what_is_wrong_and_what_to_do(self):
        for given, said in (({"libc": "glibc 2.31"}, "glibc 2.31, and this archive needs 2.36"),
                            ({"libc": ""}, "no glibc"),
                            ({"machine": "aarch64"}, "for x86_64 processors, not for aarch64")):
            done = self.start(**given)
            self.assertEqual((done.returncode, done.stdout), (3, ""), given)
            self.assertIn(said, done.stderr)
            self.assertIn("hint: build it here", done.stderr)


@unittest.skipIf(shutil.which("patchelf") is None, "patchelf is missing")
class Bundle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        cls.prefix = cls.make("prefix")

    @classmethod
    def make(cls, name):
        """A small installation with its libraries."""
        prefix = cls.folder / name
        for file, place in ((BUILD / "bin/assay", "bin/assay"), (SOURCE / "LICENSE", "share/doc/assay/LICENSE"),
                            (BUILD / "bin/assay_backend_datasheet.so", "lib/assay/assay_backend_datasheet.so")):
            (prefix / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, prefix / place)
        tool("bundle_libraries.py", prefix, cls.folder / f"{name}.json")
        return prefix

    def test_only_what_belongs_to_the_system_is_taken_from_it(self):
        for path in elf.elf_files(self.prefix):
            for name, place in elf.resolved(path).items():
                with self.subTest(f"{path.name}: {name}"):
                    if not pathlib.Path(place).is_relative_to(self.prefix):
                        self.assertRegex(name, bundle_libraries.LEFT)

    def test_copies_have_names_of_their_own(self):
        copies = sorted((self.prefix / "lib/assay/bundled").iterdir())
        self.assertTrue(any(copy.name.startswith("libassay-crypto.so") for copy in copies), copies)
        for copy in copies:
            self.assertRegex(copy.name, "^libassay-")
            self.assertNotRegex(copy.name, r"^libassay-(c|m|stdc\+\+|gcc_s|mpi.*)\.so")
            self.assertIn(f"soname: [{copy.name}]", elf.said("readelf", "-dW", copy))

    def test_the_same_files_are_made_twice(self):
        again = self.make("again")
        for path in elf.elf_files(self.prefix):
            self.assertEqual(path.read_bytes(), (again / path.relative_to(self.prefix)).read_bytes(), path.name)

    def test_a_moved_installation_runs(self):
        moved = self.folder / "moved to"
        self.prefix.rename(moved)
        self.addCleanup(moved.rename, self.prefix)
        done = subprocess.run([moved / "bin/assay", "run", "--device", "datasheet:h200-sxm", "--db", self.folder / "db",
                               "--problem", "matmul m=4096 n=4096 k=4096 a=bf16 b=bf16 c=f32"],
                              env={"HOME": str(self.folder)}, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("modelled/roofline", done.stdout + done.stderr)

    def test_a_bill_of_materials_names_what_was_copied_linked_and_read(self):
        output = self.folder / "sbom.json"
        tool("sbom.py", "--version", "1.2.3", "--build", BUILD, "--installed", self.prefix, "--bundled",
             self.folder / "prefix.json", "--licences", self.folder / "licences", output)
        bill = json.loads(output.read_text())
        self.assertEqual((bill["spdxVersion"], bill["creationInfo"]["created"]), ("SPDX-2.3", "2023-11-14T22:13:20Z"))
        ids = {package["SPDXID"] for package in bill["packages"]} | {bill["SPDXID"]}
        self.assertEqual(len(ids), len(bill["packages"]) + 1)
        told = {(one["spdxElementId"], one["relationshipType"], one["relatedSpdxElement"])
                for one in bill["relationships"]}
        for one, _, other in told:
            self.assertLessEqual({one, other}, ids)
        self.assertIn(("SPDXRef-assay", "CONTAINS", "SPDXRef-libssl3"), told)
        self.assertIn(("SPDXRef-assay", "DYNAMIC_LINK", "SPDXRef-libstdc--6"), told)
        self.assertIn(("SPDXRef-libcli11-dev", "BUILD_DEPENDENCY_OF", "SPDXRef-assay"), told)
        self.assertNotIn(("SPDXRef-assay", "CONTAINS", "SPDXRef-libcli11-dev"), told)
        self.assertIn(("SPDXRef-assay", "CONTAINS", "SPDXRef-libjs-chart.js"), told)
        for package in ("libssl3", "libcli11-dev", "libjs-chart.js"):
            self.assertTrue((self.folder / f"licences/{package}.txt").is_file(), package)
        json_library = next(one for one in bill["packages"] if one["name"] == "nlohmann-json3-dev")
        self.assertRegex(json_library["licenseDeclared"], r"MIT|NOASSERTION")

    def test_a_wheel_is_consistent_and_the_same_twice(self):
        readme, sbom = self.folder / "README.md", self.folder / "bill.json"
        readme.write_text("# A page\n")
        sbom.write_text("{}\n")
        small = self.folder / "small"
        library = next((self.prefix / "lib/assay/bundled").glob("libassay-fmt.so*"))
        for file, place in ((shutil.which("true"), "bin/assay"), (library, f"lib/assay/bundled/{library.name}"),
                            (SOURCE / "LICENSE", "share/doc/assay/LICENSE")):
            (small / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, small / place)
        (small / "bin/assay").chmod(0o755)
        made = []
        for name in ("first", "second"):
            (self.folder / name).mkdir()
            made.append(pathlib.Path(tool("wheel.py", small, "1.2.3", readme, sbom, self.folder / name).strip()))
            (small / "bin/assay").touch()
        self.assertEqual(made[0].read_bytes(), made[1].read_bytes())

        major, minor = elf.newest_symbol_version(elf.elf_files(small), "GLIBC")
        tag = f"py3-none-manylinux_{major}_{minor}_{platform.machine()}"
        self.assertEqual(made[0].name, f"assay-1.2.3-{tag}.whl")
        with zipfile.ZipFile(made[0]) as archive:
            info = "assay-1.2.3.dist-info"
            self.assertIn(f"Tag: {tag}\n", archive.read(f"{info}/WHEEL").decode())
            rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(archive.read(f"{info}/RECORD").decode()))}
            self.assertEqual(set(rows), set(archive.namelist()))
            for name, (digest, size) in rows.items():
                if name.endswith("/RECORD"):
                    continue
                data = archive.read(name)
                expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                self.assertEqual((digest, size), (f"sha256={expected}", str(len(data))), name)
            program = archive.getinfo("assay-1.2.3.data/scripts/assay")
            self.assertEqual(program.external_attr >> 16 & 0o777, 0o755)
            self.assertTrue(any(re.match(r"assay-1\.2\.3\.data/data/lib/assay/bundled/libassay-", name)
                                for name in rows))


class Usage(unittest.TestCase):
    def test_bad_usage_is_told_before_anything_is_built(self):
        for arguments, said in (((), "no kind of package is named"), (("rpm",), "the kinds are deb, tar, wheel"),
                                (("deb", "--build", "/nowhere"), "there is no such folder")):
            done = subprocess.run([SOURCE / "scripts/package", *arguments], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()

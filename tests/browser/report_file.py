"""Where `assay report` writes, what it keeps, and its errors.

Usage: report_file.py ASSAY SAMPLE_STORE
"""

import pathlib
import subprocess
import sys
import tempfile

assay, sample_store = sys.argv[1:]
failures = []


def check(what, holds, seen=""):
    if not holds:
        failures.append(f"{what}: {seen}")


def report(*arguments):
    return subprocess.run([assay, "report", *map(str, arguments)], capture_output=True, text=True)


def refused(what, run, *words):
    said = run.stderr
    check(f"{what}: exit code 2", run.returncode == 2, (run.returncode, said))
    check(f"{what}: says why and what to do", all(word in said for word in words), said)
    check(f"{what}: nothing on stdout", run.stdout == "", run.stdout[:80])


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    store, page = folder / "sample.db", folder / "out.html"
    subprocess.run([sample_store, store], check=True, capture_output=True)

    refused("a store that is not there", report("--db", folder / "none.db", "--output", page),
            "none.db", "assay run --suite quick")
    refused("a run that is not there", report("--db", store, "--run", "3", "--output", page),
            "no run `3`", "assay show --runs")
    refused("a set that is not there", report("--db", store, "--claims", "x", "--output", page),
            "waic-2025")
    refused("a folder that is not there",
            report("--db", store, "--output", folder / "no" / "out.html"), "--output", "No such file")
    refused("a folder in place of a file", report("--db", store, "--output", folder), "directory")
    check("nothing was written", not page.exists())

    done = report("--db", store, "--output", page)
    text = page.read_text()
    check("done is 0", done.returncode == 0, done)
    check("stderr says where and how large", str(page) in done.stderr and "KiB" in done.stderr,
          done.stderr)
    check("the file is whole", text.startswith("<!DOCTYPE html>") and text.endswith("</html>\n"))
    left = sorted(path.name for path in folder.iterdir() if path.suffix == ".part")
    check("nothing is left beside it", not left, left)

    check("a report replaces a report", report("--db", store, "--output", page).returncode == 0)
    notes = folder / "notes.txt"
    notes.write_text("mine")
    refused("another file", report("--db", store, "--output", notes), "notes.txt", "--force")
    check("another file is spared", notes.read_text() == "mine")
    forced = report("--db", store, "--output", notes, "--force")
    check("--force replaces it", forced.returncode == 0 and notes.read_text() != "mine", forced)

    link = folder / "link.html"
    link.symlink_to(page)
    report("--db", store, "--output", link)
    check("a link stays a link", link.is_symlink())

    out = report("--db", store, "--output", "-")
    check("- is standard output", out.returncode == 0 and out.stdout.startswith("<!DOCTYPE html>"))
    check("and nothing is said beside it", out.stderr == "", out.stderr)

    check("without a run, this machine's results judge, and another's do not",
          "was measured on this machine" in out.stdout
          and "assay report --run last" in out.stdout)
    named = report("--db", store, "--run", "last", "--output", "-")
    check("a run that is named judges", "records of run 22222222" in named.stdout)

    both = report("--db", store, "--run", "1111", "--run", "last", "--run", "2222", "--output", "-")
    check("runs are shown once each, in the order asked for",
          both.stdout.count('class="run"') == 2
          and both.stdout.index('id="run-1111') < both.stdout.index('id="run-2222'))
    everything = report("--db", store, "--claims", "all", "--output", "-")
    check("all claims are more than one set's",
          everything.stdout.count('id="c-') > out.stdout.count('id="c-') > 10)

print("\n".join(failures) or "reports go where they are asked to")
sys.exit(1 if failures else 0)

"""Turns the nightly results of the Godot engine into a table of histories.

  git clone --bare https://github.com/godotengine/godot-benchmarks-results godot.git
  python3 godot_history.py godot.git > godot.csv

Each night of that repository is a JSON document in a file YYYY-MM-DD_COMMIT.md. A series is one quantity
("time" in ms, "render_cpu", "size_bytes", ...) of one benchmark in one configuration. The table has the columns
series, night (the date) and value, in the order of nights. Values that are not above zero are left out: only
ratios are judged. Prints the commit and the numbers of nights and series on stderr."""

import csv
import json
import re
import subprocess
import sys

NIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})_[0-9a-f]+\.md")


def git(folder, *arguments, text=None):
    return subprocess.run(
        ["git", "-C", folder, *arguments], input=text, check=True, capture_output=True, text=True
    ).stdout


def nights(folder):
    """(date, document) of each night, in order."""
    for path in sorted(git(folder, "ls-tree", "--name-only", "HEAD").split("\n")):
        found = NIGHT.fullmatch(path)
        if found:
            yield found[1], json.loads(git(folder, "show", f"HEAD:{path}"))


def values(document):
    """(series, value) of everything that a night measured."""
    for benchmark in document["benchmarks"]:
        for configuration, quantities in benchmark["results"].items():
            for quantity, value in quantities.items():
                if isinstance(value, (int, float)) and value > 0:
                    name = (benchmark["category"], benchmark["name"], configuration, quantity)
                    yield " | ".join(part.replace(",", " ") for part in name), value


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    histories = {}
    count = 0
    for night, document in nights(sys.argv[1]):
        count += 1
        # A benchmark that a night lists twice counts once.
        for series, value in dict(values(document)).items():
            histories.setdefault(series, []).append((night, value))
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(("series", "night", "value"))
    for series, history in sorted(histories.items()):
        table.writerows((series, night, repr(value)) for night, value in history)
    commit = git(sys.argv[1], "rev-parse", "HEAD").strip()
    print(f"{commit}: {count} nights, {len(histories)} series", file=sys.stderr)


if __name__ == "__main__":
    main()

"""Opens a comparison in Chromium without network and checks what a reader would see.

Usage: comparison_page.py ASSAY SAMPLE_STORE FOLDER
Leaves comparison.html and screenshots in FOLDER.
"""

import json
import pathlib
import subprocess
import sys

from report_page import INKED, LOW_CONTRAST, WIDTHS, Reader, check, failures

TIMES = {"median", "lower", "upper", "mean", "standard_deviation", "minimum", "maximum",
         "percentile_5", "percentile_95"}


def changed_copy(assay, store, folder):
    """The second run as a file, each record a little slower than the one before it."""
    shown = subprocess.run([assay, "show", "22222222", "--db", store, "--json"], check=True,
                           capture_output=True, text=True).stdout
    records = json.loads(shown)
    for number, record in enumerate(records):
        record["id"] = f"{number:08x}" + record["id"][8:]
        summary = record["summary"]
        factor = 0.8 + 0.02 * number
        for times in (summary, summary["interval"]):
            for key in TIMES & times.keys():
                times[key] = times[key] and times[key] * factor
        for key in ("device_seconds", "host_seconds"):
            record[key] = [seconds * factor for seconds in record[key]]
    file = folder / "changed.json"
    file.write_text(json.dumps(records))
    return file


def check_layout(reader, folder):
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            reader.open(width, scheme)
            where = f"{width} px {scheme}"
            seen = reader.run("return document.documentElement.scrollWidth")
            check(f"{where}: the page does not scroll sideways", seen <= width, seen)
            inked = reader.run(INKED)
            check(f"{where}: every chart is drawn", inked and min(inked) > 500, inked)
            low = reader.run(LOW_CONTRAST)
            check(f"{where}: text stands out from its background", not low, low)
            reader.screenshot(folder / f"comparison-{width}-{scheme}.png")


def check_names(reader, hostile):
    reader.open()
    seen = reader.run("return [document.title, document.body.innerText.includes(arguments[0])]",
                      hostile)
    check("a name cannot act", seen[0] != "taken", seen)
    check("a name is shown as it is", seen[1], seen)


def check_tables(reader):
    reader.open()
    rows = reader.run("""
      const table = [...document.querySelectorAll('table.compared')].sort(
        (a, b) => b.rows.length - a.rows.length)[0];
      const speeds = () => [...table.tBodies[0].rows].map((row) => Number(row.dataset.speed));
      const button = table.querySelector('th[data-sort=speed] button');
      button.click();
      const up = speeds();
      button.click();
      return [up, speeds()];
    """)
    check("there are rows to sort", len(rows[0]) > 5, rows)
    check("a click sorts by speed", rows[0] == sorted(rows[0]) and rows[1] == rows[0][::-1], rows)


def check_without_scripts(page):
    with Reader(page, scripts=False) as reader:
        reader.open()
        seen = reader.run("return [document.querySelectorAll('canvas').length, "
                          "[...document.querySelectorAll('.bars')].some((b) => b.checkVisibility()), "
                          "document.querySelectorAll('.compared tbody tr').length]")
        check("without scripts the tables stand and no empty chart", seen[:2] == [0, False] and seen[2] > 12, seen)


def main():
    assay, sample_store, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
    store, page = folder / "comparison.db", folder / "comparison.html"
    for old in (store, page):
        old.unlink(missing_ok=True)
    hostile = subprocess.run([sample_store, store], check=True, capture_output=True,
                             text=True).stdout.strip()
    subprocess.run([assay, "compare", "22222222", changed_copy(assay, store, folder), "--db", store,
                    "--html", page], check=True, stdout=subprocess.DEVNULL)
    with Reader(page) as reader:
        check_layout(reader, folder)
        check_names(reader, hostile)
        check_tables(reader)
        complaints, requests = reader.complaints(), reader.requests()
        check("the console stays silent", not complaints, complaints)
        check("nothing is asked of the network", not requests, requests)
    check_without_scripts(page)
    print("\n".join(failures) or "the comparison reads well")
    return 1 if failures else 0


sys.exit(main())

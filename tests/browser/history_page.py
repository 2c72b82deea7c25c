"""Opens the pages of `regress` and `history` in Chromium without network.

Usage: history_page.py ASSAY SYNTHETIC_STORE FOLDER
Leaves the pages and screenshots in FOLDER.
"""

import pathlib
import subprocess
import sys

from report_page import LOW_CONTRAST, WIDTHS, Reader, check, failures

NIGHTS = 60

# Each drawing: whether all of its text is inside the page's width, and its number of points.
DRAWN = """
return [...document.querySelectorAll('svg.history')].map((svg) => [
  [...svg.querySelectorAll('text')].every((text) => {
    const box = text.getBoundingClientRect();
    return box.left >= 0 && box.right <= innerWidth;
  }),
  svg.querySelector('.points').getAttribute('d').split('h0').length - 1]);
"""


def check_page(page, folder):
    with Reader(page) as reader:
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                reader.open(width, scheme)
                where = f"{page.name}, {width} px {scheme}"
                seen = reader.run("return document.documentElement.scrollWidth")
                check(f"{where}: the page does not scroll sideways", seen <= width, seen)
                low = reader.run(LOW_CONTRAST)
                check(f"{where}: text stands out from its background", not low, low)
                drawn = reader.run(DRAWN)
                check(f"{where}: every change is drawn, and its words can be read",
                      drawn and all(inside and points == NIGHTS for inside, points in drawn), drawn)
                reader.screenshot(folder / f"{page.stem}-{width}-{scheme}.png")
        complaints, requests = reader.complaints(), reader.requests()
        check(f"{page.name}: the console stays silent", not complaints, complaints)
        check(f"{page.name}: nothing is asked of the network", not requests, requests)


def main():
    assay, synthetic_store, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
    store = folder / "nights.db"
    store.unlink(missing_ok=True)
    subprocess.run([synthetic_store, store, str(NIGHTS)], check=True)
    for verb in ("regress", "history"):
        page = folder / f"{verb}.html"
        page.unlink(missing_ok=True)
        subprocess.run([assay, verb, "--db", store, "--html", page], stdout=subprocess.DEVNULL)
        check_page(page, folder)
    print("\n".join(failures) or "the histories read well")
    return 1 if failures else 0


sys.exit(main())

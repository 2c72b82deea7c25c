"""Opens a report in Chromium without network and checks what a reader would see.

Usage: report_page.py ASSAY SAMPLE_STORE FOLDER
Leaves report.html, screenshots and the printed report in FOLDER.
"""

import base64
import pathlib
import shutil
import subprocess
import sys

SKIP = 77
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    print("skipped: there is no Chromium here")
    sys.exit(SKIP)

from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402

LARGEST = 600 * 1024
WIDTHS = (1280, 390)

# Pixels of a canvas that are not transparent.
INKED = """
return [...document.querySelectorAll('canvas')].map((canvas) => {
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0;
  for (let i = 3; i < pixels.length; i += 4) inked += pixels[i] > 0;
  return inked;
});
"""

# Contrast of text against its background (WCAG 2.2), of every visible element with text of its own.
LOW_CONTRAST = """
const channels = (text) => text.match(/[\\d.]+/g).map(Number);
const luminance = ([r, g, b]) => {
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
};
const behind = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const colour = channels(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const low = [];
for (const element of document.querySelectorAll('body *:not(svg *)')) {
  const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !element.checkVisibility()) continue;
  const [a, b] = [luminance(channels(getComputedStyle(element).color)),
                  luminance(behind(element))].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) low.push(element.tagName + '.' + element.className + ' ' + contrast.toFixed(2));
}
return [...new Set(low)];
"""


class Reader:
    """A headless browser with one page and without network."""

    def __init__(self, page, scripts=True):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                         "--disable-dev-shm-usage"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        if not scripts:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2})
        service = Service(shutil.which("chromedriver") or "/usr/bin/chromedriver")
        self.driver = webdriver.Chrome(service=service, options=options)
        self.page = page.as_uri()
        self.command("Network.enable", {})
        self.command("Network.emulateNetworkConditions",
                     {"offline": True, "latency": 0, "downloadThroughput": 0,
                      "uploadThroughput": 0})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def command(self, name, arguments):
        return self.driver.execute_cdp_cmd(name, arguments)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def open(self, width=1280, scheme="light"):
        self.command("Emulation.setEmulatedMedia",
                     {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.command("Emulation.setDeviceMetricsOverride",
                     {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        self.driver.get(self.page)

    def screenshot(self, file, height=3000):
        width = self.run("return innerWidth")
        shot = self.command("Page.captureScreenshot",
                            {"format": "png", "captureBeyondViewport": True,
                             "clip": {"x": 0, "y": 0, "width": width, "height": height,
                                      "scale": 1}})
        file.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Requested addresses, except the page itself and its embedded data."""
        log = [entry["message"] for entry in self.driver.get_log("performance")]
        return [line for line in log if '"Network.requestWillBeSent"' in line
                and ('"url":"http:' in line or '"url":"https:' in line or '"url":"ws' in line)]


failures = []


def check(what, holds, seen=""):
    if not holds:
        failures.append(f"{what}: {seen}")


def check_layout(reader, folder):
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            reader.open(width, scheme)
            where = f"{width} px {scheme}"
            seen = reader.run("return document.documentElement.scrollWidth")
            check(f"{where}: the page does not scroll sideways", seen <= width, seen)
            wide = reader.run("return [...document.querySelectorAll('.stacking')].filter((box) => "
                              "box.scrollWidth > box.clientWidth).length")
            check(f"{where}: tables of text fit", wide == 0, wide)
            inked = reader.run(INKED)
            check(f"{where}: every chart is drawn", inked and min(inked) > 1000, inked)
            low = reader.run(LOW_CONTRAST)
            check(f"{where}: text stands out from its background", not low, low)
            reader.screenshot(folder / f"report-{width}-{scheme}.png")
    colours = []
    for scheme in ("light", "dark"):
        reader.open(1280, scheme)
        colours.append(reader.run("return getComputedStyle(document.body).backgroundColor"))
    check("dark mode differs from light", colours[0] != colours[1], colours)


def check_tables(reader, hostile):
    reader.open()
    check("hostile names stay text", reader.run("return document.title") != "taken")
    check("hostile names are shown", hostile in reader.run("return document.body.innerText"))
    for kind in ("verdicts", "contradictions", "measurements"):
        rows = reader.run(f"return document.querySelectorAll('.{kind} tbody tr').length")
        check(f"there are rows of {kind}", rows > 0, rows)
    bare = reader.run("return [...document.querySelectorAll('table')].filter((table) => "
                      "!table.caption || !table.tHead || [...table.tHead.rows[0].cells].some("
                      "(cell) => cell.scope !== 'col')).length")
    check("every table has a caption and scopes", bare == 0, bare)
    broken = reader.run("return [...document.querySelectorAll('a[href^=\"#\"]')].filter((link) => "
                        "!document.getElementById(link.hash.slice(1))).map((link) => link.hash)")
    check("every link within the page leads somewhere", not broken, broken)
    names = reader.run("return [...document.querySelectorAll('svg[role=img], canvas')].filter("
                       "(image) => !image.getAttribute('aria-label')).length")
    check("every picture has a text in its place", names == 0, names)


def check_sorting(reader):
    reader.open()
    order = """
      const heading = document.querySelector('.measurements th[data-sort=median]');
      heading.querySelector('button').click();
      const table = heading.closest('table');
      return [heading.getAttribute('aria-sort'), ...[...table.tBodies].map((body) =>
        [body.rows[0].className, ...[...body.rows].map((row) => row.dataset.median)
          .filter((median) => median !== undefined).map(Number)])];
    """
    for direction, ordered in (("ascending", sorted),
                               ("descending", lambda v: sorted(v, reverse=True))):
        said, *bodies = reader.run(order)
        check("a click sorts", said == direction, said)
        check("divisions stay apart while sorted", len(bodies) >= 4, len(bodies))
        for first, *medians in bodies:
            check("a division keeps its heading", first == "division", first)
            check(f"rows are {direction}", medians == ordered(medians), medians)


def check_filters(reader):
    reader.open()
    counts = reader.run("""
      const table = document.querySelector('.measurements');
      const box = table.parentNode.previousElementSibling;
      const shown = () => table.querySelectorAll('tr[data-result]:not([hidden])').length;
      const all = shown();
      const selects = box.querySelectorAll('select');
      selects[1].value = 'failed';
      selects[1].dispatchEvent(new Event('input', {bubbles: true}));
      const failed = shown();
      selects[1].value = '';
      box.querySelector('input').value = 'ATTENTION';
      box.querySelector('input').dispatchEvent(new Event('input', {bubbles: true}));
      return [all, failed, shown(), box.querySelector('output').textContent];
    """)
    check("filters leave what fits", counts == [21, 3, 2, "2 of 21 rows"], counts)


def check_long_tables(reader):
    reader.open()
    shown = reader.run("""
      const table = document.querySelector('.measurements');
      const input = document.createElement('input');
      input.type = 'checkbox';
      input.className = 'all-rows';
      table.parentNode.before(input);
      table.dataset.shown = 2;
      const box = input.previousElementSibling;
      const search = box.querySelector('input');
      const rows = () => [...table.querySelectorAll('tbody')].map((body) =>
        [...body.rows].filter((row) => row.dataset.result && row.checkVisibility()).length);
      const whole = rows();
      search.dispatchEvent(new Event('input', {bubbles: true}));
      const first = rows();
      table.querySelector('th[data-sort=median] button').click();
      const sorted = rows();
      search.value = 'ATTENTION';
      search.dispatchEvent(new Event('input', {bubbles: true}));
      const found = rows().reduce((a, b) => a + b);
      search.value = '';
      search.dispatchEvent(new Event('input', {bubbles: true}));
      input.checked = true;
      return [whole, first, sorted, found, rows()];
    """)
    whole, first, sorted_rows, found, asked = shown
    few = [min(2, rows) for rows in whole]
    check("long tables show their first rows, and all on request",
          max(whole) > 2 and first == sorted_rows == few and found == 2 and asked == whole, shown)


def check_folding(reader):
    reader.open()
    folded = reader.run("return document.querySelector('.environment').open")
    check("the environment is folded away", folded is False, folded)
    opened = reader.run("""
      const part = document.querySelector('.environment');
      part.querySelector('summary').click();
      return [part.open, part.querySelector('dl').checkVisibility(), part.innerText];
    """)
    check("the environment opens", opened[0] and opened[1] and "GNU 12.2.0" in opened[2], opened)
    landed = reader.run("""
      const link = document.querySelector('.measurements a.record');
      link.click();
      return document.getElementById(link.hash.slice(1)).checkVisibility();
    """)
    check("a record's link opens what it is folded into", landed)


def check_keyboard(reader):
    reader.open()
    told = reader.run("""
      const figure = document.querySelectorAll('.roofline')[1];
      const canvas = figure.querySelector('canvas');
      canvas.focus();
      const texts = [];
      for (let i = 0; i < 2; ++i) {
        canvas.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
        texts.push(figure.querySelector('.readout').textContent);
      }
      return [document.activeElement === canvas, ...texts];
    """)
    check("a chart takes the focus", told[0])
    check("arrow keys walk from point to point", told[1] != told[2] and "FLOP/s" in told[1], told)


def check_print(reader, folder):
    reader.open(1280, "dark")
    printed = reader.command("Page.printToPDF",
                             {"printBackground": True, "preferCSSPageSize": True})
    pdf = base64.b64decode(printed["data"])
    (folder / "report.pdf").write_bytes(pdf)
    check("the report prints", pdf.startswith(b"%PDF") and len(pdf) > 20000, len(pdf))
    reader.command("Emulation.setEmulatedMedia", {"media": "print"})
    paper = reader.run("return [getComputedStyle(document.body).backgroundColor, "
                       "document.querySelector('.still').checkVisibility(), "
                       "document.querySelector('canvas').checkVisibility()]")
    check("paper is white, with charts that are drawn as lines",
          paper == ["rgb(255, 255, 255)", True, False], paper)
    # A4 without its margins, in CSS pixels.
    reader.command("Emulation.setDeviceMetricsOverride",
                   {"width": 703, "height": 1035, "deviceScaleFactor": 1, "mobile": False})
    after, height = reader.run("const front = document.querySelector('.front');"
                               "return [getComputedStyle(front).breakAfter, front.offsetHeight]")
    check("the answers have a sheet of their own", after == "page", after)
    check("the answers fit a sheet", 300 < height <= 1035, height)
    reader.command("Emulation.setEmulatedMedia", {"media": ""})


def check_front(reader):
    reader.open()
    seen = reader.run("""
      const front = document.querySelector('.front');
      return [front.querySelector('.decision').innerText,
              front.querySelectorAll('.answers tbody tr').length,
              front.querySelector('.kinds').innerText.includes('disputed'),
              front.querySelector('.basis').innerText.includes('22222222')];
    """)
    check("the first page decides in a sentence", "none was measured here" in seen[0], seen)
    check("and answers the statements", seen[1] == 3 and seen[2] and seen[3], seen)


def check_without_scripts(page):
    with Reader(page, scripts=False) as reader:
        reader.open()
        seen = reader.run("return [document.querySelectorAll('canvas').length, "
                          "document.querySelectorAll('.still path.point').length, "
                          "document.querySelector('.still').checkVisibility(), "
                          "document.querySelectorAll('.measurements tr[data-result]').length, "
                          "document.querySelectorAll('.verdicts tbody tr').length]")
        check("without scripts there is no canvas", seen[0] == 0, seen)
        check("without scripts the rooflines stand", seen[1] > 10 and seen[2], seen)
        check("without scripts the tables stand", seen[3] >= 24 and seen[4] > 30, seen)
        width = reader.run("return document.documentElement.scrollWidth")
        check("without scripts the page does not scroll sideways", width <= 1280, width)


def main():
    assay, sample_store, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
    store, page = folder / "sample.db", folder / "report.html"
    for old in (store, page):
        old.unlink(missing_ok=True)
    hostile = subprocess.run([sample_store, store], check=True, capture_output=True,
                             text=True).stdout.strip()
    subprocess.run([assay, "report", "--db", store, "--run", "last", "--run", "11111111",
                    "--output", page], check=True)
    check("the report is small", page.stat().st_size < LARGEST, page.stat().st_size)
    with Reader(page) as reader:
        check_layout(reader, folder)
        check_front(reader)
        check_tables(reader, hostile)
        check_sorting(reader)
        check_filters(reader)
        check_long_tables(reader)
        check_folding(reader)
        check_keyboard(reader)
        check_print(reader, folder)
        complaints, requests = reader.complaints(), reader.requests()
        check("the console stays silent", not complaints, complaints)
        check("nothing is asked of the network", not requests, requests)
    check_without_scripts(page)
    print("\n".join(failures) or "the report reads well")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""The pages: their links, their commands, and the outputs that they show."""

import re
import subprocess
import unittest

from assay_case import SOURCE, AssayCase

# Lines that a page leaves out of an output.
LEFT_OUT = "…"


def pages():
    listed = subprocess.run(["git", "-C", str(SOURCE), "ls-files", "--cached", "--others",
                             "--exclude-standard", "*.md"], capture_output=True, text=True,
                            check=False).stdout.split()
    found = [SOURCE / name for name in listed if (SOURCE / name).is_file()]
    return found or sorted(SOURCE.glob("*.md")) + sorted(SOURCE.glob("[a-z]*/**/*.md"))


def blocks(text):
    """Fenced blocks: (language, lines)."""
    for found in re.finditer(r"(?ms)^( *)```(\w*)\n(.*?)^\1```", text):
        yield found[2], [line.removeprefix(found[1]) for line in found[3].splitlines()]


def anchors(text):
    for heading in re.findall(r"(?m)^#+ (.*)$", text):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def commands(text):
    """Each `assay …` of the shell blocks, without its comment."""
    for language, lines in blocks(text):
        if language != "sh":
            continue
        for line in "\n".join(lines).replace("\\\n", " ").splitlines():
            line = re.sub(r"\s+#\s.*", "", line)
            for found in re.finditer(r"(?:^|[ /])assay ((?:[a-z]+)\b[^;|&')]*)", line):
                yield found[1]


class Pages(AssayCase):
    def test_the_first_page_is_short(self):
        self.assertLessEqual(len((SOURCE / "README.md").read_text().splitlines()), 150)

    def test_links_lead_somewhere(self):
        for page in pages():
            text = page.read_text()
            for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"(?ms)^ *```.*?^ *```", "", text)):
                if target.startswith(("http://", "https://", "mailto:")):
                    continue
                file, _, anchor = target.partition("#")
                there = (page.parent / file).resolve() if file else page
                with self.subTest(page=page.name, target=target):
                    self.assertTrue(there.exists(), there)
                    if anchor:
                        self.assertIn(anchor, list(anchors(there.read_text())))

    def test_commands_are_understood(self):
        helps = {}
        seen = 0
        for page in pages():
            for command in commands(page.read_text()):
                verb, *words = command.split()
                if verb not in helps:
                    helps[verb] = self.assay("help", verb, exit_code=0).stdout
                known = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", helps[verb]))
                for word in words:
                    if word.startswith("-") and len(word) > 1:
                        with self.subTest(page=page.name, command=command):
                            self.assertIn(word.split("=")[0], known)
                seen += 1
        self.assertGreater(seen, 40)

    def test_outputs_are_what_the_program_prints(self):
        seen = 0
        for page in pages():
            for _, lines in blocks(page.read_text()):
                if not lines or not lines[0].startswith("$ assay "):
                    continue
                seen += 1
                printed = self.assay(*lines[0].split()[2:], exit_code=0).stdout
                parts = "\n".join(lines[1:]).split(f"\n{LEFT_OUT}\n")
                # A page may begin and end with lines that are left out.
                parts = [part.removeprefix(f"{LEFT_OUT}\n").removesuffix(f"\n{LEFT_OUT}")
                         for part in parts]
                place = 0
                for part in parts:
                    with self.subTest(page=page.name, command=lines[0]):
                        found = printed.find(part, place)
                        self.assertGreaterEqual(found, 0, f"{part}\n\nin\n\n{printed}")
                        place = found + len(part)
        self.assertGreaterEqual(seen, 2)


if __name__ == "__main__":
    unittest.main()

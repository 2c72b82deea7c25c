"""Writes the bill of materials of a package as SPDX 2.3 JSON.
Usage: sbom.py --version VERSION --installed PREFIX --build BUILD [--bundled MANIFEST] [--licences FOLDER] OUTPUT

--installed   the installation: packages of libraries that its files link are DYNAMIC_LINK
--build       its build: packages of headers that were compiled in are BUILD_DEPENDENCY_OF
--bundled     what bundle_libraries.py wrote: packages of copied libraries, and of texts that the program has
              in itself, are CONTAINS
--licences    a folder to which the copyright files go, of packages of which something is in this one

The system is one with dpkg, which knows each file's package. $SOURCE_DATE_EPOCH is the time of creation, so that
the same inputs give the same bytes. https://spdx.github.io/spdx-spec/v2.3/ is the format.
"""

import argparse
import collections
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

from elf import elf_files, needed, resolved, said

# Names of licences in Debian's copyright files (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/)
# that differ from SPDX's (https://spdx.org/licenses/).
SPDX_NAMES = {
    "expat": "MIT", "mit": "MIT", "apache-2.0": "Apache-2.0", "apache-2": "Apache-2.0", "bsl-1.0": "BSL-1.0",
    "bsd-2-clause": "BSD-2-Clause", "bsd-3-clause": "BSD-3-Clause", "zlib": "Zlib", "mpl-2.0": "MPL-2.0",
    "isc": "ISC", "gpl-2": "GPL-2.0-only", "gpl-2+": "GPL-2.0-or-later", "gpl-3": "GPL-3.0-only",
    "gpl-3+": "GPL-3.0-or-later", "lgpl-2": "LGPL-2.0-only", "lgpl-2+": "LGPL-2.0-or-later",
    "lgpl-2.1": "LGPL-2.1-only", "lgpl-2.1+": "LGPL-2.1-or-later", "lgpl-3": "LGPL-3.0-only",
    "lgpl-3+": "LGPL-3.0-or-later",
}


def packages_of(paths):
    """{path: package} by dpkg, which may know a file by its path before or after /usr was merged."""
    names = {}
    for path in {str(path) for path in paths}:
        for name in {path, path.removeprefix("/usr"), os.path.realpath(path)}:
            names.setdefault(name, path)
    out = {}
    listed = sorted(names)
    for start in range(0, len(listed), 5000):
        done = subprocess.run(["dpkg", "-S", *listed[start:start + 5000]], capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            owners, _, path = line.rpartition(": ")
            if path in names and not owners.startswith("diversion "):
                out[names[path]] = owners.split(",")[0].split(":")[0]
    return out


def linked(prefix):
    """Paths of the libraries that files of the installation name."""
    paths = set()
    for file in elf_files(prefix):
        places = resolved(file)
        paths |= {places[name] for name in needed(file) if places.get(name)}
    return paths


def headers(build):
    """Paths of the system's headers that the build read, as ninja remembers them."""
    return set(re.findall(r"^ +(/usr/\S+)$", said("ninja", "-C", build, "-t", "deps"), re.MULTILINE))


def embedded(build):
    """Paths of other projects' files whose text the program contains."""
    cache = pathlib.Path(build, "CMakeCache.txt").read_text()
    return re.findall(r"^ASSAY_CHART_JS:FILEPATH=(/.+)$", cache, re.MULTILINE)


def licence_of(package):
    """(SPDX expression or NOASSERTION, the names in the package's copyright file)."""
    path = pathlib.Path("/usr/share/doc", package, "copyright")
    text = path.read_text(errors="replace") if path.is_file() else ""
    stanza = re.search(r"^Files: *\*.*?(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    found = re.search(r"^License: *(.+)$", stanza[0], re.MULTILINE) if stanza else None
    if not found:
        return "NOASSERTION", ""
    words = re.split(r"\s+(and|or)\s+", found[1].strip())
    spdx = [word.upper() if word in ("and", "or") else SPDX_NAMES.get(word.lower()) for word in words]
    return ("NOASSERTION" if None in spdx else " ".join(spdx)), found[1].strip()


def described(package):
    """The package as SPDX has it."""
    version, architecture, source, home = said(
        "dpkg-query", "-W", "-f", "${Version}\t${Architecture}\t${source:Package}\t${Homepage}\n", package
    ).splitlines()[0].split("\t")
    spdx, names = licence_of(package)
    out = {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", package),
        "name": package,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": spdx,
        "copyrightText": "NOASSERTION",
        "sourceInfo": f"built from the source package {source}",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{package}@{version}?arch={architecture}".replace("+", "%2B"),
        }],
    }
    if home:
        out["homepage"] = home
    if spdx == "NOASSERTION" and names:
        out["licenseComments"] = f"Debian's copyright file: {names}"
    return out


def document(version, relations):
    own = {
        "SPDXID": "SPDXRef-assay", "name": "assay", "versionInfo": version, "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False, "licenseConcluded": "Apache-2.0", "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION", "primaryPackagePurpose": "APPLICATION",
    }
    packages = [described(package) for package in sorted(relations)]
    relationships = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-assay")]
    for package in packages:
        for relation in sorted(relations[package["name"]]):
            ends = ("SPDXRef-assay", relation, package["SPDXID"])
            relationships.append(ends[::-1] if relation == "BUILD_DEPENDENCY_OF" else ends)
    created = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc)
    content = {
        "packages": [own, *packages],
        "relationships": [
            {"spdxElementId": one, "relationshipType": relation, "relatedSpdxElement": other}
            for one, relation, other in relationships
        ],
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"assay-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/assay-{version}-{digest[:32]}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: assay-sbom"]},
        **content,
    }


def main():
    parser = argparse.ArgumentParser()
    for name in ("version", "installed", "build"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--bundled")
    parser.add_argument("--licences")
    parser.add_argument("output")
    given = parser.parse_args()
    bundled = json.loads(pathlib.Path(given.bundled).read_text()).values() if given.bundled else []
    relations = collections.defaultdict(set)
    for relation, paths in (("DYNAMIC_LINK", linked(pathlib.Path(given.installed))),
                            ("BUILD_DEPENDENCY_OF", headers(given.build)),
                            ("CONTAINS", [*bundled, *embedded(given.build)])):
        owners = packages_of(paths)
        unknown = set(bundled) - set(owners) if relation == "CONTAINS" else ()
        if unknown:
            raise SystemExit(f"sbom: no package is known for {', '.join(sorted(unknown))}")
        for package in owners.values():
            relations[package].add(relation)
    if given.licences:
        pathlib.Path(given.licences).mkdir(parents=True, exist_ok=True)
        for package in sorted(relations):
            if relations[package] & {"CONTAINS", "BUILD_DEPENDENCY_OF"}:
                shutil.copyfile(f"/usr/share/doc/{package}/copyright", f"{given.licences}/{package}.txt")
    text = json.dumps(document(given.version, relations), indent=1, ensure_ascii=False)
    pathlib.Path(given.output).write_text(text + "\n")


if __name__ == "__main__":
    main()

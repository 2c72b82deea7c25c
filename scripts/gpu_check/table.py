"""The compact table that ends a check."""

import math
import re
import statistics
import tomllib

from problems import fields


def peaks(systems, name):
    """Published peaks of the chip whose description (results/systems) matches the device's name."""
    for path in sorted(systems.glob("*.toml")):
        for system in tomllib.loads(path.read_text()).get("system", []):
            pattern = system.get("match", {}).get("name")
            if pattern and re.search(pattern, name):
                values = {}
                for one in system.get("property", []):
                    number = re.match(r"([\d.]+) ([TP])(FLOP|OP)/s$", str(one.get("value", "")))
                    if number:
                        scale = 1e12 if number[2] == "T" else 1e15
                        values[one["quantity"]] = float(number[1]) * scale
                return values
    return {}


def is_of(record, text):
    """Whether the record's problem, which has every field, is the one that `text` names."""
    return (record["operation"] == text.split()[0]
            and fields(text).items() <= fields(record["problem"]).items())


def rate(record):
    """FLOP/s, or B/s of what memory limits; None of a time."""
    operation, median = record["operation"], record["summary"]["median"]
    amount = record["work"]["bytes" if operation in ("triad", "copy", "transfer") else "flop"]
    return amount / median if amount and median and operation != "launch" else None


def implausible(record):
    """Whether its times cannot be true; nothing may be said by them."""
    return any(doubt["fault"] == "implausible" for doubt in record["trust"]["doubts"])


def verified(records):
    return [one for one in records if one["status"] == "ok" and not implausible(one)]


def best(records, divisions=None):
    """The fastest verified record of those divisions, or None."""
    good = [one for one in verified(records)
            if divisions is None or one["implementation"]["division"] in divisions]
    return min(good, key=lambda one: one["summary"]["median"], default=None)


def failures(records):
    told = [(one, one["status"], one["reason"]) for one in records
            if one["status"] not in ("ok", "unsupported")]
    told += [(one, "implausible", "times that cannot be true") for one in records
             if one["status"] == "ok" and implausible(one)]
    return [f"{one['problem']} ({one['implementation']['name']}): {status} {reason}"
            for one, status, reason in told]


def doubtful(record):
    return record is not None and not record["trust"]["trusted"]


def row(text, records, torch_seconds, peak):
    library, own = best(records, ("library",)), best(records, ("portable", "native"))
    kind = {"bf16": "bf16", "f16": "fp16", "f8e4m3": "fp8", "i8": "int8"}.get(
        fields(text).get("a", fields(text).get("type")))
    ceiling = peak.get(f"peak.{kind}")
    fastest = best(records)
    seconds = fastest and fastest["summary"]["median"]
    return {"problem": text, "record": fastest, "rate": fastest and rate(fastest),
            "torch": torch_seconds / seconds if torch_seconds and seconds else None,
            "own": library["summary"]["median"] / own["summary"]["median"]
            if library and own else None,
            "peak": rate(fastest) / ceiling
            if fastest and ceiling and fastest["operation"] in ("matmul", "attention") else None,
            "doubt": doubtful(fastest)}


def number(value, form):
    return "-" if value is None else format(value, form)


def rows_text(rows):
    lines = [f"{'rate':>10} {'x torch':>8} {'own/lib':>8} {'of peak':>8}  problem (fastest)"]
    for one in rows:
        told = "-" if one["rate"] is None else f"{one['rate'] / 1e12:.4g} T"
        name = one["record"]["implementation"]["name"] if one["record"] else "nothing verified"
        lines.append(f"{told + ('!' if one['doubt'] else ''):>10} {number(one['torch'], '.3f'):>8}"
                     f" {number(one['own'], '.1%'):>8} {number(one['peak'], '.1%'):>8}"
                     f"  {one['problem']} ({name})")
    for operation in ("matmul", "attention"):
        ratios = [one["torch"] for one in rows
                  if one["torch"] and one["problem"].startswith(operation)]
        if ratios:
            mean = math.exp(statistics.fmean(map(math.log, ratios)))
            lines.append(f"{operation}: {mean:.3f} x torch in the geometric mean of {len(ratios)},"
                         f" minimum {min(ratios):.3f}")
    if any(one["doubt"] for one in rows):
        lines.append("!  doubtful: assay show says why")
    return lines


def outcomes_text(outcomes):
    return [f"{one.step:<10} {one.state:<9} {one.seconds:6.1f} s  {one.text}" for one in outcomes]

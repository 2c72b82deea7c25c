"""Checks that the records that the library writes match the published schema, and that damaged records do not."""

import copy
import json
import subprocess
import sys

import jsonschema


def damaged(record):
    """Pairs of a description of the damage and the damaged record."""
    for key in record:
        without = copy.deepcopy(record)
        del without[key]
        yield f"{key} missing", without
        if isinstance(record[key], dict):
            for inner in record[key]:
                if key in ("device", "implementation") and inner in ("properties", "details"):
                    continue
                broken = copy.deepcopy(record)
                broken[key][inner] = [] if inner != "interval" else {}
                yield f"{key}.{inner} of another type", broken
        broken = copy.deepcopy(record)
        broken[key] = {"unexpected": 1}
        yield f"{key} of another type", broken
    for key, value in {
        "schema": 2,
        "status": "good",
        "id": "1",
        "started": "yesterday",
        "output_hash": "xyz",
        "operands_hash": "xyz",
        "course": [{"seconds": 1}],
        "environment": "abc",
        "imported_from": {"format": "", "file": "", "sha256": "abc"},
        "device_seconds": ["1"],
        "surprise": 1,
    }.items():
        yield f"{key} = {value}", {**record, key: value}


def pretending(record):
    """Pairs of a forbidden value of a modelled record and the record with it."""
    for key, value in {
        "origin": "measured",
        "device_seconds": [1e-3],
        "host_seconds": [1e-3],
        "summary": {**record["summary"], "count": 1},
        "check": {**record["check"], "outcome": "right"},
        "device": {**record["device"], "modelled": False},
    }.items():
        if key == "device" and record["origin"] == "imported":
            continue  # such a record says nothing else of a model
        yield f"modelled, and {key} = {value}", {**record, key: value}


def main():
    schema_file, program = sys.argv[1:]
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    lines = subprocess.run([program], check=True, capture_output=True).stdout.decode().splitlines()
    records = [json.loads(line) for line in lines]
    failures = [
        f"record {number}: {'.'.join(map(str, error.path))}: {error.message}"
        for number, record in enumerate(records)
        for error in validator.iter_errors(record)
    ]
    trials = list(damaged(records[0]))
    modelled = [record for record in records if record["device"]["modelled"]]
    for record in modelled:
        trials += pretending(record)
    if not modelled:
        failures.append("no record is modelled")
    failures += [f"not caught: {what}" for what, record in trials if validator.is_valid(record)]
    # `trust` stands only in what `show --json` and `run --json` print.
    if list(records[0]) != [key for key in schema["properties"] if key != "trust"]:
        failures.append("the keys do not stand in the schema's order")
    print("\n".join(failures[:20]))
    print(f"{len(records)} records, {len(trials)} damaged ones, {len(failures)} failures")
    return 1 if failures or len(records) < 100 else 0


sys.exit(main())

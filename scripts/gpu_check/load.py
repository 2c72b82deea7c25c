"""Sensors under load: what Assay's record says of power, clock and limits, beside nvidia-smi's log."""

import statistics

from smi import Smi
from table import best, doubtful, failures

AGREE = 0.1  # of both powers; nvidia-smi's are means over its own windows


def of_record(record):
    """Watts, and whether they rest on energy over a window; megahertz; limits."""
    sensors, course = record["sensors"], record["course"]
    told = [second["power_watts"] for second in course if second["power_watts"] is not None]
    mean = statistics.fmean(told) if told else None
    clocks = [second["clock_hz"] for second in course if second["clock_hz"] is not None]
    limits = {text for text in (sensors["throttle"], *(one["throttle"] for one in course)) if text}
    return {"energy_watts": sensors["power_watts"], "watts": sensors["power_watts"] or mean,
            "megahertz": statistics.median(clocks) / 1e6 if clocks else None,
            "reasons": ", ".join(sorted(limits)), "joules": record["energy"]["joules_per_launch"]}


def compared(own, other):
    """Whether both logs agree, and what they say."""
    text, agree = [], True
    if own["watts"] is None:
        text.append("Assay reads no power")
    elif other:
        ratio = own["watts"] / other["watts"]
        agree = abs(ratio - 1) <= AGREE
        text.append(f"{own['watts']:.0f} W, nvidia-smi {other['watts']:.0f} W (x{ratio:.3f}"
                    f"{'' if agree else ': they DIFFER'})")
    else:
        text.append(f"{own['watts']:.0f} W")
    if own["joules"]:
        text.append(f"{own['joules']:.4g} J a launch")
    else:
        text.append("no energy: the record says why")
    if own["megahertz"]:
        beside = f", nvidia-smi {other['megahertz']:.0f} MHz" if other else ""
        text.append(f"{own['megahertz']:.0f} MHz{beside}")
    limits = f"limits: {own['reasons'] or 'none'}"
    if other and other["reasons"] != own["reasons"]:
        limits += f" (nvidia-smi: {other['reasons'] or 'none'})"
    return agree, "; ".join([*text, limits])


def loaded(assay, plan, store, bus, path, limit):
    """A burn of the plan's product by the device's fastest library, watched by nvidia-smi."""
    common = ("--problem", plan.load, "--mode", "hot", "--budget", plan.budget,
              "--timeout", plan.timeout)
    first, late = assay.measure(store, limit, *common, "--division", "library")
    fastest = best(first)
    if fastest is None:
        return False, f"nothing to burn: {'; '.join(failures(first)) or 'no library'}{late}"
    with Smi(bus, path, plan.edge) as log:
        records, late = assay.measure(store, limit, *common, "--burn", plan.burn,
                                      "--implementation", fastest["implementation"]["name"])
    burnt = best(records)
    if burnt is None or not burnt["course"]:
        return False, f"the burn gave no record: {'; '.join(failures(records))}{late}"
    agree, text = compared(of_record(burnt), log.summary())
    if log.missing:
        text += f" ({log.missing})"
    elif not log.summary():
        text += " (nvidia-smi's log has too little busy time to compare with)"
    return agree and not late, text + late + (" !" if doubtful(burnt) else "")

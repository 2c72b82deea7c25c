"""Lets other detectors of changes judge histories, for history_curve to examine what they tell.

  python3 -m venv peers && peers/bin/pip install apache-otava ruptures
  peers/bin/python peers.py otava histories.csv > otava.csv
  history_curve histories.csv --told otava.csv

The detectors: `otava` (Apache Otava, p 0.001 and a change of at least 2%), `otava-strict` (p 1e-5 and 5%), `pelt-l2`
(ruptures, PELT with squared errors, the penalty of BIC: 2 log n variances, the variance from differences of
successive nights) and `pelt-rbf` (PELT with the Gaussian kernel, penalty 10, as in its guide). ruptures judges
logarithms; its KernelCPD finds the optimum of its Pelt, in C. The table has the columns series and at, the number of
the first night of a new level, from 0. Series of fewer than 150 nights are left out."""

import csv
import itertools
import math
import statistics
import sys

FEWEST = 150


def otava(values, probability, magnitude):
    from otava.series import AnalysisOptions, Metric, Series

    options = AnalysisOptions()
    options.max_pvalue = probability
    options.min_magnitude = magnitude
    nights = list(range(len(values)))
    series = Series("history", None, nights, {"value": Metric()}, {"value": list(values)}, {})
    return [change.index for change in series.analyze(options).change_points["value"]]


def pelt(values, kernel):
    import numpy
    import ruptures

    logs = numpy.log(numpy.array(values))
    penalty = 10
    if kernel == "linear":
        # Of normal noise, half of the squared differences are above 0.455 times twice the variance.
        variance = statistics.median(numpy.diff(logs) ** 2) / (2 * 0.4549)
        penalty = 2 * math.log(len(values)) * max(variance, 1e-6)
    return ruptures.KernelCPD(kernel=kernel, min_size=2).fit(logs).predict(pen=penalty)[:-1]


DETECTORS = {
    "otava": lambda values: otava(values, 0.001, 0.02),
    "otava-strict": lambda values: otava(values, 1e-5, 0.05),
    "pelt-l2": lambda values: pelt(values, "linear"),
    "pelt-rbf": lambda values: pelt(values, "rbf"),
}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in DETECTORS:
        sys.exit(__doc__)
    told = csv.writer(sys.stdout, lineterminator="\n")
    told.writerow(("series", "at"))
    with open(sys.argv[2], newline="") as file:
        for series, rows in itertools.groupby(csv.DictReader(file), lambda row: row["series"]):
            values = [float(row["value"]) for row in rows]
            if len(values) >= FEWEST:
                told.writerows((series, at) for at in DETECTORS[sys.argv[1]](values))


if __name__ == "__main__":
    main()

"""The same estimation with PyPI diff-diff, in a process of its own: audit_reference.py <panel.csv> <draws>. Prints one JSON object."""

import json
import resource
import sys
import time
import warnings

import pandas as pd
from diff_diff import CallawaySantAnna

warnings.filterwarnings("ignore")
file, draws = sys.argv[1], int(sys.argv[2])


def fit(panel, bootstrap):
    started = time.perf_counter()
    model = CallawaySantAnna(control_group="never_treated", estimation_method="reg", n_bootstrap=bootstrap, seed=1)
    result = model.fit(panel, outcome="outcome", unit="unit", time="time", first_treat="cohort", aggregate="all")
    return time.perf_counter() - started, result


started = time.perf_counter()
panel = pd.read_csv(file)
read_s = time.perf_counter() - started
bootstrap_s, result = fit(panel, draws)
analytic_s, _ = fit(panel, 0)
print(
    json.dumps(
        {
            "readS": read_s,
            "analyticS": analytic_s,
            "bootstrapS": bootstrap_s,
            "withCsvS": read_s + bootstrap_s,
            "peakRssMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "simpleAtt": result.overall_att,
        }
    )
)

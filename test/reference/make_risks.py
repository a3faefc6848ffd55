"""Competing risks by other implementations: writes risks.json, which test/unit/onboarding/risksReference.unit.test.ts reads.

    pip install lifelines==0.30.3 statsmodels==0.15.0 && python make_risks.py

Aalen-Johansen incidences at the end of watching and numbers at risk: lifelines where no two durations are equal (it moves ties apart at
random), statsmodels' CumIncidenceRight, which takes ties as they are, and, for every set, the product of transition matrices from the
definition, in fractions. All that apply must agree to 1e-9. Medians: lifelines and statsmodels, for sets where no survival is one half
to within rounding; else from the fractions alone.
"""

import json
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

OUTCOMES = ["DONE", "DARE_NOT/CASH", "MISMATCH/SOLUTION_DOES_NOT_FIT", "UNABLE/NO_STAFF"]
AT_DAYS = [0, 30, 90, 180]


def draw(seed, size, tied, censored):
    rng = random.Random(seed)
    observations = []
    for _ in range(size):
        days = rng.expovariate(1 / 60)
        days = float(round(days / 5) * 5) if tied else round(days, 6)
        outcome = None if rng.random() < censored else rng.choices(OUTCOMES, weights=[6, 2, 3, 1])[0]
        observations.append({"days": days, "outcome": outcome})
    return observations


def from_definition(observations):
    """The state-occupation vector times the product of (I + dA(t)), in fractions; beside it the product-limit of DONE alone."""
    occupied = [Fraction(1)] + [Fraction(0)] * len(OUTCOMES)
    undone, median = Fraction(1), None
    for t in sorted({o["days"] for o in observations if o["outcome"] is not None}):
        at_risk = sum(o["days"] >= t for o in observations)
        hazard = [Fraction(sum(o["days"] == t and o["outcome"] == k for o in observations), at_risk) for k in OUTCOMES]
        occupied = [occupied[0] * (1 - sum(hazard))] + [p + occupied[0] * h for p, h in zip(occupied[1:], hazard)]
        undone *= 1 - hazard[0]
        if median is None and undone <= Fraction(1, 2):
            median = t
    return [float(p) for p in occupied[1:]], median


def hits_one_half(observations):
    undone = Fraction(1)
    for t in sorted({o["days"] for o in observations if o["outcome"] == "DONE"}):
        at_risk = sum(o["days"] >= t for o in observations)
        undone *= 1 - Fraction(sum(o["days"] == t and o["outcome"] == "DONE" for o in observations), at_risk)
        if undone == Fraction(1, 2):
            return True
    return False


def by_lifelines(days, codes):
    found = []
    for code in range(1, len(OUTCOMES) + 1):
        fitter = AalenJohansenFitter(calculate_variance=False)
        if code in codes:
            fitter.fit(days, codes, event_of_interest=code)
            found.append(float(fitter.cumulative_density_.iloc[-1, 0]))
        else:
            found.append(0.0)
    return found


def by_statsmodels(days, codes):
    estimate = CumIncidenceRight(days, codes)
    present = [code for code in range(1, len(OUTCOMES) + 1) if code in codes]
    curves = dict(zip(range(1, max(codes) + 1), estimate.cinc))
    return [float(curves[code][-1]) if code in present else 0.0 for code in range(1, len(OUTCOMES) + 1)]


def reference(observations, tied):
    days = np.array([o["days"] for o in observations])
    codes = np.array([0 if o["outcome"] is None else OUTCOMES.index(o["outcome"]) + 1 for o in observations])
    incidence, median = from_definition(observations)
    agreeing = ["definition", "statsmodels"]
    np.testing.assert_allclose(by_statsmodels(days, codes), incidence, atol=1e-9)
    if not tied:
        np.testing.assert_allclose(by_lifelines(days, codes), incidence, atol=1e-9)
        agreeing.append("lifelines")
    if not hits_one_half(observations):
        km = KaplanMeierFitter().fit(days, codes == 1)
        theirs = [float(km.median_survival_time_), float(SurvfuncRight(days, (codes == 1).astype(int)).quantile(0.5))]
        for one in theirs:
            assert (np.isfinite(one) and one == median) or (not np.isfinite(one) and median is None), (theirs, median)
    return {
        "incidence": dict(zip(OUTCOMES, incidence)),
        "medianDays": median,
        "atRisk": [int(np.sum(days >= at)) for at in AT_DAYS],
        "agreeing": agreeing,
    }


def main():
    designs = [
        ("continuous", 20261128, 240, False, 0.35),
        ("tied", 4711, 300, True, 0.3),
        ("tied, no censoring", 815, 64, True, 0.0),
        ("mostly open", 99, 120, False, 0.85),
        ("few", 5, 9, True, 0.3),
    ]
    cases = []
    for name, seed, size, tied, censored in designs:
        observations = draw(seed, size, tied, censored)
        cases.append({"name": name, "observations": observations, **reference(observations, tied)})
    # One half exactly, by fractions: n distinct days, all of them done.
    for size in (6, 14, 46, 98):
        observations = [{"days": float(day), "outcome": "DONE"} for day in range(1, size + 1)]
        cases.append({"name": f"half of {size}", "observations": observations, **reference(observations, False)})
    file = Path(__file__).with_name("risks.json")
    file.write_text(json.dumps({"atDays": AT_DAYS, "cases": cases}, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

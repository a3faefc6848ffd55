"""Seeded panels for the reference values: python make_panels.py writes panels/*.csv (numpy, pandas)."""

from pathlib import Path

import numpy as np
import pandas as pd

PANELS = Path(__file__).parent / "panels"


def draw(seed, cohorts, periods, first=1, clusters=None, covariates=False, varying_covariate=False, missing=0.0):
    """cohorts: {first treated period (0 = never): number of units}. Returns one row per unit and period."""
    rng = np.random.default_rng(seed)
    rows = []
    unit = 0
    for cohort, size in cohorts.items():
        for _ in range(size):
            unit += 1
            level, slope = rng.normal(5, 1), rng.normal(0, 0.05)
            capital = rng.normal(0.4 if cohort else 0.0, 1)
            erp = int(rng.random() < (0.6 if cohort else 0.4))
            cluster = int(rng.integers(clusters)) if clusters else 0
            shock = np.cumsum(rng.normal(0, 0.2, periods))
            drift = 0.0
            for index in range(periods):
                time = first + index
                effect = 0.3 + 0.1 * (time - cohort) if cohort and time >= cohort else 0.0
                outcome = level + slope * index + 0.1 * index + shock[index] + effect + rng.normal(0, 0.3)
                if covariates:
                    outcome += 0.15 * index * capital + 0.1 * index * erp
                drift += rng.normal(0, 0.3)
                row = {"unit": f"u{unit:03d}", "time": time, "outcome": round(outcome, 4), "cohort": cohort}
                if covariates:
                    row |= {"capital": round(capital + (drift if varying_covariate else 0.0), 4), "erp": erp}
                if clusters:
                    row["district"] = f"d{cluster:02d}"
                rows.append(row)
    panel = pd.DataFrame(rows)
    if missing:
        panel = panel[rng.random(len(panel)) >= missing]
    return panel


def cluster_treated(seed, cohort_of_cluster, units_each, periods):
    """Every unit of a cluster has the cluster's cohort; common cluster shocks."""
    rng = np.random.default_rng(seed)
    rows = []
    for cluster, cohort in enumerate(cohort_of_cluster):
        shock = np.cumsum(rng.normal(0, 0.1, periods))
        for member in range(units_each):
            level = rng.normal(5, 1)
            for index in range(periods):
                time = index + 1
                effect = 0.4 if cohort and time >= cohort else 0.0
                outcome = level + 0.1 * index + shock[index] + effect + rng.normal(0, 0.3)
                rows.append(
                    {"unit": f"c{cluster:02d}-{member}", "time": time, "outcome": round(outcome, 4), "cohort": cohort, "leader": f"L{cluster:02d}"}
                )
    return pd.DataFrame(rows)


def panels():
    yield "balanced", draw(1, {0: 40, 4: 15, 5: 12, 7: 18}, 8)
    yield "unbalanced", draw(2, {0: 50, 4: 20, 6: 25}, 8, missing=0.12)
    yield "few-clusters", draw(3, {0: 40, 3: 20, 5: 20}, 7, clusters=8)
    yield "leader-clusters", cluster_treated(4, [0, 0, 0, 0, 4, 4, 5, 5, 6], 6, 7)
    yield "always-treated", draw(5, {0: 35, 2019: 8, 2022: 15, 2024: 12}, 7, first=2019)
    yield "covariates", draw(6, {0: 120, 4: 40, 5: 50}, 6, covariates=True)
    yield "covariates-varying", draw(7, {0: 120, 4: 40, 5: 50}, 6, covariates=True, varying_covariate=True)
    yield "no-never", draw(8, {4: 20, 6: 25, 8: 30}, 9)
    yield "treated-later", draw(9, {0: 30, 4: 15, 6: 15, 12: 10}, 8)
    yield "covariates-unbalanced", draw(10, {0: 120, 4: 40, 5: 50}, 6, covariates=True, missing=0.1)


if __name__ == "__main__":
    PANELS.mkdir(exist_ok=True)
    for name, panel in panels():
        panel.to_csv(PANELS / f"{name}.csv", index=False)

"""Runs public implementations of Callaway and Sant'Anna (2021) on panels/*.csv and writes reference.json.

    pip install numpy pandas csdid==0.4.3 differences==0.3.0 diff-diff==3.13.0 moderndid==0.2.0
    python make_panels.py && python make_reference.py

Each figure is kept with those that agree on it (att to 1e-8, se to 1e-6 relative) and with those that deviate. A figure on
which no two agree is kept with every value and `value: null`. "plain" is the textbook formula below, unit by unit: it fixes
the pairwise policy, for which the packages differ (diff-diff agrees with it on cells but weights cohorts by the units of
each cell; differences 0.3 deviates; csdid and moderndid turn to repeated cross-sections).

Known deviations: moderndid 0.2.0 ignores clusters; diff-diff 3.13.0 does not normalise the weights of the doubly robust
estimator, averages its cohorts with the anticipation periods, and multiplies clustered errors by sqrt(G / (G - 1)), which
is taken out here; differences 0.3.0 cannot cluster with pandas 3. Where conventions differ, "follow" names whose is meant:
csdid compares periods g - 2 and later with g - 1 - anticipation; moderndid keeps the placebo cells of the last cohort.
"""

import contextlib
import io
import json
import math
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
BASE = {"control": "never", "base": "varying", "anticipation": 0, "covariates": [], "cluster": None, "unbalanced": "pairwise"}
CASES = {
    "balanced": ("balanced", {}),
    "balanced, not-yet-treated controls": ("balanced", {"control": "notyet"}),
    "balanced, universal base": ("balanced", {"base": "universal"}),
    "balanced, not-yet-treated controls, universal base": ("balanced", {"control": "notyet", "base": "universal"}),
    "balanced, anticipation 1": ("balanced", {"anticipation": 1}),
    "balanced, anticipation 1, not-yet-treated controls": ("balanced", {"anticipation": 1, "control": "notyet"}),
    "balanced, anticipation 2": ("balanced", {"anticipation": 2}, "csdid"),
    "balanced, anticipation 1, universal base": ("balanced", {"anticipation": 1, "base": "universal"}),
    "unbalanced, pairwise": ("unbalanced", {}, "plain"),
    "unbalanced, balanced by dropping": ("unbalanced", {"unbalanced": "balanced"}),
    "few clusters": ("few-clusters", {"cluster": "district"}),
    "clusters treated as a whole": ("leader-clusters", {"cluster": "leader", "control": "notyet"}),
    "always treated": ("always-treated", {}),
    "covariates": ("covariates", {"covariates": ["capital", "erp"]}),
    "covariates, not-yet-treated controls": ("covariates", {"covariates": ["capital", "erp"], "control": "notyet"}),
    "covariates, universal base": ("covariates", {"covariates": ["capital", "erp"], "base": "universal"}),
    "covariates that vary over time": ("covariates-varying", {"covariates": ["capital", "erp"]}),
    "covariates, unbalanced, dropping": ("covariates-unbalanced", {"covariates": ["capital", "erp"], "unbalanced": "balanced"}),
    "no never-treated units": ("no-never", {"control": "notyet"}, "moderndid"),
    "some treated after the panel": ("treated-later", {}),
}


def load(panel):
    frame = pd.read_csv(HERE / "panels" / f"{panel}.csv")
    frame["uid"] = frame["unit"].astype("category").cat.codes + 1
    for column in ("district", "leader"):
        if column in frame:
            frame[column] = frame[column].astype("category").cat.codes + 1
    return frame


def complete_units(frame):
    return frame[frame.groupby("uid")["time"].transform("count") == frame["time"].nunique()]


def run_csdid(frame, o):
    from csdid.att_gt import ATTgt

    if o["unbalanced"] == "pairwise" and frame.groupby("uid").size().nunique() > 1:
        raise ValueError("treats an unbalanced panel as repeated cross-sections")
    formula = "outcome ~ " + " + ".join(o["covariates"]) if o["covariates"] else None
    fit = ATTgt(
        yname="outcome", tname="time", idname="uid", gname="cohort", data=frame.copy(), xformla=formula, anticipation=o["anticipation"],
        control_group=["nevertreated" if o["control"] == "never" else "notyettreated"], clustervar=o["cluster"],
    ).fit(est_method="dr" if o["covariates"] else "reg", base_period=o["base"], bstrap=False)
    r = fit.results
    figures = cells(zip(r["group"], r["year"], r["att"], r["se"]))
    for kind, key in (("simple", None), ("dynamic", "e"), ("group", "group"), ("calendar", "time")):
        a = fit.aggte(kind, bstrap=False, cband=False).atte
        put(figures, "simple" if key is None else f"{kind} overall", a["overall_att"], a["overall_se"])
        if key:
            for at, att, se in zip(a["egt"], a["att_egt"], np.ravel(a["se_egt"])):
                put(figures, f"{kind} {int(at)}", att, se)
    return figures


def run_moderndid(frame, o):
    import moderndid

    if o["unbalanced"] == "pairwise" and frame.groupby("uid").size().nunique() > 1:
        raise ValueError("treats an unbalanced panel as repeated cross-sections")
    columns = ["uid", "time", "outcome", "cohort", *o["covariates"], *([o["cluster"]] if o["cluster"] else [])]
    fit = moderndid.att_gt(
        frame[columns].astype(float), yname="outcome", tname="time", idname="uid", gname="cohort",
        xformla="~ " + " + ".join(o["covariates"]) if o["covariates"] else None, est_method="dr" if o["covariates"] else "reg", boot=False,
        control_group="nevertreated" if o["control"] == "never" else "notyettreated", anticipation=o["anticipation"],
        base_period=o["base"], clustervars=[o["cluster"]] if o["cluster"] else None,
    )
    figures = cells(zip(fit.groups, fit.times, fit.att_gt, fit.se_gt))
    for kind in ("simple", "dynamic", "group", "calendar"):
        a = moderndid.aggte(fit, type=kind, boot=False, cband=False)
        put(figures, "simple" if kind == "simple" else f"{kind} overall", a.overall_att, a.overall_se)
        if kind != "simple":
            for at, att, se in zip(a.event_times, a.att_by_event, a.se_by_event):
                put(figures, f"{kind} {int(at)}", att, se)
    return figures


def run_diff_diff(frame, o):
    from diff_diff import CallawaySantAnna

    fit = CallawaySantAnna(
        control_group="never_treated" if o["control"] == "never" else "not_yet_treated", anticipation=o["anticipation"],
        estimation_method="dr" if o["covariates"] else "reg", base_period=o["base"], cluster=o["cluster"], cband=False,
    ).fit(frame, outcome="outcome", unit="uid", time="time", first_treat="cohort", covariates=o["covariates"] or None, aggregate="all")
    figures = cells((g, t, e["effect"], e["se"]) for (g, t), e in fit.group_time_effects.items())
    put(figures, "simple", fit.overall_att, fit.overall_se)
    for at, e in (fit.event_study_effects or {}).items():
        put(figures, f"dynamic {int(at)}", e["effect"], e["se"])
    for at, e in (fit.group_effects or {}).items():
        put(figures, f"group {int(at)}", e["effect"], e["se"])
    if o["cluster"]:
        clusters = frame[o["cluster"]].nunique()
        figures = {name: value * math.sqrt((clusters - 1) / clusters) if name.endswith("se") else value for name, value in figures.items()}
    return figures


def run_differences(frame, o):
    from differences import ATTgt

    if o["base"] != "varying":
        raise ValueError("its universal base prints other cells")
    data = frame.copy()
    data["cohort"] = data["cohort"].replace(0, np.nan)
    keep = ["outcome", "cohort", *o["covariates"], *([o["cluster"]] if o["cluster"] else [])]
    data = data.set_index(["uid", "time"])[keep]
    model = ATTgt(data=data, cohort_column="cohort", base_period="varying", anticipation=o["anticipation"])
    formula = "outcome" + (" ~ " + " + ".join(o["covariates"]) if o["covariates"] else "")
    model.fit(
        formula, est_method="dr" if o["covariates"] else "reg", cluster_var=o["cluster"], progress_bar=False,
        control_group="never_treated" if o["control"] == "never" else "not_yet_treated",
    )
    table = model.results()
    figures = cells((index[0], index[-1], row.iloc[0], row.iloc[1]) for index, row in table.iterrows())
    row = model.aggregate("simple", cluster_var=o["cluster"]).iloc[0]
    put(figures, "simple", row.iloc[0], row.iloc[1])
    for kind, name in (("event", "dynamic"), ("cohort", "group"), ("time", "calendar")):
        for at, row in model.aggregate(kind, cluster_var=o["cluster"]).iterrows():
            put(figures, f"{name} {int(at)}", row.iloc[0], row.iloc[1])
        row = model.aggregate(kind, overall=True, cluster_var=o["cluster"]).iloc[0]
        put(figures, f"{name} overall", row.iloc[0], row.iloc[1])
    return figures


def cells(rows):
    figures = {}
    for group, time, att, se in rows:
        put(figures, f"attgt {int(group)} {int(time)}", att, se)
    return figures


def put(figures, name, att, se):
    for what, value in (("att", att), ("se", se)):
        value = float(np.ravel(value)[0]) if value is not None else math.nan
        if math.isfinite(value):
            figures[f"{name} {what}"] = value


def agree(name, a, b):
    return abs(a - b) <= (1e-8 if name.endswith("att") else 1e-6 * max(abs(a), abs(b)))


def settle(name, values, follow):
    """The value of the package to follow, or else that on which the most agree, if at least two do."""
    best = []
    for candidate in [values[follow]] if follow in values else values.values():
        same = [package for package, value in values.items() if agree(name, candidate, value)]
        if len(same) > len(best):
            best = same
    rounded = {package: float(f"{value:.13g}") for package, value in values.items()}
    if len(best) < 2 and follow not in values:
        return {"value": None, "given": rounded}
    figure = {"value": rounded[best[0]], "agreed": best}
    deviating = {package: value for package, value in rounded.items() if package not in best}
    return figure | ({"deviating": deviating} if deviating else {})


def run_plain(frame, o):
    """No covariates, never-treated controls, varying base: every unit's influence written out."""
    if o["covariates"] or o["control"] != "never" or o["base"] != "varying" or o["anticipation"]:
        raise ValueError("covers the plain case only")
    wide = frame.pivot(index="uid", columns="time", values="outcome")
    about = frame.groupby("uid").first().loc[wide.index]
    about["cohort"] = about["cohort"].where(about["cohort"] <= wide.columns.max(), 0)
    kept = (about["cohort"] == 0) | (about["cohort"] > wide.columns.min())
    wide, cohort = wide[kept], about["cohort"][kept]
    cluster = about[o["cluster"]][kept] if o["cluster"] else pd.Series(wide.index, index=wide.index)
    n, share = len(wide), cohort.value_counts() / len(wide)
    att, influence = {}, {}
    for g in sorted(set(cohort) - {0}):
        for t in wide.columns[1:]:
            change = wide[t] - wide[g - 1 if t >= g else t - 1]
            treated, control = change[cohort == g].dropna(), change[cohort == 0].dropna()
            psi = pd.Series(0.0, index=wide.index)
            psi[treated.index] = n / len(treated) * (treated - treated.mean())
            psi[control.index] = -n / len(control) * (control - control.mean())
            att[g, t], influence[g, t] = treated.mean() - control.mean(), psi

    def se(psi):
        return math.sqrt((psi.groupby(cluster).sum() ** 2).sum()) / n

    def average(keys):
        total = sum(share[g] for g, _ in keys)
        theta = sum(share[g] * att[g, t] for g, t in keys) / total
        psi = sum(share[g] * influence[g, t] for g, t in keys) / total
        return theta, psi + sum((cohort == g) * (att[g, t] - theta) for g, t in keys) / total

    figures = cells((g, t, att[g, t], se(influence[g, t])) for g, t in att)
    post = [(g, t) for g, t in att if t >= g]
    for name, label in (("dynamic", lambda g, t: t - g), ("group", lambda g, t: g), ("calendar", lambda g, t: t)):
        chosen = att if name == "dynamic" else post
        parts = {at: average([(g, t) for g, t in chosen if label(g, t) == at]) for at in sorted({label(g, t) for g, t in chosen})}
        for at, (theta, psi) in parts.items():
            put(figures, f"{name} {at}", theta, se(psi))
        if name == "group":
            total = sum(share[g] for g in parts)
            theta = sum(share[g] * parts[g][0] for g in parts) / total
            psi = sum(share[g] * parts[g][1] + (cohort == g) * (parts[g][0] - theta) for g in parts) / total
        else:
            late = [part for at, part in parts.items() if name == "calendar" or at >= 0]
            theta, psi = sum(p[0] for p in late) / len(late), sum(p[1] for p in late) / len(late)
        put(figures, f"{name} overall", theta, se(psi))
    theta, psi = average(post)
    put(figures, "simple", theta, se(psi))
    return figures


PACKAGES = {"csdid": run_csdid, "differences": run_differences, "diff-diff": run_diff_diff, "moderndid": run_moderndid, "plain": run_plain}


def main():
    cases = []
    for title, (panel, changes, *follow) in CASES.items():
        options = BASE | changes
        frame = load(panel)
        if options["unbalanced"] == "balanced":
            frame = complete_units(frame)
        given, failed = {}, {}
        for package, run in PACKAGES.items():
            try:
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    given[package] = run(frame, options)
            except Exception as error:  # a package that cannot run a case is part of the record
                failed[package] = f"{type(error).__name__}: {error}".splitlines()[0][:160]
        names = sorted({name for figures in given.values() for name in figures})
        figures = {name: settle(name, {package: f[name] for package, f in given.items() if name in f}, *(follow or [None])) for name in names}
        cases.append({"title": title, "panel": panel, "options": options, "failed": failed, "figures": figures})
        agreed = sum(figure["value"] is not None for figure in figures.values())
        print(f"{title}: {agreed} of {len(figures)} figures agreed; failed: {failed}")
    document = {"versions": {package: version(package) for package in PACKAGES if package != "plain"}, "cases": cases}
    text = json.dumps(document, separators=(",", ":")).replace('{"title"', '\n{"title"').replace('"attgt', '\n"attgt')
    (HERE / "reference.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

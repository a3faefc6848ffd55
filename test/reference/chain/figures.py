"""Figures of one chain, worked out apart from the product, with nothing but Python's standard library.

Reads events.jsonl (accepted events as they are stored) and chain.json (who belongs to the chain), and writes figures.json:
by month and level (leader, suppliers, chain) the numerator and denominator of each figure, as whole numbers.

    python3 test/reference/chain/figures.py
"""

import calendar
import json
from pathlib import Path

HERE = Path(__file__).parent
KINDS = {
    "inventory.closed.v1": "inventory",
    "production.reported.v1": "production",
    "cost.reported.v1": "cost",
    "energy.reported.v1": "energy",
    "energy.reported.v2": "energy",
    "revenue.reported.v1": "revenue",
    "headcount.reported.v1": "headcount",
}
GRADE = {"platform": "a", "chain": "a"}
ORDER = ["platform", "chain", "supplier"]


def standing(events):
    """Events that no standing correction takes back; a correction can itself be taken back by a later one."""
    corrections = [event for event in events if event["type"] == "correction.declared.v1"]
    targets = {}
    for correction in corrections:
        source = correction["identity"].split(" ", 1)[0]
        target = f"{source} {correction['data']['correctedId']}"
        targets.setdefault(target, []).append(correction)

    def stands(correction):
        later = [
            other
            for other in targets.get(correction["identity"], [])
            if (other["time"], other["identity"]) > (correction["time"], correction["identity"])
        ]
        return not any(stands(other) for other in later)

    return [
        event
        for event in events
        if event["type"] in KINDS and not any(stands(one) for one in targets.get(event["identity"], []))
    ]


def grade(event):
    if event["sourceClass"] in GRADE:
        return GRADE[event["sourceClass"]]
    return "c" if event["data"].get("documentNumber") or event["data"].get("documentSha256") else "d"


def chosen(events):
    """(firm, month, kind) -> data: the latest statement of the source class with the best evidence."""
    latest = {}
    for event in events:
        data = event["data"]
        if event["type"] == "inventory.closed.v1":
            held = data["stockKind"] != "own"
            if held or (event["sourceClass"] == "chain" and data["holderUscc"] != data["firmUscc"]):
                continue
        key = (event["firm"], event["period"], KINDS[event["type"]], event["sourceClass"])
        order = (event["time"], event["identity"])
        if key not in latest or order > latest[key][0]:
            latest[key] = (order, event)
    best = {}
    for (firm, month, kind, source_class), (_, event) in latest.items():
        rank = (grade(event), ORDER.index(source_class))
        if (firm, month, kind) not in best or rank < best[(firm, month, kind)][0]:
            best[(firm, month, kind)] = (rank, event["data"])
    return {key: data for key, (_, data) in best.items()}


def energy_wh(data):
    return data["energyWh"] if "energyWh" in data else sum(carrier["energyWh"] for carrier in data["carriers"])


def quality_fen(cost):
    return sum(cost[f"{name}CostFen"] for name in ("prevention", "appraisal", "internalFailure", "externalFailure"))


def ratios(reports, days):
    """Figure -> (numerator, denominator) of one firm and month; figures that lack something are absent."""
    found = {}
    stock, revenue = reports.get("inventory"), reports.get("revenue")
    production, cost = reports.get("production"), reports.get("cost")
    energy, staff = reports.get("energy"), reports.get("headcount")
    if stock and stock["costOfGoodsSoldFen"]:
        stocks_fen = stock["openingStockFen"] + stock["closingStockFen"]
        if stocks_fen:
            found["inventoryTurns"] = (730 * stock["costOfGoodsSoldFen"], days * stocks_fen)
            found["inventoryDays"] = (days * stocks_fen, 2 * stock["costOfGoodsSoldFen"])
    if production and production["labourSeconds"]:
        found["unitsPerHour"] = (production["goodUnits"] * 3600, production["labourSeconds"])
        if revenue:
            value_added_fen = revenue["revenueFen"] - revenue["purchasesFen"]
            found["valueAddedPerHour"] = (value_added_fen * 36, production["labourSeconds"])
    if revenue and revenue["revenueFen"]:
        if cost:
            found["qualityCostPer100Yuan"] = (quality_fen(cost) * 100, revenue["revenueFen"])
            found["processingCostPer100Yuan"] = (cost["processingCostFen"] * 100, revenue["revenueFen"])
        if energy:
            found["energyPer100Yuan"] = (energy_wh(energy) * 10, revenue["revenueFen"])
    if revenue and staff and staff["headcount"]:
        found["revenuePerHead"] = (revenue["revenueFen"], staff["headcount"] * 100)
    return found


def main():
    chain = json.loads((HERE / "chain.json").read_text("utf-8"))
    events = [json.loads(line) for line in (HERE / "events.jsonl").read_text("utf-8").splitlines()]
    reports = chosen(standing(events))
    levels = {
        "leader": [chain["leader"]],
        "suppliers": chain["suppliers"],
        "chain": [chain["leader"], *chain["suppliers"]],
    }
    figures = {}
    for month in sorted({month for _, month, _ in reports}):
        days = calendar.monthrange(int(month[:4]), int(month[5:]))[1]
        for level, firms in levels.items():
            sums = {}
            for firm in firms:
                own = {kind: data for (who, when, kind), data in reports.items() if (who, when) == (firm, month)}
                for name, (numerator, denominator) in ratios(own, days).items():
                    before = sums.get(name, (0, 0, 0))
                    sums[name] = (before[0] + numerator, before[1] + denominator, before[2] + 1)
            for name, (numerator, denominator, count) in sorted(sums.items()):
                figures.setdefault(month, {}).setdefault(level, {})[name] = {
                    "numerator": numerator,
                    "denominator": denominator,
                    "firms": count,
                }
    (HERE / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

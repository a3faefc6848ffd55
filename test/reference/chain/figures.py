"""Figures of one chain, worked out apart from the product, with nothing but Python's standard library.

Reads events.jsonl (accepted events as they are stored) and chain.json (who belongs to the chain), and writes figures.json:
by month and level (leader, suppliers, chain) the numerator and denominator of each figure, as whole numbers, or as text where they
are too large for a double. Reads transformed.jsonl (one firm's events over the whole time) and writes change.json: its baselines as
frozen with the contract, and what changed against them.

    python3 test/reference/chain/figures.py
"""

import calendar
import json
from fractions import Fraction
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
    "receivables.closed.v1": "receivables",
    "quality.reported.v1": "quality",
}
GRADE = {"platform": "a", "chain": "a"}
ORDER = ["platform", "chain", "supplier"]


def kind_of(event):
    if event["type"] == "quality.reported.v1":
        return "quality-ai" if event["data"]["inspectionMethod"] == "ai" else "quality-manual"
    return KINDS[event["type"]]


def days_in(month):
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]


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
        key = (event["firm"], event["period"], kind_of(event), event["sourceClass"])
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
    if cost and production and production["goodUnits"]:
        found["qualityCostPerGoodUnit"] = (quality_fen(cost), production["goodUnits"] * 100)
        found["processingCostPerGoodUnit"] = (cost["processingCostFen"], production["goodUnits"] * 100)
    if production and all(production[name] for name in ("actualSeconds", "producedUnits", "plannedSeconds")):
        found["oee"] = (production["idealCycleMs"] * production["goodUnits"], production["plannedSeconds"] * 1000)
    for name, quality in (("Manual", reports.get("quality-manual")), ("Ai", reports.get("quality-ai"))):
        if quality and quality["defectsFoundUnits"] + quality["escapedUnits"]:
            defects = quality["defectsFoundUnits"] + quality["escapedUnits"]
            found[f"escapeRate{name}"] = (quality["escapedUnits"], defects)
        if quality and quality["inspectedUnits"]:
            found[f"falseRejectRate{name}"] = (quality["falseRejectUnits"], quality["inspectedUnits"])
    return found


def open_money(reports):
    """What cash-to-cash is worked out from, in fen: None where one of its three days is not known."""
    stock, revenue, money = (reports.get(kind) for kind in ("inventory", "revenue", "receivables"))
    if not (stock and revenue and money and stock["costOfGoodsSoldFen"] and revenue["revenueFen"]):
        return None
    stocks_fen = stock["openingStockFen"] + stock["closingStockFen"]
    if not stocks_fen:
        return None
    names = ("receivablesFen", "payablesFen")
    return (stocks_fen, stock["costOfGoodsSoldFen"], revenue["revenueFen"], *(money[name] for name in names))


def cash_to_cash(firms, days):
    """Days of inventory + of receivables - of payables, of the sums over firms."""
    stocks, sold, revenue, receivables, payables = (Fraction(sum(column)) for column in zip(*firms))
    value = days * (stocks / 2 / sold + receivables / revenue - payables / sold)
    return {"numerator": str(value.numerator), "denominator": str(value.denominator), "firms": len(firms)}


def rounded(value):
    """Half away from zero, of what is not negative."""
    return int(value + Fraction(1, 2))


def turns(window, reports):
    """Turns over several months: goods sold a year over the mean of the months' stocks; both sides times 24."""
    stocks = [reports[month]["inventory"] for month in window]
    sold = sum(stock["costOfGoodsSoldFen"] for stock in stocks)
    both_ends = sum(stock["openingStockFen"] + stock["closingStockFen"] for stock in stocks)
    days = 365 if len(window) == 12 else sum(days_in(month) for month in window)
    return rounded(Fraction(24 * 365 * sold, days)), rounded(Fraction(12 * both_ends, len(window)))


def units_per_hour(window, reports):
    made = [reports[month]["production"] for month in window]
    return sum(one["goodUnits"] for one in made) * 3600, sum(one["labourSeconds"] for one in made)


def month_after(month, count):
    whole = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def by_month(events):
    """Month -> kind -> data, and month -> figure -> (numerator, denominator), of one firm."""
    reports = {}
    for (_, month, kind), data in chosen(standing(events)).items():
        reports.setdefault(month, {})[kind] = data
    return reports, {month: ratios(own, days_in(month)) for month, own in reports.items()}


def first(events, kind):
    return min((event for event in events if event["type"] == kind), key=lambda event: event["time"])


def latest(figures, name, low, high):
    """The latest twelve months of a figure between two months, both included."""
    return sorted(month for month, own in figures.items() if low <= month <= high and name in own)[-12:]


def ratio(pair, **more):
    return {"numerator": pair[0], "denominator": pair[1], **more}


def change():
    """Baselines of one firm as of its contract, and what changed since it went live: the same months of the year on both sides."""
    events = [json.loads(line) for line in (HERE / "transformed.jsonl").read_text("utf-8").splitlines()]
    contract, live = first(events, "onboarding.contract-signed.v1"), first(events, "onboarding.go-live-confirmed.v1")
    contract_month, live_month = contract["data"]["signedOn"][:7], live["data"]["liveOn"][:7]
    known, figures_then = by_month([event for event in events if event["time"] <= contract["time"]])
    now, figures_now = by_month(events)
    last = max(now)
    found = {}
    for name, over in (("inventoryTurns", turns), ("unitsPerHour", units_per_hour)):
        before = latest(figures_then, name, month_after(contract_month, -24), month_after(contract_month, -1))
        after = latest(figures_now, name, month_after(live_month, 1), last)
        # Of each side the latest month of each name: with gaps, twelve months can reach over more than a year.
        earlier, later = ({month[5:]: month for month in side} for side in (before, after))
        pairs = sorted((later[one], earlier[one]) for one in later if one in earlier)
        was, became = over([old for _, old in pairs], known), over([new for new, _ in pairs], now)
        found[name] = {
            "baseline": ratio(over(before, known), months=len(before)),
            "before": ratio(was),
            "after": ratio(became, months=[new for new, _ in pairs]),
            "change": float(Fraction(*became) / Fraction(*was) - 1),
        }
    return {"firm": contract["firm"], "contractMonth": contract_month, "last": last, "figures": found}


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
        days = days_in(month)
        for level, firms in levels.items():
            sums = {}
            money = []
            for firm in firms:
                own = {kind: data for (who, when, kind), data in reports.items() if (who, when) == (firm, month)}
                for name, (numerator, denominator) in ratios(own, days).items():
                    before = sums.get(name, (0, 0, 0))
                    sums[name] = (before[0] + numerator, before[1] + denominator, before[2] + 1)
                if open_money(own) is not None:
                    money.append(open_money(own))
            for name, (numerator, denominator, count) in sorted(sums.items()):
                figures.setdefault(month, {}).setdefault(level, {})[name] = {
                    "numerator": numerator,
                    "denominator": denominator,
                    "firms": count,
                }
            if money:
                figures[month][level]["cashToCash"] = cash_to_cash(money, days)
    (HERE / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    (HERE / "change.json").write_text(json.dumps(change(), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""What no mechanism can do: the best mechanism, and the reports and deviations against a better."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coopgap.proofs.exposition.documents import (
    ROWS,
    Block,
    Cell,
    Inline,
    Statement,
    Table,
    cell,
    said,
    table,
)
from coopgap.proofs.exposition.formulas import BEST, Label, Scripted, Symbol, row
from coopgap.proofs.exposition.incentives import Step, cell_name, reports_name
from coopgap.proofs.exposition.prose import contract_class, counted, level, play, series
from coopgap.proofs.exposition.sources import Place, computed
from coopgap.proofs.questions.registry import CAUSES
from coopgap.theory.environments import Environment
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import NamedLanguage, Specification

ANY = Label("M")
VALUE = Scripted(Symbol("value"), above=ANY)
GAP = Scripted(Symbol("gap"), above=ANY)


@dataclass(frozen=True)
class Case:
    """One language of an example whose mechanisms were decided."""

    environment: Environment
    named: NamedLanguage
    part: Place
    root: Place

    @property
    def found(self) -> Place:
        """What mechanisms reach."""
        return self.part["mechanism"]

    def certificate(self, name: str) -> Place | None:
        """The certificate of a quantity, if there is one."""
        sha = self.found["certificates"].value.get(name)
        return None if sha is None else self.root["certificates"][sha]

    def steps(self, name: str) -> list[Step]:
        """The steps that show an upper bound; none where the bound is the first best."""
        certificate = self.certificate(name)
        if certificate is None or "bound" not in certificate.witness.value:
            return []
        listed = list(certificate.witness["bound"]["steps"])
        known = self.environment, self.named.language, self.part["contracts"], self.root["game"]
        return [
            Step(*known, certificate["data"]["mechanism"]["information"].value, listed, place)
            for place in range(len(listed))
        ]


def decided(report: Place) -> bool:
    """Whether the report says what the mechanisms of some language reach."""
    return any(_known(each) for each in report["languages"])


def reached(specification: Specification, root: Place) -> Iterator[Block]:
    """What mechanisms reach in each language, and why none reaches more."""
    yield said(
        "A mechanism asks agents for what they see, draws a profile of actions, recommends to each "
        "its own in secret, and pays after the record of what they do. Nothing is lost if agents "
        "are honest and obey (Myerson 1982). So ",
        VALUE,
        ", the largest welfare of such a mechanism, bounds every exchange of messages and every "
        "equilibrium, mixed ones included, and ",
        row(GAP, "=", BEST, "−", VALUE),
        " is what no mechanism recovers.",
    )
    yield values(root["report"])
    for named, part in zip(specification.languages, root["report"]["languages"], strict=True):
        if _known(part):
            yield _proposition(Case(specification.environment, named, part, root))
        elif part["mechanism"].unknown is not None:
            yield said(
                "What mechanisms reach in the language ",
                Label(named.name),
                f" is unknown: {part['mechanism'].unknown}. Nothing is claimed about it.",
                lead="Unknown.",
            )


def _known(part: Place) -> bool:
    return part["mechanism"].value is not None and part["mechanism"].unknown is None


def values(report: Place) -> Block:
    """V^M and Δ^M of each language in a table."""

    def quantity(part: Place, name: str) -> Inline:
        return part["mechanism"][name].formula if _known(part) else "–"

    return Table(
        "What mechanisms reach in each language",
        (cell("language"), cell("contracts"), cell(VALUE), cell(GAP)),
        tuple(
            (
                cell(Label(part["name"].text)),
                cell(*contract_class(part["contracts"])),
                cell(quantity(part, "value")),
                cell(quantity(part, "gap")),
            )
            for part in report["languages"]
        ),
    )


def team(report: Place) -> Iterator[Block]:
    """What agents lose who do not tell each other what they see."""
    best, alone = report["first_best"]["welfare"], report["first_best"]["team"]
    yield said(
        "It is that of agents who tell each other all that they see, and obey. ",
        *(
            [f"What they reach without communication is unknown: {alone.unknown}."]
            if alone.unknown is not None
            else [
                "Without communication they reach at most ",
                alone.formula,
                *(
                    [": silence costs nothing."]
                    if alone.number == best.number
                    else [
                        ". So ",
                        row(BEST, "−", alone.formula, "=", computed("-", best, alone)),
                        " is lost to silence, whatever agents want, and messages make it good.",
                    ]
                ),
            ]
        ),
    )


def levels(report: Place) -> Iterator[Block]:
    """V^M at the levels of prosociality that the specification lists."""
    parts = [each for each in report["languages"] if _known(each)]
    if not parts or not len(parts[0]["mechanism"]["prosocial"]):
        return
    rows = []
    for number, own in enumerate(parts[0]["mechanism"]["prosocial"]):
        asked = [each["mechanism"]["prosocial"][number] for each in parts]
        shown = ["unknown" if e["value"].unknown else e["value"].formula for e in asked]
        rows.append((cell(*level(own["lambda"])), *map(cell, shown)))
    heads = [cell(Symbol("prosociality")), *(cell(Label(each["name"].text)) for each in parts)]
    yield Table("What mechanisms reach, by weight on welfare", tuple(heads), tuple(rows))


def _proposition(case: Case) -> Block:
    found = case.found
    kind = [*contract_class(case.part["contracts"]), " in the language ", Label(case.named.name)]
    if found["value"].text == "-inf":
        body = ["With ", *kind, " there is no mechanism that all agents join."]
    else:
        body = [
            "With ",
            *kind,
            " mechanisms reach ",
            row(VALUE, "=", found["value"].formula),
            *(
                [", the first best."]
                if found["gap"].text == "0"
                else [", and no mechanism more: ", row(GAP, "=", found["gap"].formula), " is lost."]
            ),
        ]
    proof = [*_attained(case), *_cover(case), *_unattained(case), *_causes(case)]
    return Statement("proposition", (said(*body),), tuple(proof))


def _attained(case: Case) -> Iterator[Block]:
    found = case.found
    if not found["lotteries"].value:
        return
    if found["attained"].value:
        yield said("This mechanism reaches the value.", lead="Attained.")
    else:
        yield said(
            "Mechanisms come as close to the value as is wanted. They are close to the following "
            "one, and now and then, ever more rarely, recommend something else, so that larger and "
            "larger payments deter what the value leaves to be deterred.",
            lead="Approached.",
        )
    yield _lotteries(case)
    if len(case.environment.support) > 1:
        yield said(
            "Other reports are true in no state. What follows them is in the certificate, of which "
            "the checker has verified every constraint."
        )


def _lotteries(case: Case) -> Table:
    listed = list(case.found["lotteries"])
    alone = len(case.environment.support) == 1
    rows: list[tuple[Cell, ...]] = []
    for each in listed[:ROWS]:
        said_ = ", ".join(each["reports"].value.values())
        rows.append(
            (
                *(() if alone else (cell(said_),)),
                cell(play(each["profile"])),
                cell(each["probability"].formula),
                cell(*_paid(case, each)),
            )
        )
    if len(listed) > ROWS:
        more = f"and {counted(len(listed) - ROWS, 'more recommendation')}"
        rows.append((cell(more), *(cell("") for _ in rows[0][1:])))
    heads = [*([] if alone else ["reports"]), "told", "chance", "paid"]
    widths = (24, 14, 62) if alone else (26, 21, 14, 39)
    return Table("", tuple(map(cell, heads)), tuple(rows), widths=widths)


def _paid(case: Case, lottery: Place) -> list[Inline]:
    paid: list[Inline] = []
    for each in lottery["transfers"]:
        amounts = [[f"{p} ", t.formula] for p, t in each["transfers"].items()]
        where = _record(case, each["record"].text)
        paid += ["; " if paid else "", *series(amounts), f" at {where}"]
    return paid or ["nothing"]


def _record(case: Case, words: str) -> str:
    """What a record says; where the language verifies no state, without all states."""
    language = case.named.language
    states = f"state: {' or '.join(case.environment.states)}, "
    blind = isinstance(language, ProductLanguage) and len(set(language.cells)) == 1
    return words.removeprefix(states) if blind else words


def _cover(case: Case) -> Iterator[Block]:
    if case.found["gap"].text == "0":
        yield said("No play has more welfare than the first best.", lead="Nothing better exists.")
        return
    steps = case.steps("value")
    if not steps:
        return
    *before, last = steps
    nothing = case.found["value"].text == "-inf"
    yield said(
        "Each row below is a constraint that every mechanism satisfies: an agent that sees what "
        "stands there does not gain if it reports what stands there and takes an action other than "
        "the one that it is told.",
        lead="No mechanism exists." if nothing else "Nothing better exists.",
    )
    for step in before:
        yield said(
            "To begin with, add the rows below, each times its multiplier, to the probability of "
            "recommending ",
            *step.aims(),
            ". Payments cancel, and the sum is at most zero. So in every mechanism that "
            "probability is zero, and nothing is paid after what is never recommended.",
        )
        yield from _rows(case, step)
    yield from _last(case, last, nothing)


def _last(case: Case, step: Step, nothing: bool) -> Iterator[Block]:
    fines = case.part["contracts"]["liability"].value not in (None, "none")
    within = ", up to fines within the bound, which are counted in" if fines else ""
    rows_ = list(_rows(case, step))
    to = "" if nothing else " to expected welfare"
    if rows_:
        yield said(
            f"Add each row, times its multiplier,{to or ' up'}. All payments cancel{within}, so no "
            "payments deter all of this at once."
        )
        yield from rows_
    else:
        yield said("What is left of welfare needs no more rows.")
    shown = step.remainders()
    if shown is None:
        yield said("The checker has added them up.")
        return
    rows, constant = shown
    alone = len(case.environment.support) == 1
    cells = [
        (
            *(() if alone else (cell(reports_name(case.environment, step.cells, told)),)),
            cell(play(labels)),
            cell(most),
        )
        for told, labels, most in rows
    ]
    yield said(
        "What remains depends on recommendations alone. It is largest at "
        f"{'this one' if alone else 'the one that stands beside each profile of reports'}",
        *([", and what agents have outside is ", constant.formula] if constant else []),
        ". The sum of the last column",
        ", with what agents have outside, is " if constant else " is ",
        *(["less than zero."] if nothing else [case.found["value"].formula, "."]),
    )
    heads = [*([] if alone else ["reports"]), "recommended", "largest remainder"]
    yield table([cell(head) for head in heads], cells, "profile of reports")


def _rows(case: Case, step: Step) -> Iterator[Block]:
    alone = len(case.environment.support) == 1
    rows = []
    for each in step.incentives():
        seen, reported = (
            cell_name(case.environment, step.cells, each.agent, c) for c in each.types
        )
        actions = case.environment.actions[each.agent]
        rows.append(
            (
                cell(Label(case.environment.players[each.agent])),
                *(() if alone else (cell(seen), cell("the same" if each.honest else reported))),
                cell(Label(actions[each.told])),
                cell(Label(actions[each.taken])),
                cell(each.multiplier.formula),
            )
        )
    heads = ["agent", *([] if alone else ["sees", "reports"]), "is told", "does", "multiplier"]
    if rows:
        yield table([cell(head) for head in heads], rows, "deviation")
    joined = [
        (
            cell(Label(case.environment.players[agent])),
            *(() if alone else (cell(cell_name(case.environment, step.cells, agent, seen)),)),
            cell(multiplier.formula),
        )
        for agent, seen, multiplier in step.participation()
    ]
    if joined:
        yield said("And no agent is better off outside:")
        heads = ["agent", *([] if alone else ["sees"]), "multiplier"]
        yield table([cell(head) for head in heads], joined, "agent")


def _unattained(case: Case) -> Iterator[Block]:
    found = case.found
    if found["attained"].value is False and found["certificates"].value.get("attained"):
        yield said(
            "No mechanism reaches the value itself: the certificate has multipliers that "
            "exclude all whose welfare is that large.",
            lead="Not attained.",
        )
    if found["value"].text not in ("-inf", found["bound"].text):
        yield said(
            "The linear programme of all rows allows ",
            found["bound"].formula,
            ", with money after recommendations that no mechanism ever gives.",
        )


def _causes(case: Case) -> Iterator[Block]:
    """What the gap is due to."""
    found = case.found
    restored, parts = found["restored"], found["losses"]
    told: list[Inline] = []
    if (
        restored.value is not None
        and restored.unknown is None
        and restored.text not in ("0", "inf")
    ):
        told += [
            "Contracts without messages and without a mediator reach ",
            restored.formula,
            " less.",
        ]
    if parts.value and parts.unknown is None:
        listed = [
            [
                each["loss"].formula,
                f"{' is due' if not place else ''} to {CAUSES[each['cause'].text]}",
            ]
            for place, each in enumerate(parts)
        ]
        told += [
            " Of the gap " if told else "Of the gap ",
            *series(listed),
            f": without {'it' if len(parts) == 1 else 'each and those after it'} mechanisms would "
            "reach so much more.",
        ]
    if told:
        yield said(*told, lead="What is lost to what.")

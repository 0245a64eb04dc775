"""What no mechanism can do: the best mechanism, and the reports and deviations against a better."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.exposition.documents import Block, Inline, Statement, Table, cut, prose, table
from coopgap.proofs.exposition.formulas import BEST, Label, Scripted, Symbol, row
from coopgap.proofs.exposition.incentives import Step, cell_name, reports_name
from coopgap.proofs.exposition.prose import (
    contract_class,
    level,
    play,
    series,
)
from coopgap.proofs.exposition.quantities import by_region, equation, quantity, valued
from coopgap.proofs.exposition.sources import Place, certificate_of
from coopgap.proofs.questions.registry import CAUSES
from coopgap.theory.environments import Environment
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import FamilySpecification, NamedLanguage, Specification

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
    def mechanism(self) -> Place:
        """What mechanisms reach."""
        return self.part["mechanism"]

    def certificate(self, name: str) -> Place | None:
        """The certificate of a quantity, if there is one."""
        return certificate_of(self.root, self.mechanism, name)

    def steps(self, name: str) -> list[Step]:
        """The steps that show an upper bound; none where the bound is the first best."""
        certificate = self.certificate(name)
        if certificate is None or "bound" not in certificate.witness.value:
            return []
        listed = list(certificate.witness["bound"]["steps"])
        setting = self.environment, self.named.language, self.part["contracts"], self.root["game"]
        return [
            Step(*setting, certificate["data"]["mechanism"]["information"].value, listed, place)
            for place in range(len(listed))
        ]


def reached(specification: Specification | FamilySpecification, root: Place) -> Iterator[Block]:
    """What mechanisms reach in each language, and why none reaches more."""
    yield prose(
        "A mechanism asks agents for what they see, draws a profile of actions, "
        "recommends to each its own in secret, and pays after the record of what they "
        "do. Nothing is lost if agents are honest and obey (Myerson 1982). So {}, the "
        "largest welfare of such a mechanism, bounds every exchange of messages and "
        "every equilibrium, mixed ones included, and {} is what no mechanism recovers.",
        VALUE,
        row(GAP, "=", BEST, "−", VALUE),
    )
    if isinstance(specification, Specification):
        yield values(root["report"])
    for named, part in zip(specification.languages, root["report"]["languages"], strict=True):
        if isinstance(specification, Specification) and part["mechanism"].known:
            yield _proposition(Case(specification.environment, named, part, root))
        elif part["mechanism"].known:
            yield from _of_family(part)
        elif part["mechanism"].unknown is not None:
            yield prose(
                "What mechanisms reach in the language {} is unknown: {}. Nothing is "
                "claimed about it.",
                Label(named.name),
                part["mechanism"].unknown,
                lead="Unknown.",
            )
    yield from _levels(root["report"])


def _of_family(part: Place) -> Iterator[Block]:
    """What mechanisms reach for all parameters, and where a mechanism is known that does."""
    mechanism = part["mechanism"]
    words = ["With ", *_kind(part), " the largest welfare of a mechanism"]
    yield from valued(words, VALUE, mechanism["value"])
    yield from valued(["The gap that no mechanism closes"], GAP, mechanism["gap"])
    attained = mechanism["attained"].pieces or [(mechanism, mechanism["attained"])]
    if any(value.value is False for _, value in attained):
        yield from by_region("It is reached", "reached", mechanism["attained"], _how)


def _contracts(part: Place) -> list[Inline]:
    """The class of contracts; mechanisms, and nothing else, may be by consent."""
    consent = part["contracts"]["participation"].value is not None
    return [*contract_class(part["contracts"]), *([" by consent"] if consent else [])]


def _kind(part: Place) -> list[Inline]:
    return [*_contracts(part), " in the language ", Label(part["name"].text)]


def _how(attained: Place) -> list[Inline]:
    return ["by a mechanism" if attained.value else "in the limit, or there is no mechanism"]


def summary(report: Place) -> Iterator[Block]:
    """What mechanisms reach, without proofs; nothing where nobody asked."""
    parts = [part for part in report["languages"] if part["mechanism"].known]
    if parts and not report["family"]:
        yield values(report)
    for part in parts if report["family"] else ():
        yield from _of_family(part)
    yield from _levels(report)


def values(report: Place) -> Block:
    """V^M and Δ^M of each language in a table."""

    def entry(part: Place, name: str) -> Inline:
        mechanism = part["mechanism"]
        return quantity(mechanism[name] if mechanism.known else mechanism)

    rows = [
        {
            "language": Label(part["name"].text),
            "contracts": _contracts(part),
            VALUE: entry(part, "value"),
            GAP: entry(part, "gap"),
        }
        for part in report["languages"]
    ]
    return table(rows, "What mechanisms reach in each language")


def _levels(report: Place) -> Iterator[Block]:
    """V^M at the levels of prosociality that the specification lists."""
    parts = [part for part in report["languages"] if part["mechanism"].known]
    if report["family"]:
        for part in parts:
            for own in part["mechanism"]["prosocial"]:
                name = Label(part["name"].text)
                at = ["At the weight ", *level(own["lambda"]), " that in the language ", name]
                yield from valued(at, VALUE, own["value"])
        return
    if not parts or not len(parts[0]["mechanism"]["prosocial"]):
        return
    rows = [
        {
            Symbol("prosociality"): level(own["lambda"]),
            **{
                Label(part["name"].text): quantity(part["mechanism"]["prosocial"][number]["value"])
                for part in parts
            },
        }
        for number, own in enumerate(parts[0]["mechanism"]["prosocial"])
    ]
    yield table(rows, "What mechanisms reach, by weight on welfare")


def _proposition(case: Case) -> Block:
    mechanism = case.mechanism
    kind = _kind(case.part)
    value = equation(VALUE, mechanism["value"])
    if mechanism["value"].text == "-inf":
        body = prose("With {} there is no mechanism that all agents join.", kind)
    elif mechanism["value"].between:
        late = "With {} time did not suffice for what mechanisms reach at most; {}."
        body = prose(late, kind, value)
    elif mechanism["gap"].text == "0":
        body = prose("With {} mechanisms reach {}, the first best.", kind, value)
    else:
        lost = row(GAP, "=", mechanism["gap"].formula)
        more = "With {} mechanisms reach {}, and no mechanism more: {} is lost."
        body = prose(more, kind, value, lost)
    proof = [*_attained(case), *(_cover(case) if case.certificate("value") else ())]
    proof += [*_unattained(case), *_causes(case)]
    return Statement("proposition", (body,), tuple(proof))


def _attained(case: Case) -> Iterator[Block]:
    mechanism = case.mechanism
    if not mechanism["lotteries"].value:
        return
    if mechanism["value"].between:
        yield prose(
            "This mechanism reaches {}.", mechanism["value"]["low"].formula, lead="Attained."
        )
    elif mechanism["attained"].value:
        yield prose("This mechanism reaches the value.", lead="Attained.")
    else:
        yield prose(
            "Mechanisms come as close to the value as is wanted. They are close to the following "
            "one, and now and then, ever more rarely, recommend something else, so that larger and "
            "larger payments deter what the value leaves to be deterred.",
            lead="Approached.",
        )
    yield _lotteries(case)
    if len(case.environment.support) > 1:
        yield prose(
            "Other reports are true in no state. What follows them is in the certificate, of which "
            "the checker has verified every constraint."
        )


def _lotteries(case: Case) -> Table:
    alone = len(case.environment.support) == 1
    rows = [
        {
            "reports": None if alone else ", ".join(lottery["reports"].value.values()),
            "told": play(lottery["profile"]),
            "chance": lottery["probability"].formula,
            "paid": _paid(case, lottery),
        }
        for lottery in case.mechanism["lotteries"]
    ]
    widths = (24, 14, 62) if alone else (26, 21, 14, 39)
    return cut(table(rows, widths=widths), "recommendation")


def _paid(case: Case, lottery: Place) -> list[Inline]:
    paid: list[Inline] = []
    for payment in lottery["transfers"]:
        amounts = [[f"{p} ", t.formula] for p, t in payment["transfers"].items()]
        where = _record(case, payment["record"].text)
        paid += ["; " if paid else "", *series(amounts), f" at {where}"]
    return paid or ["nothing"]


def _record(case: Case, words: str) -> str:
    """What a record says; where the language verifies no state, without all states."""
    language = case.named.language
    states = f"state: {' or '.join(case.environment.states)}, "
    blind = isinstance(language, ProductLanguage) and len(set(language.cells)) == 1
    return words.removeprefix(states) if blind else words


def _cover(case: Case) -> Iterator[Block]:
    if case.mechanism["gap"].text == "0":
        yield prose("No play has more welfare than the first best.", lead="Nothing better exists.")
        return
    steps = case.steps("value")
    if not steps:
        return
    *before, last = steps
    nothing = case.mechanism["value"].text == "-inf"
    yield prose(
        "Each row below is a constraint that every mechanism satisfies: an agent that sees what "
        "stands there does not gain if it reports what stands there and takes an action other than "
        "the one that it is told.",
        lead="No mechanism exists." if nothing else "Nothing better exists.",
    )
    for step in before:
        yield prose(
            "To begin with, add the rows below, each times its multiplier, to the "
            "probability of recommending {}. Payments cancel, and the sum is at most "
            "zero. So in every mechanism that probability is zero, and nothing is paid "
            "after what is never recommended.",
            step.aims(),
        )
        yield from _rows(case, step)
    yield from _last(case, last, nothing)


def _last(case: Case, step: Step, nothing: bool) -> Iterator[Block]:
    fines = case.part["contracts"]["liability"].value not in (None, "none")
    within = ", up to fines within the bound, which are counted in" if fines else ""
    rows_ = list(_rows(case, step))
    to = "" if nothing else " to expected welfare"
    if rows_:
        yield prose(
            "Add each row, times its multiplier,{}. All payments cancel{}, so no "
            "payments deter all of this at once.",
            to or " up",
            within,
        )
        yield from rows_
    else:
        yield prose("What is left of welfare needs no more rows.")
    total = step.remainders()
    if total is None:
        yield prose("The checker has added them up.")
        return
    rows, constant = total
    alone = len(case.environment.support) == 1
    remainders = [
        {
            "reports": None if alone else reports_name(case.environment, step.cells, reports),
            "recommended": play(labels),
            "largest remainder": most,
        }
        for reports, labels, most in rows
    ]
    yield prose(
        "What remains depends on recommendations alone. It is largest at {}{}. The sum "
        "of the last column{}{}",
        "this one" if alone else "the one that stands beside each profile of reports",
        [", and what agents have outside is ", constant.formula] if constant else [],
        ", with what agents have outside, is " if constant else " is ",
        ["less than zero."] if nothing else [case.mechanism["value"].formula, "."],
    )
    yield cut(table(remainders), "profile of reports")


def _rows(case: Case, step: Step) -> Iterator[Block]:
    alone = len(case.environment.support) == 1
    players, actions = case.environment.players, case.environment.actions

    def cell_of(agent: int, cell: int) -> str | None:
        return None if alone else cell_name(case.environment, step.cells, agent, cell)

    rows = [
        {
            "agent": Label(players[incentive.agent]),
            "sees": cell_of(incentive.agent, incentive.types[0]),
            "reports": "the same"
            if incentive.honest and not alone
            else cell_of(incentive.agent, incentive.types[1]),
            "is told": Label(actions[incentive.agent][incentive.recommended]),
            "does": Label(actions[incentive.agent][incentive.action]),
            "multiplier": incentive.multiplier.formula,
        }
        for incentive in step.incentives()
    ]
    if rows:
        yield cut(table(rows), "deviation")
    joined = [
        {
            "agent": Label(players[agent]),
            "sees": cell_of(agent, cell),
            "multiplier": multiplier.formula,
        }
        for agent, cell, multiplier in step.participation()
    ]
    if joined:
        yield prose("And no agent is better off outside:")
        yield cut(table(joined), "agent")


def _unattained(case: Case) -> Iterator[Block]:
    mechanism = case.mechanism
    if mechanism["attained"].value is False and mechanism["certificates"].value.get("attained"):
        yield prose(
            "No mechanism reaches the value itself: the certificate has multipliers that "
            "exclude all whose welfare is that large.",
            lead="Not attained.",
        )
    value, bound = mechanism["value"], mechanism["bound"]
    if isinstance(value.value, Fraction) and value.text != bound.text:
        yield prose(
            "The linear programme of all rows allows {}, with money after "
            "recommendations that no mechanism ever gives.",
            bound.formula,
        )


def _causes(case: Case) -> Iterator[Block]:
    """What the gap is due to."""
    mechanism = case.mechanism
    restored, parts = mechanism["restored"], mechanism["losses"]
    words: list[Inline] = []
    if isinstance(restored.value, Fraction) and restored.value:
        words += [
            "Contracts without messages and without a mediator reach ",
            restored.formula,
            " less.",
        ]
    if parts.unknown is not None:
        yield prose("What the gap is due to is unknown: {}.", parts.unknown)
    elif parts.value:
        listed = [
            [
                loss["loss"].formula,
                f"{' is due' if not place else ''} to {CAUSES[loss['cause'].text]}",
            ]
            for place, loss in enumerate(parts)
        ]
        words += [
            " Of the gap " if words else "Of the gap ",
            *series(listed),
            f": without {'it' if len(parts) == 1 else 'each and those after it'} mechanisms would "
            "reach so much more.",
        ]
    if words:
        yield prose("{}", words, lead="What is lost to what.")

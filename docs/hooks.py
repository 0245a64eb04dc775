"""Pages of the site that are made from the code when it is built.

mkdocs calls ``on_files`` and ``on_page_markdown``.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from runpy import run_path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the made pages to the site's files."""
    for name, content in pages().items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The page with links that lead within the site and the counted lines of the trusted core."""
    text = markdown.replace("](../README.md", "](index.md")
    text = text.replace("](../coopgap/documents", "](json.md")
    text = re.sub(r"^```(\w+) ([\w.-]+)$", r'```\1 title="\2"', text, flags=re.MULTILINE)
    for generated in (trusted, base):
        place = f"{{{{ {generated.__name__} }}}}"
        text = text.replace(place, generated()) if place in text else text
    return text


def pages() -> dict[str, str]:
    """By file name the text of every page and picture that is made."""
    texts = {
        "index.md": (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .replace("](docs/", "](")
        .replace("](coopgap/documents", "](json.md")
        .replace("](CONTRIBUTING.md", "](contributing.md"),
        "contributing.md": (ROOT / "CONTRIBUTING.md")
        .read_text(encoding="utf-8")
        .replace("](docs/", "]("),
        "theorems.md": theorems(),
        "schema.md": schema(),
        "json.md": documents(),
        "notebook.md": notebook(),
    }
    texts |= api()
    return texts | gallery()


def notebook() -> str:
    """The executed notebook as a page; a test executes it again."""
    module = run_path(str(ROOT / "docs" / "notebooks.py"))
    page: str = module["page"](json.loads(module["NOTEBOOK"].read_text(encoding="utf-8")))
    return page


# --- theorems and claims --------------------------------------------------------------------------


def theorems() -> str:
    """Every registered theorem and every claim id with what decides and tests it."""
    from coopgap.proofs.certificates.statements import general
    from coopgap.proofs.questions.registry import CLAIMS
    from coopgap.proofs.theorems.registry import registered

    rows = [
        (f"`{theorem.id}`", theorem.statement, theorem.expected, theorem.source, _tests(theorem.id))
        for theorem in registered().values()
    ]
    claims = [
        (f"`{name}`", general(name), claim.theorem, _kinds()[name], _tests(name))
        for name, claim in CLAIMS.items()
    ]
    return "\n".join(
        [
            "# Theorems and their verdicts",
            "",
            "Made from the registries when this page was built. `coopgap prove ID` decides a "
            "theorem again and `--certificates DIR` writes what the checker accepted, a "
            "certificate in cases ([certificates](certificates.md)). The verdicts are those that "
            "the tests demand: `test_registered_theorems_are_decided_as_expected` in "
            "`tests/corpus/test_prove.py` decides every one that has certificates, `make coq` the "
            "others. A theorem whose id ends in `-refuted` is there to be refuted.",
            "",
            *_table(("id", "statement", "verdict", "source", "also tested in"), rows),
            "",
            "## Claims of a spec",
            "",
            "What a spec can claim of one game or of a family. Each is decided in "
            "`tests/differential/test_differential.py` and "
            "`tests/differential/test_conformance.py` against brute force.",
            "",
            *_table(("id", "statement", "theorem", "certificates", "also tested in"), claims),
            "",
        ]
    )


@cache
def _kinds() -> Mapping[str, str]:
    """The kinds of certificate by claim, as the page on claims has them (a test compares those)."""
    page = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \|.*\| ([^|]+) \|$", page, re.MULTILINE)
    return dict(rows)


@cache
def _sources() -> Mapping[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8") for path in sorted(TESTS.glob("*/test_*.py"))
    }


def _tests(name: str) -> str:
    files = [file for file, text in _sources().items() if re.search(rf"[\"']{name}[\"']", text)]
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return ", ".join(f"`{file}`" for file in files[:3]) + more


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


# --- the trusted base -----------------------------------------------------------------------------


def trusted() -> str:
    """The table of the trusted core, and how much code there is in all."""
    rest = sum(
        lines_of_code(path)
        for package in ("theory", "proofs", "coopgap")
        for path in (ROOT / package).rglob("*.py")
    )
    return f"{core()}\n\nThe packages have {rest:,} lines of code in all."


def core() -> str:
    """The modules that must be right for a proof to be one, their lines of code counted now."""
    rows = []
    for path in sorted((ROOT / "proofs" / "trusted").glob("*.py")):
        summary = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        first = summary.partition("\n\n")[0].removesuffix(".")
        name = path.relative_to(ROOT).as_posix()
        rows.append((f"`{name}`", str(lines_of_code(path)), first))
    rows.append(("together", str(sum(int(count) for _, count, _ in rows)), ""))
    return "\n".join(_table(("module", "lines of code", "holds"), rows))


BASE = ("documents", "polynomials", "problems", "contracts", "claims", "certificates")
"""The modules of the core through which verdicts about games and families run."""

NAMED_RULES = {
    "supports": ("_show_supports", "_require_shift"),
    "claims about all equilibria": (
        *("_all_equilibria", "_show_exclusion", "_show_no_contract", "_show_equilibrium"),
        *("_forbidden", "_independent"),
    ),
    "the λ of each agent": ("_are_agent_thresholds", "_is_threshold"),
    "who gains from the first best": ("_beneficial", "_payoffs", "_side_payments"),
    "axioms of a social dilemma": ("_axiom", "_axiom_in", "_temptations", "_sides", "_profiles"),
}
"""Rules that are beyond the lines we allow, by the functions that are theirs alone."""

LATER_RULES = {
    "cases of contracts": ("_bound_by_contracts", "_demands", "_part", "_require_no_contract"),
    "mixed equilibria that are listed": ("_are_mixed",),
    "mechanisms and private information": (
        *("Mechanism", "_mechanism", "_require_information", "private", "information"),
        *("_private", "_attains"),
    ),
}
"""The same of rules that came after the lines were set."""


def base() -> str:
    """The lines of the base, and of the rules that we count apart."""
    lines: dict[str, int] = {}
    whole = 0
    for path in (ROOT / "proofs" / "trusted" / f"{name}.py" for name in BASE):
        text = path.read_text(encoding="utf-8")
        code = _counting()["code_lines"](text)
        whole += len(code)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                inner = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                lines[node.name] = len(code.intersection(inner))
    rows, remaining = [(f"the base: {', '.join(f'`{name}`' for name in BASE)}", whole)], whole
    for rules, rest in (
        (NAMED_RULES, "without these five rules"),
        (LATER_RULES, "without what came later too"),
    ):
        parts = {rule: sum(map(lines.__getitem__, names)) for rule, names in rules.items()}
        remaining -= sum(parts.values())
        rows += [(f"of these: {rule}", count) for rule, count in parts.items()]
        rows.append((rest, remaining))
    return "\n".join(_table(("part", "lines of code"), [(a, str(b)) for a, b in rows]))


def lines_of_code(path: Path) -> int:
    """A file's lines without blanks, comments and docstrings, as ``benchmarks/lines.py`` counts."""
    return len(_counting()["code_lines"](path.read_text(encoding="utf-8")))


@cache
def _counting() -> dict[str, Any]:
    return run_path(str(ROOT / "benchmarks" / "lines.py"))


# --- the schema of spec files ---------------------------------------------------------------------


def schema() -> str:
    """The schema of spec files as tables."""
    path = ROOT / "theory" / "readers" / "spec.schema.json"
    whole: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lines = [
        "# Spec schema",
        "",
        "Made from `theory/readers/spec.schema.json`, which editors can use to complete and check "
        "specs. What the keys mean is told with examples in [Spec files](spec.md).",
        "",
    ]
    for name, part in [("The file", whole), *whole.get("$defs", {}).items()]:
        lines += _part(f"## {name}", part, defaults=True)
    path = path.with_name("group-spec.schema.json")
    whole = json.loads(path.read_text(encoding="utf-8"))
    lines += ["# Groups of identical agents", "", f"Made from `theory/readers/{path.name}`.", ""]
    for name, part in [("The file", whole), *whole["$defs"].items()]:
        if name.startswith("Group") or name == "The file":
            title = "The file about groups" if name == "The file" else name
            lines += _part(f"## {title}", part, defaults=True)
    return "\n".join(lines)


def documents() -> str:
    """The schemas of the documents that the command prints, as tables."""
    from coopgap.documents import DOCUMENTS, schema, shared

    lines = [
        "# JSON documents",
        "",
        "What `--json` prints, one document for each command. Made from the types in "
        "`coopgap/documents/`: `coopgap schema` lists the documents and `coopgap schema NAME` "
        "prints the schema of one, complete in itself, for any validator of JSON Schema (draft "
        "2020-12). Objects with fixed keys have no others. Payoffs and welfare are in utils, λ and "
        "probabilities are pure numbers; exact numbers are text.",
        "",
    ]
    links = {f"#/$defs/{type_.__name__}": f"#/$defs/{name}" for name, type_ in DOCUMENTS.items()}
    described = {type_.__name__ for type_ in DOCUMENTS.values()}
    common: dict[str, Any] = {}
    for name in DOCUMENTS:
        whole = _linked(schema(name), links)
        lines += _part(f"## {name}", whole)
        for definition, part in whole.get("$defs", {}).items():
            if hasattr(shared, definition):
                common[definition] = part
            elif definition not in described:
                described.add(definition)
                lines += _part(f"### {definition}", part)
    lines += ["## Shared definitions", "", "What several documents hold.", ""]
    for definition in sorted(common, key=list(vars(shared)).index):
        lines += _part(f"### {definition}", common[definition])
    return "\n".join(lines)


def _linked(part: Any, links: Mapping[str, str]) -> Any:
    """A schema whose references to documents lead to their headings."""
    if isinstance(part, list):
        return [_linked(entry, links) for entry in part]
    if isinstance(part, dict):
        return {key: _linked(value, links) for key, value in part.items()}
    return links.get(part, part) if isinstance(part, str) else part


def _part(heading: str, part: Mapping[str, Any], defaults: bool = False) -> list[str]:
    """A schema or a definition under its heading: a table, if it has fixed keys."""
    description = part.get("description", "").replace("``", "`")
    properties = part.get("properties")
    if not properties:
        return [heading, "", f"{description} Type: {_type(part)}.", ""]
    required = set(part.get("required", ()))
    rows = []
    for key, field in properties.items():
        meaning = field.get("description", "").replace("``", "`")
        default = (_default(field),) if defaults else ()
        rows.append((f"`{key}`", _type(field), "yes" if key in required else "", *default, meaning))
    head = ("key", "type", "required", *(("default",) if defaults else ()), "meaning")
    return [heading, "", description, "", *_table(head, rows), ""]


def _type(part: Mapping[str, Any]) -> str:
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in part:
        values = (value if isinstance(value, str) else json.dumps(value) for value in part["enum"])
        return ", ".join(f"`{value}`" for value in values)
    if "const" in part:
        return f"`{part['const']}`"
    for joined in ("anyOf", "oneOf", "allOf"):
        if joined in part:
            return " or ".join(dict.fromkeys(_type(option) for option in part[joined]))
    kind = part.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array" and isinstance(part.get("items"), dict):
        return f"list of {_type(part['items'])}"
    inner = part.get("additionalProperties")
    if kind == "object" and isinstance(inner, dict):
        return f"table of {_type(inner)}"
    return str(kind)


def _default(part: Mapping[str, Any]) -> str:
    return f"`{json.dumps(part['default'])}`" if part.get("default") is not None else ""


# --- the gallery ----------------------------------------------------------------------------------


def gallery() -> dict[str, str]:
    """The built-in specs: the worked example of each, of games the frontier drawn, and the file."""
    from importlib.resources import files

    from coopgap import check
    from coopgap.proofs.exposition.example import decided, document
    from coopgap.proofs.exposition.figures.kinds import figure
    from coopgap.proofs.exposition.figures.style import rendered
    from coopgap.proofs.exposition.html import page
    from coopgap.proofs.exposition.notation import NOTATION
    from coopgap.theory.aggregates import GroupSpecification
    from coopgap.theory.readers.load import gallery as entries
    from coopgap.theory.readers.load import load
    from coopgap.theory.specification import FamilySpecification, Specification

    lines = [
        "# Gallery",
        "",
        "The built-in specs: `coopgap check SLUG` decides one, `coopgap example SLUG --to html` "
        "writes the worked example that is linked here, `coopgap figure frontier SLUG --out FILE` "
        "draws what is shown. Games of groups of identical agents have the first alone; what is no "
        "game, a commons or a fishery, has neither here.",
        "",
    ]
    texts = {}
    for slug, title, source in entries():
        cited = (source or "the toolkit").replace("theory.md", "[theory.md](theory.md)")
        lines += [f"## {slug}", "", f"{title}. Source: {cited}.", ""]
        specification = load(slug)
        command = f"coopgap example {slug} --to html"
        if isinstance(specification, GroupSpecification):
            article, _ = decided(slug, specification, command, False)
            texts[f"gallery/{slug}.html"] = page(article, NOTATION)
            lines += [f"[The worked example](gallery/{slug}.html).", ""]
        listed = isinstance(specification, Specification | FamilySpecification)
        if listed and specification.information is None:
            article = document(slug, check(specification), specification, command)
            texts[f"gallery/{slug}.html"] = page(article, NOTATION)
            lines += [f"[The worked example](gallery/{slug}.html).", ""]
            if isinstance(specification, Specification):
                picture = rendered(figure("frontier", specification), "svg").decode()
                texts[f"gallery/{slug}.svg"] = picture
                lines += [f"![Gap over languages and λ in {slug}](gallery/{slug}.svg)", ""]
        text = files("coopgap.theory.gallery").joinpath(f"{slug}.toml").read_text(encoding="utf-8")
        lines += ["```toml", text.rstrip(), "```", ""]
    return {"gallery.md": "\n".join(lines), **texts}


# --- the API --------------------------------------------------------------------------------------


def api() -> dict[str, str]:
    """A page for each package, from its docstrings."""
    rooms = [f"proofs/{room}" for room in ("questions", "deciding", "certificates", "parameters")]
    pages = {"coopgap": ["coopgap"], "theory": _modules("theory")}
    pages["proofs"] = [
        *(name for room in rooms for name in _modules(room)),
        "coopgap.proofs.frontier.report",
        "coopgap.proofs.fuzzing.campaigns",
        "coopgap.proofs.theorems.reports",
        "coopgap.proofs.exposition.figures.kinds",
    ]
    texts = {}
    for package, names in pages.items():
        lines = [f"# The package {package}", "", *(_returned() if package == "coopgap" else ())]
        lines += [line for name in names for line in (f"::: {name}", "")]
        texts[f"api-{package}.md"] = "\n".join(lines)
    return texts


def _returned() -> list[str]:
    """Links to what the functions of ``coopgap`` return, whose fields are their signatures."""
    homes = {
        "check": ("deciding.reports.Report", "deciding.reports.LanguagePart"),
        "frontier": ("frontier.report.Frontier",),
        "prove": ("theorems.reports.TheoremReport",),
        "fuzz": ("fuzzing.campaigns.Verdict",),
    }
    links = (
        f"`{name}`: "
        + " of ".join(
            f"[{home.rpartition('.')[2]}][coopgap.proofs.{home}]" for home in reversed(places)
        )
        for name, places in homes.items()
    )
    return [f"What is returned, with its fields: {'; '.join(links)}.", ""]


def _modules(room: str) -> list[str]:
    """The package in a room and its public modules."""
    package = f"coopgap.{room.replace('/', '.')}"
    files = sorted((ROOT / room).glob("[!_]*.py"))
    return [package, *(f"{package}.{path.stem}" for path in files)]

"""What is installed stands below ``coopgap``, whatever a user's own folder holds."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECK = (
    "import coopgap; from coopgap import check, load; "
    "report = check(load('moral-hazard-pd')); print(coopgap.__file__, report.document()['title'])"
)


def run(code: str, folder: Path, *path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    own = {"PYTHONPATH": ":".join(map(str, path)), "PATH": "", "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)


def built(root: Path, kind: str, place: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(place)]
    subprocess.run(command, cwd=root, capture_output=True, check=True)
    (file,) = place.iterdir()
    return file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(built(ROOT, "wheel", place / "dist")) as file:
        file.extractall(place / "site")
    return place / "site"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A user's folder, which has files of our packages' names."""
    (tmp_path / "theory.py").write_text("raise RuntimeError('a file of the user')\n")
    for name in ("proofs", "llm_checks", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('a file of the user')\n")
    return tmp_path


def test_the_wheel_beside_files_of_the_same_names(wheel: Path, own: Path):
    process = run(CHECK, own, wheel)
    assert process.returncode == 0, process.stderr
    assert str(wheel) in process.stdout
    assert "Prisoner's dilemma" in process.stdout


def test_the_checkout_beside_files_of_the_same_names(own: Path):
    process = run(CHECK, own)
    assert process.returncode == 0, process.stderr
    assert str(ROOT) in process.stdout


def test_the_sdist_holds_what_the_wheel_holds(wheel: Path, tmp_path: Path):
    with tarfile.open(built(ROOT, "sdist", tmp_path / "sdist")) as file:
        file.extractall(tmp_path / "source", filter="data")
    (root,) = (tmp_path / "source").iterdir()
    with zipfile.ZipFile(built(root, "wheel", tmp_path / "dist")) as file:
        names = {name for name in file.namelist() if "dist-info" not in name}
    places = wheel.rglob("*")
    files = {str(path.relative_to(wheel)) for path in places if path.is_file()}
    assert names == {
        name for name in files if "dist-info" not in name and "__pycache__" not in name
    }
    assert {"coopgap/theory/gallery/n1.toml", "coopgap/py.typed"} <= names


@pytest.mark.parametrize("installed", [True, False], ids=["wheel", "checkout"])
def test_old_names_are_the_same_modules_and_warn(installed: bool, wheel: Path, tmp_path: Path):
    code = (
        "import theory.exact, coopgap.theory.exact, proofs.trusted.problems as old; "
        "import coopgap.proofs.trusted.problems as new; "
        "print(old is new, theory.exact is coopgap.theory.exact, new.__spec__.name)"
    )
    process = run(code, tmp_path, *([wheel] if installed else []))
    assert process.stdout == "True True coopgap.proofs.trusted.problems\n", process.stderr
    assert "DeprecationWarning: import coopgap.theory, not theory" in process.stderr


def test_the_citation_and_the_changelog_are_of_this_version():
    from coopgap import __version__

    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## {__version__} (" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

import shutil

from sweep.sources import PACKAGE, digest_of_sources

MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def test_a_change_in_any_module_changes_the_digest(tmp_path):
    shutil.copytree(PACKAGE, tmp_path, dirs_exist_ok=True)
    seen = {digest_of_sources(package=tmp_path)}
    assert seen == {digest_of_sources()}
    for module in MODULES:
        with (tmp_path / module).open("a") as file:
            file.write("#")
        seen.add(digest_of_sources(package=tmp_path))
    assert len(seen) == len(MODULES) + 1


def test_a_name_counts_as_much_as_a_text(tmp_path):
    for folder, name in (("one", "a.py"), ("other", "b.py")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text("x = 1\n")
    assert digest_of_sources(package=tmp_path / "one") != digest_of_sources(package=tmp_path / "other")


def test_a_digest_of_folders_is_of_these_alone(tmp_path):
    shutil.copytree(PACKAGE, tmp_path, dirs_exist_ok=True)
    before = digest_of_sources("store", package=tmp_path)
    (tmp_path / "run.py").write_text("")
    assert digest_of_sources("store", package=tmp_path) == before
    (tmp_path / "store" / "more.py").write_text("")
    assert digest_of_sources("store", package=tmp_path) != before

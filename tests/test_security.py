"""Text never becomes code or a query, options reach the driver, and servers are not exposed."""

import ast
import re
from functools import cache

import pytest
import yaml

from sweep.store.mongo.server import connect
from tests.commands import ROOT

MODULES = sorted([*ROOT.glob("sweep/**/*.py"), *ROOT.glob("analysis/**/*.py")])
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "read_pickle", "to_pickle", "unsafe_load", "full_load"}
HARMLESS_CALLS = {"re.compile", "trainer.compile"}
"""Of what looks like them: a pattern, and a kernel for the types of its arguments."""
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve", "joblib", "yaml", "code"}


@cache
def nodes(path):
    return list(ast.walk(ast.parse(path.read_text())))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_read_never_becomes_code(path):
    for node in nodes(path):
        if isinstance(node, ast.Import):
            assert not FORBIDDEN_MODULES & {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module.partition(".")[0] not in FORBIDDEN_MODULES
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert name not in FORBIDDEN_CALLS or ast.unparse(node.func) in HARMLESS_CALLS, ast.unparse(node)
            pickled = [keyword.value for keyword in node.keywords if keyword.arg == "allow_pickle"]
            assert all(isinstance(value, ast.Constant) and value.value is False for value in pickled)


STARTS_CODE = re.compile(
    r"(importlib\.)?import_module|[\w.]+\.(exec_module|spec_from_file_location)|(runpy|subprocess|pty)\.\w+"
    r"|os\.(system|popen|exec\w*|spawn\w*)"
)
ALLOWED = {
    "sweep/execution/running.py": {"import_module"},
    "sweep/recipe/location.py": {
        "importlib.import_module",
        "importlib.util.spec_from_file_location",
        "spec.loader.exec_module",
    },
    "sweep/store/provenance.py": {"subprocess.run"},
}
"""Where code is imported or started: a function that the user names, the project's own libraries ahead of
their use, and git, which tells a commit."""


def test_nothing_but_what_the_user_names_is_imported_or_started():
    found = {}
    for path in MODULES:
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        named = {ast.unparse(call.func) for call in calls}
        if started := {name for name in named if STARTS_CODE.fullmatch(name)}:
            found[str(path.relative_to(ROOT))] = started
    assert found == ALLOWED


SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|WHERE|FROM [a-z]|ORDER BY)\b")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_from_outside_becomes_part_of_a_query(path):
    for node in nodes(path):
        if isinstance(node, ast.JoinedStr):
            literal = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
            if SQL.search(literal) and "sqlite" in path.name:
                for part in node.values:
                    assert isinstance(part, ast.Constant) or is_safe(part.value), ast.unparse(node)
            assert not literal.startswith("$"), ast.unparse(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            assert not any(isinstance(side, ast.Constant) and SQL.search(str(side.value))
                           for side in (node.left, node.right)), ast.unparse(node)  # fmt: skip
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert node.value not in ("$where", "$function", "$accumulator")


def is_safe(value):
    """Whether it is a constant of the module, or names that were looked up among the fields."""
    if isinstance(value, ast.Name):
        return value.id.isupper()
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "_listed"


def test_options_of_the_uri_reach_the_driver():
    url = (
        "mongodb://me:secret@127.0.0.1:1/db?authSource=users&authMechanism=SCRAM-SHA-256&tls=true"
        "&tlsAllowInvalidCertificates=true&serverSelectionTimeoutMS=1&replicaSet=rs&w=majority"
    )
    options = connected_options(url)
    credentials = options.pool_options._credentials
    assert (credentials.source, credentials.mechanism, credentials.username) == ("users", "SCRAM-SHA-256", "me")
    assert options.pool_options._ssl_context is not None
    assert (options.replica_set_name, options.write_concern.document["w"]) == ("rs", "majority")
    assert options.write_concern.document["j"] is True
    assert connected_options("mongodb://127.0.0.1:1/db").pool_options._ssl_context is None


def connected_options(url):
    database = connect(url, "name")
    database.client.close()
    return database.client.options


def compose(name):
    return yaml.safe_load((ROOT / name).read_text())


def test_the_servers_of_the_compose_files_listen_on_this_machine_only():
    services = compose("docker-compose.yml")["services"].values()
    ports = [port for service in services for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:27017:27017", "127.0.0.1:8786:8786"]
    for service in compose("docker-compose.auth.yml")["services"].values():
        assert not {"ports", "network_mode", "expose"} & set(service)


def test_the_compose_file_with_a_password_holds_none():
    plain, auth = compose("docker-compose.yml"), compose("docker-compose.auth.yml")
    assert set(auth["services"]) == {"mongodb"} <= set(plain["services"])
    environment = auth["services"]["mongodb"]["environment"]
    for name, variable in (("USERNAME", "MONGODB_USER"), ("PASSWORD", "MONGODB_PASSWORD")):
        assert environment[f"MONGO_INITDB_ROOT_{name}"].startswith(f"${{{variable}:?")
        assert variable in (ROOT / "docs/storage.md").read_text(encoding="utf-8")
    assert {volume.partition(":")[0] for volume in auth["services"]["mongodb"]["volumes"]} == set(auth["volumes"])
    assert ".env" in (ROOT / ".gitignore").read_text().split()

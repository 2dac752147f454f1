"""The notebook of docs/ runs in Jupyter and says what is shown in it."""

import json
import re

import pytest

from tests.commands import ROOT

NOTEBOOK = ROOT / "docs/examples/notebook.ipynb"


NUMBER = re.compile(r"-?\d[\d,]*\.\d+")


def shown(cells):
    """The text that a notebook shows, without pictures and what differs from run to run."""
    texts = []
    for output in (output for cell in cells for output in cell.get("outputs", [])):
        assert output["output_type"] != "error"
        data = output.get("data", {"text/plain": output.get("text", "")})
        if output.get("name") != "stderr":
            text = "".join(data.get("text/html", data["text/plain"]))
            texts.append(re.sub(r'version [0-9a-f]{12}|src="data:image/png;base64,[^"]+"', "", text))
    return texts


def test_it_shows_what_it_shows(tmp_path, monkeypatch):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    committed = shown(json.loads(NOTEBOOK.read_text())["cells"])
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    found = shown(notebook.cells)
    assert len(committed) == len(found) > 4
    for one, other in zip(committed, found, strict=True):
        assert NUMBER.sub("", one) == NUMBER.sub("", other)
        # Processors round otherwise, which long trainings make visible.
        values = [[float(number.replace(",", "")) for number in NUMBER.findall(text)] for text in (one, other)]
        assert values[0] == pytest.approx(values[1], rel=0.02, abs=0.02)

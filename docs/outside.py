"""What pages link to outside this folder, such as ../figures, becomes part of the site under the same path.

The page that trains the published programs is made for the site alone, so it is a link there, and a name elsewhere.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from analysis.report.playground import playground

ROOT = Path(__file__).parent.parent
PLAYGROUND = "playground.html"
OUTSIDE = re.compile(r"(?<=\]\()\.\./(?=[^)]+\))")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what pages of this folder link to by `](../PATH)`, where it is there, and the playground.

    A link to what is not there MkDocs will miss.
    """
    files.append(File.generated(config, PLAYGROUND, content=playground()))
    for page in [file for file in files if file.is_documentation_page() and "/" not in file.src_uri]:
        for path in re.findall(rf"{OUTSIDE.pattern}([^)#]+)", page.content_string):
            if (ROOT / path).is_file() and path not in files.src_uris:
                files.append(File.generated(config, path, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: object, config: MkDocsConfig, files: Files) -> str:
    """Point the links there."""
    if "/" in page.file.src_uri:  # type: ignore[attr-defined]
        return markdown
    return OUTSIDE.sub("", markdown).replace(f"`{PLAYGROUND}`", f"[`{PLAYGROUND}`]({PLAYGROUND})")

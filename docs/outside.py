"""What pages link to outside this folder, such as ../figures, becomes part of the site under the same path."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
OUTSIDE = re.compile(r"(?<=\]\()\.\./(?=[^)]+\))")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files that pages of this folder link to by `](../PATH)`; what does not exist, MkDocs will miss."""
    for page in [file for file in files if file.is_documentation_page() and "/" not in file.src_uri]:
        for path in re.findall(rf"{OUTSIDE.pattern}([^)#]+)", page.content_string):
            if (ROOT / path).is_file() and path not in files.src_uris:
                files.append(File.generated(config, path, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: object, config: MkDocsConfig, files: Files) -> str:
    """Point the links there."""
    return OUTSIDE.sub("", markdown) if "/" not in page.file.src_uri else markdown  # type: ignore[attr-defined]

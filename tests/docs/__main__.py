"""Says where the documents and the program differ; with `--write`, mends the documents.

python -m tests.docs --write
"""

import argparse
import tempfile
from pathlib import Path

from tests.docs.examples import RECORDED, examples_file
from tests.docs.generated import cli_reference, with_generated_parts
from tests.docs.transcript import ROOT, agrees, commands, printed_by, rewritten

READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")


def main() -> None:
    """Run README.md, make the generated parts anew, and print or write what is different."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    english, chinese = (with_generated_parts(path.read_text("utf-8")) for path in READMES)
    with tempfile.TemporaryDirectory() as folder:
        printed = printed_by(english, Path(folder))
    for command, lines in printed.items():
        if not agrees(command.shown, lines):
            print(f"$ {command.text}", *lines, sep="\n")
    in_chinese = dict(zip(commands(chinese), printed.values(), strict=True))
    architecture = ROOT / "docs" / "architecture.md"
    documents = {
        READMES[0]: rewritten(english, printed),
        READMES[1]: rewritten(chinese, in_chinese),
        architecture: with_generated_parts(architecture.read_text("utf-8")),
        ROOT / "docs" / "cli.md": cli_reference(),
        RECORDED: examples_file(),
    }
    for path, content in documents.items():
        if not path.exists() or path.read_text("utf-8") != content:
            print(f"{path.relative_to(ROOT)}: {'written' if write else 'differs'}")
            if write:
                path.write_text(content, "utf-8")


if __name__ == "__main__":
    main()

"""How good the ranking is, beside chance and public baselines, as one page.

    python -m bench.quality BDCI_DIR CSL_DIR [--set NAME=DIR ...] [--papers papers.jsonl.xz]
        [--write docs/quality.md]

The folders are in BEIR layout: grades 0 to 3 of each demand's candidates, and titles with their abstract
among others; every `--set` is another such folder, pooled where it has a grade of 0. `--papers` are those
that the models that ship were trained on, of which it uses the held-out ones.
"""

import argparse
import logging
from pathlib import Path

import jieba

from bench.compare import report
from bench.eye import read
from bench.page import page
from bench.tasks import has_zero, of_folder, of_papers
from matcher.embed.factory import load_encoder
from matcher.index.snapshot import build_channels


def main() -> None:
    """Measure everything and print the page, or write it."""
    arguments = _arguments()
    jieba.setLogLevel(logging.WARNING)
    made = report(
        of_folder(arguments.graded, pooled=True),
        of_folder(arguments.titles, pooled=False),
        None if arguments.papers is None else of_papers(arguments.papers),
        load_encoder(None),
        build_channels,
        jieba.lcut,
        {name: of_folder(directory, pooled=has_zero(directory)) for name, directory in arguments.sets},
    )
    said = page(made, *read())
    if arguments.write is None:
        print(said, end="")
    else:
        arguments.write.write_text(said, encoding="utf-8")


def _named(stated: str) -> tuple[str, Path]:
    name, _, directory = stated.partition("=")
    return name, Path(directory)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("graded", type=Path, metavar="BDCI_DIR", help="candidates with grades, pooled")
    parser.add_argument("titles", type=Path, metavar="CSL_DIR", help="titles and their abstracts")
    parser.add_argument(
        "--set",
        type=_named,
        action="append",
        default=[],
        dest="sets",
        metavar="NAME=DIR",
        help="another folder",
    )
    parser.add_argument("--papers", type=Path, help="the training corpus, for English titles")
    parser.add_argument("--write", type=Path, help="the page to write instead of printing it")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Tables in Markdown that people can read and sign: each row is a test."""

from pathlib import Path


def rows(name: str, heading: str) -> list[dict[str, str]]:
    """The rows of the table below this heading, by column."""
    text = Path(__file__).with_name(name).read_text("utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    head, _, *body = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(head, cells, strict=True)) for cells in body]

"""The mutants of a module: mutmut's operators on every function, with the lines that each of them touches."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation import file_mutation
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).parents[2]


class Mutant(NamedTuple):
    """One small wrong turn in one function."""

    path: str
    function: str  # as in `Track.age` or `observe`
    lines: tuple[int, int]  # of what is mutated
    whole: tuple[int, int]  # of the function
    node: cst.FunctionDef
    mutation: file_mutation.Mutation

    @property
    def module(self) -> str:
        """The import name of its module."""
        return self.path.removesuffix(".py").replace("/", ".")

    def source(self) -> str:
        """The mutated function on its own, without decorators."""
        changed = self.node.deep_replace(self.mutation.original_node, self.mutation.mutated_node)
        return _code(changed)

    def difference(self) -> tuple[str, str]:
        """What it was and what it became, in one line each."""
        lines = list(difflib.ndiff(_code(self.node).splitlines(), self.source().splitlines()))
        was, became = (" ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in ("- ", "+ "))
        return was, became


class _Visitor(file_mutation.MutationVisitor):
    """Properties and cached functions too: only their code is swapped, the decorators stay."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef) and node.decorators:
            return False
        return super()._skip_node_and_children(node)


def mutants_of(path: str) -> Iterator[Mutant]:
    """Every mutant of the functions of one file, in the order of the file."""
    wrapper = MetadataWrapper(cst.parse_module((ROOT / path).read_text(encoding="utf-8")))
    visitor = _Visitor(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(visitor)
    places = wrapper.resolve(PositionProvider)
    names = _names(wrapper.module)
    for mutation in visitor.mutations:
        function = mutation.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef):
            continue
        whole = _span(places[function])
        place = places.get(mutation.original_node)
        yield Mutant(path, names[function], _span(place) if place else whole, whole, function, mutation)


def _code(function: cst.FunctionDef) -> str:
    return cst.Module([function.with_changes(decorators=[], leading_lines=[])]).code


def _span(place: CodeRange) -> tuple[int, int]:
    return place.start.line, place.end.line


def _names(module: cst.Module) -> dict[cst.CSTNode, str]:
    names: dict[cst.CSTNode, str] = {}
    for node in module.body:
        if isinstance(node, cst.FunctionDef):
            names[node] = node.name.value
        elif isinstance(node, cst.ClassDef):
            names |= {
                child: f"{node.name.value}.{child.name.value}"
                for child in node.body.body
                if isinstance(child, cst.FunctionDef)
            }
    return names

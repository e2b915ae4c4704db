"""Makes deliberate mistakes in a module, one at a time; must not know how they are found out.

A mistake is a small change of the syntax tree: a comparison, an `and`, a `not`, a condition, a constant, what is
returned or yielded. Annotations, decorators, docstrings and what is raised are left alone.
"""

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_Node = TypeVar("_Node", bound=ast.AST)

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """One mistake in a module: where and what it is, and by `index` and `variant` how to make it."""

    path: Path
    line: int
    function: str
    change: str
    source: str
    index: int
    variant: int

    @property
    def tree(self) -> ast.Module:
        """Return the module's tree with the mistake made."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        node = next(one for at, one in enumerate(ast.walk(tree)) if at == self.index)
        _Swap(node, _variants(node)[self.variant]).visit(tree)
        return ast.fix_missing_locations(tree)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what stays the same when lines are put in elsewhere."""
        return (self.path.name, self.function, self.source, self.change)


def mutants_of(path: Path) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines."""
    text = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    spared = {id(node) for root in _spared(tree) for node in ast.walk(root)}
    functions = _functions(tree)
    found = []
    for index, node in enumerate(ast.walk(tree)):
        for variant, other in enumerate([] if id(node) in spared else _variants(node)):
            line = _line(node)
            change = f"{_shown(node)} -> {_shown(other)}"
            found.append(Mutant(path, line, functions.get(line, ""), change, lines[line - 1].strip(), index, variant))
    return sorted(found, key=lambda mutant: (mutant.line, mutant.index, mutant.variant))


class _Swap(ast.NodeTransformer):
    """Puts one node in another's place."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the other node in the place of the old one."""
        return self.new if node is self.old else self.generic_visit(node)


def _spared(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the roots of what no test could tell, or what only types are made of."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (one for one in (node.returns, *node.decorator_list) if one)
        if isinstance(node, ast.ClassDef):
            yield from node.decorator_list
        if isinstance(node, (ast.arg, ast.AnnAssign)) and node.annotation:
            yield node.annotation
        if isinstance(node, (ast.Raise, ast.Import, ast.ImportFrom)):
            yield node
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
            yield node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node


def _functions(tree: ast.Module) -> dict[int, str]:
    """Return the innermost function or class of each line."""
    found: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.end_lineno:
            found |= dict.fromkeys(range(node.lineno, node.end_lineno + 1), node.name)
    return found


def _line(node: ast.AST) -> int:
    line = getattr(node, "lineno", 0)
    if isinstance(node, (ast.comprehension, ast.match_case)):
        inner = node.target if isinstance(node, ast.comprehension) else node.pattern
        line = getattr(inner, "lineno", 0)
    return int(line)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:69]}…"


def _variants(node: ast.AST) -> Sequence[ast.AST]:
    """Return the mistakes that can be made at a node."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
            return [_changed(node, ops=[_COMPARISONS[type(op)]()])]
        case ast.BoolOp():
            return _of_boolean(node)
        case ast.UnaryOp(op=ast.Not()):
            return [node.operand]
        case ast.BinOp() | ast.AugAssign() if type(node.op) in _ARITHMETIC:
            return [_changed(node, op=_ARITHMETIC[type(node.op)]())]
        case ast.Constant():
            return _of_constant(node)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            return [_changed(node, func=ast.Name(_CALLS[name], ast.Load()))]
    return _of_course(node)


def _of_course(node: ast.AST) -> Sequence[ast.AST]:
    """Return the mistakes that send the program another way."""
    match node:
        case ast.Return(value=value) if value is not None and not _is_none(value):
            return [_changed(node, value=ast.Constant(None))]
        case ast.If() | ast.IfExp() | ast.While():
            return [_changed(node, test=ast.UnaryOp(ast.Not(), node.test))]
        case ast.comprehension(ifs=[condition]):
            return [_changed(node, ifs=[ast.UnaryOp(ast.Not(), condition)]), _changed(node, ifs=[])]
        case ast.match_case(guard=guard) if guard is not None:
            return [_changed(node, guard=ast.UnaryOp(ast.Not(), guard)), _changed(node, guard=None)]
        case ast.Expr(value=ast.Yield() | ast.YieldFrom() | ast.Call()):
            return [ast.Pass()]
    return []


def _changed(node: _Node, **fields: object) -> _Node:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _of_boolean(node: ast.BoolOp) -> list[ast.AST]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    swapped = [_changed(node, op=other)]
    rest = [node.values[:at] + node.values[at + 1 :] for at in range(len(node.values))]
    return [*swapped, *(values[0] if len(values) == 1 else _changed(node, values=values) for values in rest)]


def _of_constant(node: ast.Constant) -> list[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        return [_changed(node, value=not value)]
    if isinstance(value, int):
        return [_changed(node, value=value + 1)]
    if isinstance(value, str):
        return [_changed(node, value=f"XX{value}")]
    return []

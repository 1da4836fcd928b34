"""What a Jinja body needs, read from its syntax tree. Nothing of it is evaluated here: constants are not folded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, nodes
from jinja2.compiler import Frame
from jinja2.meta import TrackingCodeGenerator

from mergefloor.prompts.sandbox_child import environment

LONGEST = 200_000
_REFUSED: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.Include: ("includes another file", "write its text into this file"),
    nodes.Import: ("imports another file", "write its macros into this file"),
    nodes.FromImport: ("imports another file", "write its macros into this file"),
    nodes.Extends: ("extends another file", "write its text into this file"),
    nodes.ScopedEvalContextModifier: ("switches autoescaping", "remove the `autoescape` block"),
}
_GUARD_TESTS = ("defined", "undefined")
_GUARD_FILTERS = ("default", "d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a prompt's template may not contain. `line` counts from the body's first line, 1-based."""

    line: int
    what: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The variables of a body: `optional` ones are tested with `is defined` or have a `default` filter."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Names(TrackingCodeGenerator):
    """Jinja's own scoping, without its constant folding: `{{ 'a' * 10**9 }}` must cost nothing here (T65)."""

    def __init__(self) -> None:
        super().__init__(environment())
        self.optimizer = None

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: object) -> str:
        raise nodes.Impossible


def read_source(body: str) -> Source:
    """The variables of a Jinja body, or everything that is wrong with it."""
    if len(body) > LONGEST:
        what = f"the template has {len(body):,} characters"
        return Source(findings=(Finding(line=1, what=what, fix=f"keep it under {LONGEST:,}"),))
    try:
        tree = environment().parse(body)
        findings = tuple(_refused(tree))
        return Source(findings=findings) if findings else _variables(tree)
    except TemplateSyntaxError as error:
        what = f"the template is not valid Jinja: {error.message}"
        fix = "correct it, or write `{% raw %}` around text that is not a template"
        return Source(findings=(Finding(line=error.lineno, what=what, fix=fix),))
    except RecursionError:
        return _not_readable("is nested too deeply")
    except ValueError as error:
        return _not_readable(f"cannot be read: {error}")


def _not_readable(what: str) -> Source:
    return Source(findings=(Finding(line=1, what=f"the template {what}", fix="simplify it"),))


def _variables(tree: nodes.Template) -> Source:
    names = _Names()
    names.visit(tree)
    guarded = {name.name for name in _guarded(tree)}
    used = dict.fromkeys(name.name for name in tree.find_all(nodes.Name))
    undeclared = [name for name in used if name in names.undeclared_identifiers]
    return Source(
        required=tuple(name for name in undeclared if name not in guarded),
        optional=tuple(name for name in undeclared if name in guarded),
    )


def _guarded(tree: nodes.Template) -> Iterator[nodes.Name]:
    for node in tree.find_all((nodes.Test, nodes.Filter)):
        known = _GUARD_TESTS if isinstance(node, nodes.Test) else _GUARD_FILTERS
        if node.name in known and isinstance(node.node, nodes.Name):
            yield node.node


def _refused(tree: nodes.Template) -> Iterator[Finding]:
    for node in tree.find_all(nodes.Node):
        reason = _REFUSED.get(type(node))
        if reason is not None:
            yield Finding(line=node.lineno, what=f"the template {reason[0]}", fix=reason[1])
        for name in _attributes(node):
            if name.startswith("__") and name.endswith("__"):
                yield Finding(
                    line=node.lineno,
                    what=f"the template reads {name!r}, an internal of Python",
                    fix="templates see data only: remove it",
                )


def _attributes(node: nodes.Node) -> Iterator[str]:
    """The names by which a node reaches into a value, as far as they are written out."""
    if isinstance(node, nodes.Getattr):
        yield node.attr
    elif isinstance(node, nodes.Getitem):
        yield from _constant(node.arg)
    elif isinstance(node, nodes.Filter) and node.name == "attr" and node.args:
        yield from _constant(node.args[0])


def _constant(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value

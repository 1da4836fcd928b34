"""What a change does to the rules of its own gate: floors, policy, budget, judge, the suites and their checks (T20, T22).

Base's rules bind anyway until the change is merged; after that the loosened ones would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mergefloor.core import classes
from mergefloor.core.integrity.checks import differences
from mergefloor.core.integrity.fact import Fact
from mergefloor.core.integrity.scene import Scene, SuiteScene
from mergefloor.core.keys import canonical
from mergefloor.core.settings import Config, MetricRule, Price, Suite
from mergefloor.core.tampering import Action, Rule
from mergefloor.core.types import Json

Looser = Callable[[Json, Json], bool]
_ARROW = "{} \u2192 {}"


def _fell(old: Json, new: Json) -> bool:
    return isinstance(old, int | float) and isinstance(new, int | float) and new < old


def _rose(old: Json, new: Json) -> bool:
    return _fell(new, old)


def _differs(old: Json, new: Json) -> bool:
    return old != new


def _down(*order: str) -> Looser:
    """From the strictest word to the loosest."""
    return lambda old, new: order.index(str(new)) > order.index(str(old))


# What makes each rule looser. A smaller alpha blocks less. Both ways of judge_calibration take something from the
# gate: `require` the judged checks until there are labels, `waive` the proof that the judge agrees with people.
POLICY: Mapping[str, Looser] = {
    "alpha": _fell,
    "margin": _rose,
    "score_margin": _rose,
    "on_inconclusive": _down("block", "pass"),
    "max_unresolved": _rose,
    "semver": _down("behaviour", "contract", "off"),
    "floating_models": _down("block", "warn"),
    "judge_calibration": _differs,
    "safety": _down("any", "new"),
    "judge_labels": _fell,
    "judge_kappa": _fell,
    "judge_specificity": _fell,
    "code_targets": _down("refuse", "allow"),
}
BUDGET: Mapping[str, Looser] = {"usd": _rose, "minutes": _rose}
_LOUDNESS: tuple[Action, ...] = ("block", "warn", "off")


def rule_facts(before: Scene, after: Scene) -> Iterator[Fact]:
    """Everything that the change loosens in the config. Stricter rules are no finding."""
    old, new = before.config, after.config
    yield from _table("policy-loosened", "policy", POLICY, old.policy, new.policy)
    yield from _integrity(old, new)
    yield from _table("budget-raised", "budget", BUDGET, old.budget, new.budget)
    yield from _prices(old, new)
    yield from _judge(old, new)
    for suite in old.suites:
        successor = successor_of(suite, new)
        if successor is not None:
            yield from _floors(suite, successor)
            yield from _classes(suite, successor)
            yield from _graders(suite, successor, before, after)


def successor_of(suite: Suite, config: Config) -> Suite | None:
    """The suite of that name, else the one that runs the same prompt under a name of its own."""
    for other in config.suites:
        if other.name == suite.name:
            return other
    return next((other for other in config.suites if other.prompt == suite.prompt), None)


def _table(rule: Rule, key: str, table: Mapping[str, Looser], old: object, new: object) -> Iterator[Fact]:
    for name, looser in table.items():
        then, now = getattr(old, name), getattr(new, name)
        if looser(then, now):
            yield _fact(rule, f"{key}.{name}", then, now)


def _fact(rule: Rule, subject: str, old: Json, new: Json, suite: str = "") -> Fact:
    return Fact(rule=rule, subject=subject, text=_ARROW, quotes=(_shown(old), _shown(new)), suite=suite)


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else "none" if value is None else canonical(value)


def _integrity(old: Config, new: Config) -> Iterator[Fact]:
    actions = (old.policy.integrity, new.policy.integrity)
    for rule in sorted(actions[0].keys() | actions[1].keys()):
        then, now = (side.get(rule, "warn") for side in actions)
        if _LOUDNESS.index(now) > _LOUDNESS.index(then):
            yield _fact("policy-loosened", f"policy.integrity.{rule}", then, now)


def _prices(old: Config, new: Config) -> Iterator[Fact]:
    """A price that is written lower lets the same budget buy more."""
    for model, price in old.prices.items():
        now = new.prices.get(model)
        if now is not None and any(a < b for a, b in zip(_usd(now), _usd(price), strict=True)):
            yield _fact("budget-raised", f"prices.{model}", [*_usd(price)], [*_usd(now)])


def _usd(price: Price) -> tuple[float, float, float]:
    cached = price.input if price.cached_input is None else price.cached_input
    return price.input, price.output, cached


def _judge(old: Config, new: Config) -> Iterator[Fact]:
    """Another judge is another yardstick; nobody can tell in advance whether it is a kinder one."""
    pairs: tuple[tuple[str, Json, Json], ...] = (
        ("judge.model", old.judge.model, new.judge.model),
        ("judge.panel", list(old.judge.panel), list(new.judge.panel)),
        ("judge.calibration", old.judge.calibration, new.judge.calibration),
        ("judge.params", dict(old.judge.params), dict(new.judge.params)),
        ("defaults.embedding_model", old.embedding_model, new.embedding_model),
    )
    for key, then, now in pairs:
        if then != now and not (then is None and key != "judge.model"):
            yield _fact("judge-changed", key, then, now)


def _floors(old: Suite, new: Suite) -> Iterator[Fact]:
    rules = {metric.name: metric for metric in new.metrics}
    for metric in old.metrics:
        key = f"suites.{old.name}.metrics.{metric.name}"
        # A metric that is no longer written is shown and cannot block.
        now = rules.get(metric.name, MetricRule(name=metric.name, gating=False))
        if metric.floor is not None and not (now.floor is not None and now.floor >= metric.floor):
            yield _fact("floor-loosened", f"{key}.floor", metric.floor, now.floor, old.name)
        if now.max_drop > metric.max_drop:
            yield _fact("floor-loosened", f"{key}.max_drop", metric.max_drop, now.max_drop, old.name)
        if metric.gating and not now.gating:
            yield _fact("floor-loosened", f"{key}.gating", True, False, old.name)


def _classes(old: Suite, new: Suite) -> Iterator[Fact]:
    """A suite or a tag whose cases block less than before."""
    if classes.looser(old.case_class, new.case_class):
        subject = f"suites.{old.name}.class"
        yield _fact("class-loosened", subject, old.case_class, new.case_class, old.name)
    for tag in sorted(old.classes.keys() | new.classes.keys()):
        then, now = old.class_of((tag,)), new.class_of((tag,))
        if classes.looser(then, now):
            yield _fact("class-loosened", f"suites.{old.name}.classes.{tag}", then, now, old.name)


def _graders(old: Suite, new: Suite, before: Scene, after: Scene) -> Iterator[Fact]:
    """Checks of every case: those of the suite, and those that the prompt file brings."""
    then, now = before.suites.get(old.name, SuiteScene()), after.suites.get(old.name, SuiteScene())
    old_specs, new_specs = old.graders, new.graders
    if then.prompt is not None and now.prompt is not None:
        old_specs, new_specs = old_specs + then.prompt.graders, new_specs + now.prompt.graders
    for found in differences(old_specs, new_specs):
        subject = f"suites.{old.name}.graders.{found.check}"
        yield Fact(
            rule="rubric-changed", subject=subject, text=found.text, quotes=found.quotes, suite=old.name
        )

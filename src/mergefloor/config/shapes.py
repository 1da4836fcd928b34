"""mergefloor.yml as it is written (CONTRACT 1): keys, types, ranges and defaults."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, JsonValue, Tag

from mergefloor.config.judge_shape import JudgeShape, Params
from mergefloor.config.named import EmbedderName, FilePath, Glob, ModelName, Owner, pattern
from mergefloor.config.paths import checked, date_problem
from mergefloor.config.retrieval_shape import IndexShape, QueriesShape
from mergefloor.config.schedule_shape import ScheduleShape
from mergefloor.config.target_shape import TargetShape
from mergefloor.core.classes import CaseClass
from mergefloor.core.settings import PASS_RATE, Budget, MetricRule, Policy
from mergefloor.core.tampering import Action, Rule
from mergefloor.golden import FilledText, GraderModel, MetricName, Name, Shape, Share, told

_DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
MAX_GLOBS = 200
MAX_GRADERS = 100
LARGEST_NUMBER = 10**9
VERSION = 1
_POLICY, _BUDGET, _METRIC = Policy(), Budget(), MetricRule(name=PASS_RATE)


def _known_version(number: int) -> int:
    if number != VERSION:
        raise told(
            f"is {number}, which this release does not read", f"write `version: {VERSION}`, or upgrade"
        )
    return number


Day = Annotated[FilledText, AfterValidator(checked(date_problem)), pattern(_DAY)]
Globs = Annotated[list[Glob], Field(min_length=1, max_length=MAX_GLOBS)]
Usd = Annotated[float, Field(ge=0, le=LARGEST_NUMBER)]
# One word for every rule, or a word a rule; the discriminator keeps a wrong one from being told as both.
Integrity = Annotated[
    Annotated[dict[Rule, Action], Tag("rules")] | Annotated[Literal["warn", "block"], Tag("word")],
    Discriminator(lambda value: "rules" if isinstance(value, dict) else "word"),
]


class DefaultsShape(Shape):
    """What every suite runs with."""

    model: Annotated[
        ModelName | None,
        Field(
            description="provider/model: a dated snapshot, not an alias that moves. Default: the prompt file's."
        ),
    ] = None
    params: Params = Field(default_factory=dict, description="Sent as they are; what is absent is not sent.")
    embedding_model: Annotated[
        EmbedderName | None, Field(description="provider/model for checks of similarity by embeddings.")
    ] = None
    owner: Annotated[
        Owner | None, Field(description="@login, @org/team or an e-mail address. Default: CODEOWNERS.")
    ] = None


class PolicyShape(Shape):
    """The rules of the gate. They are read from the tip of the base branch, never from the pull request."""

    alpha: Annotated[
        float, Field(gt=0, lt=0.5, description="Chance of blocking a harmless change, for the whole run.")
    ] = _POLICY.alpha
    margin: Annotated[Share, Field(description='What counts as "no worse", as a share of cases.')] = (
        _POLICY.margin
    )
    score_margin: Annotated[Share, Field(description="The same for scores between 0 and 1.")] = (
        _POLICY.score_margin
    )
    on_inconclusive: Annotated[
        Literal["pass", "block"], Field(description="What to do when the golden set is too small to tell.")
    ] = "pass"
    max_unresolved: Annotated[
        Share,
        Field(
            description="Share of cases that may stay unresolved when the verdict holds whatever they are."
        ),
    ] = _POLICY.max_unresolved
    semver: Annotated[
        Literal["contract", "behaviour", "off"], Field(description="How a prompt's version must move.")
    ] = "contract"
    floating_models: Annotated[
        Literal["block", "warn"], Field(description="What to do about a model name without a date.")
    ] = "block"
    code_targets: Annotated[
        Literal["refuse", "allow"],
        Field(description="Whether suites may run code of the repository (targets `command` and `python`)."),
    ] = "refuse"
    judge_calibration: Annotated[
        Literal["require", "waive"],
        Field(description="Whether judged metrics gate only when the judge agrees with human labels."),
    ] = "require"
    judge_labels: Annotated[
        int, Field(ge=20, le=100_000, description="Labelled outputs that a judge needs before it may block.")
    ] = _POLICY.judge_labels
    judge_kappa: Annotated[
        float, Field(ge=0, lt=1, description="The lower end of kappa's 95 % interval that it needs.")
    ] = _POLICY.judge_kappa
    judge_specificity: Annotated[
        float, Field(ge=0, lt=1, description="The same for the share of failures that it sees.")
    ] = _POLICY.judge_specificity
    safety: Annotated[
        Literal["new", "any"],
        Field(description="Failing safety cases that block: those the change opened, or any."),
    ] = "new"
    integrity: Integrity = Field(
        default_factory=dict,
        description="What a change to its own gate does (a removed case, a lowered floor, hidden text): one word for "
        "all rules, or a word a rule. Default: warn; base's golden set and policy bind anyway.",
    )


class BudgetShape(Shape):
    """Caps of one run. Calls stop before the one that would cross."""

    usd: Annotated[Usd, Field(description="US dollars.")] = _BUDGET.usd
    minutes: Annotated[float, Field(gt=0, le=1440, description="Wall-clock minutes.")] = _BUDGET.minutes
    concurrency: Annotated[int, Field(ge=1, le=200, description="Calls in flight at most.")] = (
        _BUDGET.concurrency
    )


class PriceShape(Shape):
    """US dollars per million tokens."""

    input: Usd
    output: Usd
    cached_input: Usd | None = None


class ModelShape(Shape):
    """What is known of one model. It goes before the shipped model table."""

    retires: Annotated[Day | None, Field(description="The day from which it answers no more.")] = None
    instead: Annotated[
        ModelName | None, Field(description="The model to name instead, a dated snapshot.")
    ] = None


class MetricShape(Shape):
    """What a metric must satisfy. At most three metrics of a suite may gate."""

    floor: Annotated[Share | None, Field(description="Absolute minimum.")] = None
    max_drop: Annotated[Share, Field(description="Confirmed loss that is tolerated, as a share.")] = (
        _METRIC.max_drop
    )
    gating: Annotated[
        bool | None, Field(description="Whether it can block. Default: pass_rate and metrics with a floor.")
    ] = None


class SuiteShape(Shape):
    """One prompt, or one target, with its golden set, checks and floors."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["prompt"]}, {"required": ["target"]}]}
    )

    prompt: Annotated[
        FilePath | None, Field(description="The prompt file, from the root of the repository.")
    ] = None
    target: Annotated[
        TargetShape | None, Field(description="What is measured instead of a prompt: code or a deployment.")
    ] = None
    model: Annotated[
        ModelName | None,
        Field(description="provider/model of this suite alone; goes before that of `defaults`."),
    ] = None
    freeze: Annotated[bool, Field(description="`true`: no update moves a pin of this suite.")] = False
    owner: Annotated[
        Owner | None, Field(description="Who answers for it; goes before that of `defaults`.")
    ] = None
    golden: Annotated[
        Glob | Globs,
        Field(
            default_factory=list,
            description="Globs of golden cases. test_cases inside the prompt file count too.",
        ),
    ]
    watch: Annotated[
        list[Glob],
        Field(
            default_factory=list, max_length=MAX_GLOBS, description="More files whose change runs this suite."
        ),
    ]
    graders: Annotated[
        list[GraderModel],
        Field(
            default_factory=list,
            max_length=MAX_GRADERS,
            description="Checks of every case; a case adds its own.",
        ),
    ]
    metrics: Annotated[
        dict[MetricName, MetricShape],
        Field(default_factory=dict, description="pass_rate, and checks by their names."),
    ]
    class_: Annotated[
        CaseClass,
        Field(alias="class", description="Of its cases: gate by the rule, show only, tolerate nothing."),
    ] = "regression"
    classes: Annotated[
        dict[FilledText, CaseClass], Field(default_factory=dict, description="The class of cases with a tag.")
    ]
    input_variable: Annotated[
        FilledText | None, Field(description="The variable that takes the question of shipped cases.")
    ] = None
    vars: Annotated[
        dict[FilledText, JsonValue],
        Field(default_factory=dict, description="The other variables of the prompt, for shipped cases."),
    ]
    index: Annotated[IndexShape | None, Field(description="The index that the target searches.")] = None
    queries: Annotated[QueriesShape | None, Field(description="A log of what people ask.")] = None


class ConfigShape(Shape):
    """The config of mergefloor."""

    model_config = ConfigDict(title="mergefloor.yml")

    version: Annotated[
        int,
        AfterValidator(_known_version),
        Field(description="Version of this format.", json_schema_extra={"const": VERSION}),
    ] = VERSION
    defaults: DefaultsShape = DefaultsShape()
    judge: JudgeShape = JudgeShape.model_validate({})
    policy: PolicyShape = PolicyShape()
    budget: BudgetShape = BudgetShape()
    schedule: ScheduleShape = ScheduleShape()
    prices: Annotated[
        dict[ModelName, PriceShape],
        Field(default_factory=dict, description="Prices that replace the shipped table."),
    ]
    models: Annotated[
        dict[ModelName, ModelShape],
        Field(
            default_factory=dict, description="Facts about models that replace those of the shipped table."
        ),
    ]
    suites: Annotated[
        dict[Name, SuiteShape], Field(min_length=1, description="At least one; the key is its name.")
    ]

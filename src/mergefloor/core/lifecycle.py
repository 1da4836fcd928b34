"""Model names as a team must see them: floating or dated, what to name instead, and when they end.

Days are counted since 1970-01-01 (UTC), so that nothing here needs a calendar or a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from mergefloor.core.pins import is_pinned
from mergefloor.core.types import Place

WARN_DAYS = 60  # the notice that providers promise at least, before a generally available model ends
SECONDS_A_DAY = 86_400
LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The day from which a model answers no more."""

    date: str
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What is known of one name. `alias_for`: the snapshot it stands for; `snapshot_of`: the alias it is a snapshot
    of; `fixed`: no date in the name, and still one model by the provider's word; `replacement`: what the provider
    recommends once it ends; `released`: ISO date."""

    alias_for: str | None = None
    snapshot_of: str | None = None
    fixed: bool = False
    released: str | None = None
    ending: Ending | None = None
    replacement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTable:
    """`provider/name` -> facts, and for an alias the snapshots of it, newest first. `updated`: ISO date of its newest
    look-up."""

    models: Mapping[str, ModelFacts] = field(default_factory=dict)
    updated: str = ""

    def facts(self, name: str) -> ModelFacts:
        """What is known; of an unknown name nothing."""
        return self.models.get(self.full(name), ModelFacts())

    def told(self, endings: Mapping[str, Ending], kept: Collection[str]) -> ModelTable:
        """The same with these ends, other than of the names in `kept`."""
        models = dict(self.models)
        for name, ending in endings.items():
            if name not in kept:
                models[name] = replace(models.get(name, ModelFacts()), ending=ending)
        return replace(self, models=models)

    def full(self, name: str) -> str:
        """A name as the table writes it. Other tools write `gpt-4o` or `openai:gpt-4o` for `openai/gpt-4o`."""
        if "/" in name:
            return name
        provider, colon, rest = name.partition(":")
        if colon:
            return f"{provider}/{rest.rpartition(':')[2]}"
        return next((known for known in self.models if known.partition("/")[2] == name), name)

    def dated(self, name: str, today: int) -> str | None:
        """The dated name to use for an alias: the snapshot that it stands for, else the newest; none that ended."""
        alias = self.full(name)
        snapshots = sorted(
            (known for known, facts in self.models.items() if facts.snapshot_of == alias),
            key=lambda known: (self.models[known].released or "", known),
            reverse=True,
        )
        target = self.facts(alias).alias_for
        for candidate in [target, *snapshots] if target else snapshots:
            ending = self.facts(candidate).ending
            if ending is None or ending.day > today:
                return candidate
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One model name as it was written. `used` False: named for another tool, or something else goes before it.
    `dated` False: its provider dates no names of this kind (embeddings: the name is the version)."""

    name: str
    place: Place
    used: bool = True
    dated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelNotice:
    """One model name somewhere in the repository. `instead`: the dated name to use, where the table knows it;
    `retires`: ISO date, `days_left` may be negative; `replacement`: what the provider recommends then;
    `used`: whether this run asks it; `fixed`: the provider promises one model though the name has no date."""

    name: str
    place: Place
    floating: bool
    instead: str | None = None
    retires: str | None = None
    days_left: int | None = None
    replacement: str | None = None
    used: bool = True
    fixed: bool = False

    @property
    def ends_soon(self) -> bool:
        """Whether the model has ended or will within 60 days."""
        return self.days_left is not None and self.days_left <= WARN_DAYS


def day_of(seconds: float) -> int:
    """The day of a moment, both counted since 1970."""
    return int(seconds // SECONDS_A_DAY)


def notices(uses: Iterable[Use], table: ModelTable, today: int) -> tuple[ModelNotice, ...]:
    """What there is to say about each name, once a place: it floats, it ends within 60 days, it is not used."""
    found = dict.fromkeys(notice(use, table, today) for use in uses)
    return tuple(each for each in found if each.floating or each.ends_soon or not each.used)


def notice(use: Use, table: ModelTable, today: int) -> ModelNotice:
    """All that is known of one name, whether it needs saying or not. `today`: days since 1970."""
    facts, full = table.facts(use.name), table.full(use.name)
    # A date is how most providers promise one model; where one promises it without a date, the promise is what counts.
    floating = use.dated and not facts.fixed and not is_pinned(full if "/" in full else f"/{full}")
    return ModelNotice(
        name=use.name,
        place=use.place,
        floating=floating,
        instead=table.dated(full, today) if floating else None,
        retires=facts.ending.date if facts.ending else None,
        days_left=facts.ending.day - today if facts.ending else None,
        replacement=facts.replacement,
        used=use.used,
        fixed=facts.fixed,
    )


def sentence(notice: ModelNotice) -> str:
    """One notice for people, without its place."""
    parts = [f"`{_shown(notice.name)}`" + ("" if notice.used else " (named here and not used)")]
    parts += [_floats(notice)] if notice.floating else []
    parts += [_ends(notice)] if notice.ends_soon else []
    return parts[0] + (" " if parts[1:] else "") + "; it ".join(parts[1:])


def _shown(name: str) -> str:
    """A name from a file, where it cannot move a terminal's cursor or fill its screen."""
    return (name if name.isprintable() else repr(name))[:LONGEST_SHOWN]


def _floats(notice: ModelNotice) -> str:
    if notice.instead:
        return f"is not a dated snapshot: name `{notice.instead}` instead"
    return "is not a dated snapshot, and no dated name is known for it"


def _ends(notice: ModelNotice) -> str:
    days = notice.days_left or 0
    count = f"{abs(days)} day" + ("" if abs(days) == 1 else "s")
    when = (
        f"retires on {notice.retires}, in {count}"
        if days > 0
        else f"retired on {notice.retires}, {count} ago"
    )
    when = f"retires today, {notice.retires}" if days == 0 else when
    return when + (f"; its provider recommends `{notice.replacement}`" if notice.replacement else "")

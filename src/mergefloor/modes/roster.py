"""The pins of one tree: every place where a model is named, what for, and who owns it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import gmtime, strftime
from typing import TypeAlias

from mergefloor import config, graders, prompts
from mergefloor.core.lifecycle import day_of
from mergefloor.core.owners import CodeOwners, owner_of
from mergefloor.core.ports import Snapshot
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.roster.listing import Listings, nobody_asked
from mergefloor.core.roster.roster import Purpose, Roster, Spot, pinned
from mergefloor.core.settings import Config, Suite
from mergefloor.core.types import GraderSpec, Place
from mergefloor.core.updating.pin import Pin, Role
from mergefloor.errors import InputError
from mergefloor.modes.code_owners import code_owners
from mergefloor.modes.suites import read_golden
from mergefloor.modes.updating.reading import Pins, read_pins

Named: TypeAlias = tuple[str, Spot]
PURPOSES: dict[Role, Purpose] = {
    "suite": "candidate",
    "defaults": "candidate",
    "prompt": "candidate",
    "unused": "unused",
    "judge": "judge",
    "panel": "panel",
    "embedding": "embedding",
}


def read_roster(
    files: Snapshot, path: str | None, ref: str, now: float, listings: Listings = nobody_asked
) -> Roster:
    """Read config, prompts and golden sets of a tree. InputError where config or prompts cannot be read; a golden set
    that cannot is a remark. `now`: seconds since 1970; `listings`: asked for the providers that are named."""
    pins = read_pins(files, path)
    reader = _Reader(pins=pins, code=code_owners(files), remarks=[])
    spots = tuple(reader.spots())
    table = config.model_table(pins.settings.models)
    asked = listings(tuple(dict.fromkeys(table.full(name).partition("/")[0] for name, _ in spots)))
    ends = {f"{each.provider}/{name}": end for each in asked for name, end in each.ends.items()}
    ruled = [name for name, rule in pins.settings.models.items() if rule.retires is not None]
    table = table.told(ends, ruled)
    floats = pins.settings.policy.floating_models == "warn"
    return Roster(
        ref=ref,
        looked=strftime("%Y-%m-%d", gmtime(now)),
        table=table.updated,
        pins=pinned(spots, table, day_of(now), floats=floats, listings=asked),
        listings=asked,
        remarks=tuple(reader.remarks),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """One tree. `remarks` grows while it is read."""

    pins: Pins
    code: CodeOwners | None
    remarks: list[str]

    def spots(self) -> Iterator[Named]:
        """Every name with its place, those of the config and the prompts first."""
        yield from (self._written(pin) for pin in self.pins.written)
        checks = [(suite, prompt, self._checks(suite, prompt)) for suite, prompt in self._suites()]
        if self.pins.settings.judge.place is None and any(
            graders.judged(spec) for _, _, specs in checks for spec in specs
        ):
            yield self._default_judge()
        for suite, prompt, specs in checks:
            yield from self._beside(suite, prompt, specs)
            yield from self._of_code(suite)

    def _written(self, pin: Pin) -> Named:
        """A name of the config or of a prompt; one that speaks for no suite is asked by nobody."""
        shared = pin.role in ("judge", "panel", "embedding")
        used = bool(pin.suites) or shared
        purpose = PURPOSES[pin.role] if used else "unused"
        suites = tuple(suite for suite in self._settings.suites if suite.name in pin.suites)
        assumed = pin.role == "defaults" and self._settings.model is None
        spot = self._spot(pin.place, purpose, suites, assumed=assumed)
        return pin.model, spot

    def _spot(
        self, place: Place, purpose: Purpose, suites: Iterable[Suite] = (), *, assumed: bool = False
    ) -> Spot:
        listed = tuple(suites)
        owners = [
            owner
            for suite in listed or (None,)
            for owner in owner_of(suite, self._settings, self.code, place.path)
        ]
        candidate = purpose == "candidate"
        return Spot(
            place=place,
            purpose=purpose,
            suites=tuple(suite.name for suite in listed),
            frozen=tuple(suite.name for suite in listed if suite.freeze and candidate),
            owners=tuple(dict.fromkeys(owners)),
            assumed=assumed,
        )

    @property
    def _settings(self) -> Config:
        return self.pins.settings

    def _suites(self) -> Iterator[tuple[Suite, PromptVersion | None]]:
        files = self.pins.files
        for suite in self._settings.suites:
            yield suite, prompts.parse(suite.prompt, files.read(suite.prompt)) if suite.prompt else None

    def _checks(self, suite: Suite, prompt: PromptVersion | None) -> tuple[GraderSpec, ...]:
        """The checks of a suite, its prompt and its cases."""
        own = (*suite.graders, *(prompt.graders if prompt else ()))
        try:
            cases = (*read_golden(suite.golden, self.pins.files), *(prompt.cases if prompt else ()))
        except InputError as error:
            self.remarks.append(f"the golden set of suite {suite.name!r} was not read: {error.problems[0]}")
            return own
        return (*own, *(spec for case in cases for spec in case.graders))

    def _default_judge(self) -> Named:
        place = Place(path=self._settings.path or "mergefloor.yml")
        return self._settings.judge.model, self._spot(place, "judge", assumed=True)

    def _beside(
        self, suite: Suite, prompt: PromptVersion | None, specs: Iterable[GraderSpec]
    ) -> Iterator[Named]:
        """Names for other tools, which nothing here asks."""
        named = [(spec.model, spec.model_place) for spec in specs]
        named += [(prompt.model_hint, prompt.hint_place)] if prompt else []
        for name, place in named:
            if name and place:
                yield name, self._spot(place, "unused", (suite,))

    def _of_code(self, suite: Suite) -> Iterator[Named]:
        """The models that a target's program may ask."""
        target = suite.target
        if target is None or target.kind == "http":
            return
        place = target.place or suite.place or Place(path=self._settings.path or "mergefloor.yml")
        yield from ((name, self._spot(place, "code", (suite,))) for name in target.models)

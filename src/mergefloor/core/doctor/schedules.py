"""Do the scheduled runs still happen? GitHub switches schedules off where nothing moved for 60 days, and tells nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mergefloor.core.doctor.finding import Finding
from mergefloor.core.doctor.scene import GateJob

ACTIVE = "active"
WHY = {
    "disabled_inactivity": "by GitHub, after 60 days without activity in the repository",
    "disabled_manually": "by a person",
    "disabled_fork": "because the repository is a fork",
}


def scheduled(gates: Iterable[GateJob]) -> tuple[GateJob, ...]:
    """The jobs that run by the clock, one a workflow file."""
    found = {gate.workflow.path: gate for gate in gates if "schedule" in gate.workflow.events}
    return tuple(found.values())


def asleep(gates: Iterable[GateJob], states: Mapping[str, str]) -> Iterator[Finding]:
    """Schedules that are switched off. `states`: by path of the workflow, as GitHub calls them; absent: not known."""
    for gate in scheduled(gates):
        state = states.get(gate.workflow.path, ACTIVE)
        if state != ACTIVE:
            name = gate.workflow.path.rpartition("/")[2]
            yield Finding(
                rule="schedule-off",
                level="warning",
                place=gate.workflow.root.at("on").place,
                what=f"this workflow is switched off {WHY.get(state, f'({state})')}: no scheduled run happens, and no drift "
                "is seen",
                fix=f"type `gh workflow enable {name}`",
            )

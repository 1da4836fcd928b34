"""One request from arrival to answer: recorded, checked, let through or refused, carried out, checked again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.github import graphql, routes, validation
from tests.fakes.github.access import Token
from tests.fakes.github.ask import Ask
from tests.fakes.github.faults import Fault, FaultPlan, Plan, answer
from tests.fakes.github.meter import Meter
from tests.fakes.github.routes import Route
from tests.fakes.github.shapes import number_of
from tests.fakes.github.validation import Violation
from tests.fakes.github.wire import Recorded, Refusal, Reply, Request, not_found
from tests.fakes.github.world import World

VERSIONS = ("2022-11-28", "2026-03-10")


@dataclass(slots=True)
class Served:
    """What is to be sent: the reply, and the fault of the line that distorts it, if any."""

    reply: Reply | None
    fault: Fault | None = None


@dataclass(slots=True)
class App:
    """The fake without its sockets. `before` runs outside of the lock: it may change the world or wait."""

    world: World
    meter: Meter
    faults: Plan = field(default_factory=FaultPlan)
    before: Callable[[Request], None] | None = None
    requests: list[Recorded] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def serve(self, request: Request) -> Served:
        """Answer one request."""
        self._rename(request)
        record = self._recorded(request)
        try:
            if self.before is not None:
                self.before(request)
            fault = self.faults(request)
            served = self._struck(request, fault) if fault else Served(self._answered(request))
        except Violation as wrong:
            served = self._violated(wrong)
        except Exception as bug:
            self.violations.append(f"the fake itself failed on {request.method} {request.path}: {bug!r}")
            record.status = 500
            raise
        record.fault = served.fault.kind if served.fault else ""
        record.status = served.reply.status if served.reply else 0
        record.answer = served.reply.body if served.reply else None
        return served

    def _struck(self, request: Request, fault: Fault) -> Served:
        self._check(request)  # a client's mistake is one, whatever becomes of the request
        done = self._answered(request) if fault.late else None
        if fault.kind in ("reset", "hang"):
            return Served(None, fault)
        if fault.kind in ("cut", "drip"):
            return Served(done, fault)
        return Served(answer(fault, request, done, self.meter.reset(request.token)), fault)

    def _answered(self, request: Request) -> Reply:
        rate: dict[str, str] = {}
        try:
            self._check(request)
            token = self._token(request)
            found = None if request.path == "/graphql" else self._route(request)
            writes = request.method != "GET" if found else graphql.is_mutation(request.body)
            rate = self.meter.count(request, writes=writes)
            with self.world.lock:
                reply = self._rest(request, token, *found) if found else self._graph(request, token, rate)
        except Refusal as refusal:
            reply = refusal.reply
        reply.headers = rate | reply.headers
        return reply

    def _rest(self, request: Request, token: Token, route: Route, args: tuple[str, ...]) -> Reply:
        self._permit(route, token)
        reply = route.handler(Ask(world=self.world, request=request, token=token, args=args))
        validation.check_reply(route, reply, f"{request.method} {request.path}")
        return reply

    def _graph(self, request: Request, token: Token, rate: dict[str, str]) -> Reply:
        reply, wrong = graphql.execute(self.world, token, request.body, rate)
        self.violations += [f"POST /graphql: {what}" for what in wrong]
        return reply

    def _permit(self, route: Route, token: Token) -> None:
        public, member = not self.world.private, token.member
        if not public and not member:
            raise not_found()
        if not member and route.open and public:
            return
        stranger = not member and route.method != "GET"
        if stranger or not token.permissions.allow(route.need, public=public):
            what = (
                "Resource not accessible by integration"
                if token.kind == "installation"
                else "Must have push access"
            )
            raise Refusal(403, what)

    def _token(self, request: Request) -> Token:
        if "user-agent" not in request.headers:
            raise Refusal(403, "Request forbidden by administrative rules. Add a User-Agent header.")
        version = request.headers.get("x-github-api-version", VERSIONS[0])
        if version not in VERSIONS:
            raise Refusal(400, f"Unsupported version {version}: use one of {', '.join(VERSIONS)}")
        found = self.world.tokens.get(request.token)
        if found is None:
            raise Refusal(401, "Bad credentials" if request.token else "Requires authentication")
        return found

    def _route(self, request: Request) -> tuple[Route, tuple[str, ...]]:
        found = routes.find(request.method, request.path, self._home(request))
        if found is None:
            raise not_found()
        foreign = not request.path.startswith(("/user", f"/repos/{self.world.repository}"))
        if foreign and (request.method != "GET" or found[0].need != routes.READ):
            raise not_found()
        return found

    def _home(self, request: Request) -> str:
        """The repository in the path: this one, or a fork that a pull request comes from, which may be read."""
        names = {self.world.repository} | {
            pull.head_repo for pull in self.world.pulls.values() if pull.head_repo
        }
        name = "/".join(request.path.split("/")[2:4])
        return f"/repos/{name if name in names else self.world.repository}"

    def _check(self, request: Request) -> None:
        try:
            body = request.body
        except ValueError as error:
            raise Violation(f"{request.method} {request.path}: the body is no JSON: {error}") from None
        if request.path == "/graphql":
            if request.method != "POST" or not isinstance(body, dict):
                raise Violation(f"{request.method} /graphql: send a POST with a JSON object")
            return
        found = routes.find(request.method, request.path, self._home(request))
        if found is None:
            if request.path.startswith(f"/repos/{self.world.repository}"):
                raise Violation(f"{request.method} {request.path}: no such endpoint here")
            return
        validation.check_request(found[0], request)

    def _violated(self, wrong: Violation) -> Served:
        self.violations.append(str(wrong))
        return Served(Reply(status=wrong.status, body={"message": f"The fake refuses this: {wrong}"}))

    def _rename(self, request: Request) -> None:
        numbered = f"/repositories/{number_of(self.world.repository)}"
        if request.path == numbered or request.path.startswith(f"{numbered}/"):
            request.path = f"/repos/{self.world.repository}{request.path[len(numbered) :]}"

    def _recorded(self, request: Request) -> Recorded:
        try:
            body: Any = request.body
        except ValueError:
            body = request.raw
        record = Recorded(
            method=request.method, path=request.path, query=request.query, token=request.token, body=body
        )
        self.requests.append(record)
        return record

"""Many purchases at one engine, each seen through to its end by as many processes as it takes.

What a person does is done here, too: settle what nobody knows the outcome of, by the provider's own
list, and start a buyer again that was killed. At the end of each purchase the books, the store and
the provider's list must tell the same story.
"""

from __future__ import annotations

import json
import multiprocessing
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from photoplay.assets.folder import Folder
from photoplay.assets.store import AssetStore
from photoplay.config import Settings
from photoplay.database import Database
from photoplay.errors import InvalidRequest, NotFound
from photoplay.hosted.office import Office
from photoplay.ledger.book import Ledger
from photoplay.ledger.budgets import Budgets
from photoplay.ledger.scope import Period
from photoplay.ledger.submissions import State, Submission
from tests.ledgers import Purse
from tests.rigs.faults import child
from tests.rigs.faults.adapters import Adapter
from tests.rigs.faults.plans import Faults, Kill, Plan
from tests.rigs.processes import wait_until
from tests.rigs.providers.base import Accepted, ProviderServer, Request, small_clip
from tests.rigs.providers.orders import png

PUBLIC_URL = "https://films.example.org"  # where providers would call
TIMEOUT_S = 12.0  # of a purchase
NEVER_S = 2.5  # of one whose clip does not get done
STRAGGLERS_S = 0.3  # on their way from a buyer that was killed to the provider
MOST_LIVES = 12  # of one purchase
LONGEST_LIFE_S = 60.0
_HOOK = re.compile(re.escape(PUBLIC_URL) + r"/providers/([^/]+)/([^/]+)/([0-9a-f]+)")


@dataclass(kw_only=True)
class Figures:
    """What came of the purchases at one engine. `wrong` says what should not have happened."""

    purchases: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    webhooks_twice: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    lost: int = 0
    parked: int = 0
    parked_settled: int = 0
    wall_s: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def troubles(self) -> int:
        """Faults and deaths that there were."""
        return self.faults.total() + self.kills.total()

    def as_json(self) -> dict[str, Any]:
        """All of them, most frequent first."""
        counted = {
            name: dict(value.most_common()) if isinstance(value, Counter) else value
            for name, value in vars(self).items()
        }
        return counted | {"wall_s": round(self.wall_s, 1), "kills_total": self.kills.total()}


class Campaign:
    """One installation that buys from one engine, in the folder `home`.

    `database` is the URL of a PostgreSQL database, if that is to be used.
    """

    def __init__(self, adapter: Adapter, home: Path, database: str = "") -> None:
        self.adapter = adapter
        self.figures = Figures()
        self._home = home
        self._url = database
        self._lock = threading.Lock()

    def run(self, plans: Iterator[Plan], *, at_once: int) -> Figures:
        """Buy what is planned, `at_once` clips at a time; plans may look at the figures so far."""
        began_s = time.monotonic()
        pulling = threading.Lock()

        def work() -> None:
            while True:
                with pulling:
                    plan = next(plans, None)
                if plan is None:
                    return
                self._purchase(plan)

        with self._opened(), ThreadPoolExecutor(at_once) as pool:
            for each in [pool.submit(work) for _ in range(at_once)]:
                each.result()
            self._check_books()
        self.figures.wall_s = time.monotonic() - began_s
        return self.figures

    @contextmanager
    def _opened(self) -> Iterator[None]:
        """Its books are open and its keys known during the block."""
        with ExitStack() as stack:
            stack.enter_context(self.adapter.keyed())
            options = {self.adapter.provider: self.adapter.options("http://127.0.0.1:9")}
            settings = Settings(
                data=self._home, database=self._url, providers=options, public_url=PUBLIC_URL
            )
            self._database = Database.open(settings.database_url)
            stack.callback(self._database.close)
            Budgets(self._database).set(Decimal(1_000_000), Period.EVER)
            self._store = AssetStore(Folder(settings.data / "media"), self._database, settings)
            self._office = Office(settings, self._database, self._store)
            stack.callback(self._office.close)
            self._still = self._home / "still.png"
            self._still.write_bytes(png())
            yield

    def _purchase(self, plan: Plan) -> None:
        """See a purchase through to its end, and note what came of it."""
        faults = Faults(plan.troubles)
        with self.adapter.server() as server:
            server.faults = faults
            server.clip = clip_of(plan)
            told = _Webhooks(self._office, self.adapter, plan, server)
            server.took = told.took
            kills, parked = self._live(plan, server)
            told.wait()
            row = self._row(plan)
            wrong, duplicates, lost = self._judge(plan, server, row, told.paid_again)
            if parked and self.adapter.finds:
                wrong.append("it was left to a person, and the provider could be asked")
        with self._lock:
            figures = self.figures
            figures.purchases += 1
            figures.faults.update(faults.met)
            figures.kills.update(kills)
            figures.webhooks_twice += told.twice
            figures.ended[row.state if row else "not begun"] += 1
            figures.duplicates += duplicates
            figures.lost += lost
            figures.parked += parked
            figures.parked_settled += parked if row and row.state.has_ended else 0
            figures.wrong += [f"{self.adapter.name}, {plan}: {each}" for each in wrong]

    def _check_books(self) -> None:
        """Note whether the counters of the budgets are the sums of the ledger."""
        entries = sum((each.usd for each in Ledger(self._database).entries()), Decimal(0))
        (budget,) = Budgets(self._database).list()
        if budget.used_usd != entries:
            self.figures.wrong.append(f"the budget says {budget.used_usd}, the ledger {entries}")
        self.figures.wrong += Purse(self._database).wrong_counters()

    # One life after the other

    def _live(self, plan: Plan, server: ProviderServer) -> tuple[list[str], int]:
        """Buy until it has ended: the deaths on the way, and whether it was parked."""
        deaths, parked, kills = [], 0, list(plan.kills)
        is_endless = any(each.fault.kind == "never" for each in plan.troubles)
        for _ in range(MOST_LIVES):
            kill = kills.pop(0) if kills else None
            if self._life(plan, server, kill, NEVER_S if is_endless else TIMEOUT_S):
                assert kill is not None, f"a buyer of {plan} does not end"
                deaths.append(kill.name)
                continue
            row = self._row(plan)
            if row is None or row.state.has_ended:
                break
            self._check_held(row)
            if row.state is State.UNKNOWN:
                parked = 1
                self._settle(plan, server, row)
            for task in server.tasks.values():
                is_endless, task.fate = False, "done" if task.fate == "never" else task.fate
        return deaths, parked

    def _life(
        self, plan: Plan, server: ProviderServer, kill: Kill | None, timeout_s: float
    ) -> bool:
        """One buyer from birth to death, beside its rival; whether it was killed."""
        spec = child.Spec(
            home=self._home,
            adapter=self.adapter.name,
            server_url=server.url,
            id=plan.id,
            prompt=plan.prompt,
            still=self._still,
            timeout_s=timeout_s,
            database=self._url,
            has_job=plan.has_job,
            public_url=PUBLIC_URL if plan.announced else "",
            kill=kill,
        )
        specs = [spec, replace(spec, kill=None)] if plan.has_rival else [spec]
        lives = [_Life(each) for each in specs]
        deaths = [each.was_killed() for each in lives]
        return deaths[0]

    def _settle(self, plan: Plan, server: ProviderServer, row: Submission) -> None:
        """What a person does, who looks at the provider's list when that is sure to be whole."""
        time.sleep(STRAGGLERS_S)
        wait_until(lambda: not server.under_way, "the provider has answered all that came")
        found = self._orders(plan, server)
        if not found:
            self._office.give_up(row, Decimal(0))
            return
        try:
            self._office.adopt(row, found[0].provider_id)
        except InvalidRequest:  # a webhook was faster
            assert plan.announced, row

    # What came of it

    def _judge(
        self, plan: Plan, server: ProviderServer, row: Submission | None, again: int
    ) -> tuple[list[str], int, int]:
        """What is wrong, how often it was paid too often, and whether a clip was lost."""
        orders = self._orders(plan, server)
        wrong = [f"{again} paid calls after one was accepted"] if again else []
        if row is None:
            return [*wrong, "it was never begun"], again, len(orders)
        held = self._sum_of(row)
        if held != (row.charged_usd if row.state.has_ended else row.quoted_usd):
            wrong.append(f"the ledger has {held} for {row}")
        if not row.state.has_ended:
            wrong.append(f"it did not end: {row}")
        if not orders and row.charged_usd:
            wrong.append(f"charged, and nothing was accepted: {row}")
        makeable = [each for each in orders if server.tasks[each.provider_id].fate == "done"]
        is_lost = bool(makeable) and not self._has_clip(plan, row)
        if is_lost:
            wrong.append(f"its clip is lost: {row}")
        if row.state is State.DONE and not makeable:
            wrong.append(f"a clip of nothing: {row}")
        return wrong, max(again, len(orders) - 1), int(is_lost)

    def _has_clip(self, plan: Plan, row: Submission) -> bool:
        if row.state is not State.DONE or row.asset_name is None:
            return False
        return b"".join(self._store.open(row.asset_name)) == clip_of(plan)

    def _check_held(self, row: Submission) -> None:
        held = self._sum_of(row)
        if held != row.quoted_usd:
            with self._lock:
                self.figures.wrong.append(f"{held} is held for {row}")

    def _sum_of(self, row: Submission) -> Decimal:
        entries = Ledger(self._database).entries()
        return sum((each.usd for each in entries if each.submission_id == row.id), Decimal(0))

    def _row(self, plan: Plan) -> Submission | None:
        try:
            return self._office.books.get(plan.id)
        except NotFound:
            return None

    def _orders(self, plan: Plan, server: ProviderServer) -> list[Accepted]:
        """What the provider's own list shows of a purchase."""
        return [each for each in server.accepted if plan.id in json.dumps(each.body)]


class _Webhooks:
    """Calls a submission's webhook twice for each order, at the moment that the plan says."""

    def __init__(
        self, office: Office, adapter: Adapter, plan: Plan, server: ProviderServer
    ) -> None:
        self.twice = 0
        self._office = office
        self._adapter = adapter
        self._plan = plan
        self._server = server
        self._accepted_at: int | None = None
        self._calls: list[threading.Thread] = []

    def took(self, request: Request, provider_id: str) -> None:
        """The provider has accepted an order, and not yet answered."""
        if self._accepted_at is None:
            self._accepted_at = len(self._server.received)
        hook = _HOOK.search(f"{dict(request.query)} {request.body.decode(errors='replace')}")
        if not self._plan.announced or hook is None or self._adapter.announces is None:
            return
        provider, submission_id, proof = hook.groups()
        body = self._adapter.announces(provider_id)

        def call(delay_s: float) -> None:
            time.sleep(delay_s)
            for _ in range(2):
                self._office.announcements.take(provider, submission_id, proof, body)

        self.twice += 1
        if self._plan.announced == "before the reply":
            call(0)
            return
        self._calls.append(threading.Thread(target=call, args=(0.05,)))
        self._calls[-1].start()

    @property
    def paid_again(self) -> int:
        """Paid calls that came after an order was accepted, whatever became of them."""
        if self._accepted_at is None:
            return 0
        later = self._server.received[self._accepted_at :]
        paid = [each for each in later if each.method == "POST"]
        return sum(self._server.step(each) == "submit" for each in paid)

    def wait(self) -> None:
        """Until all calls were made."""
        for each in self._calls:
            each.join()


class _Life:
    """A buyer, born now."""

    def __init__(self, spec: child.Spec) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([child.__name__])  # loads everything, and opens nothing
        self._spec = spec
        self._said, says = context.Pipe(duplex=False)
        # Its exit status would not do: other threads that begin a process collect it, too.
        self._process = context.Process(target=child.buy, args=(spec, says))
        self._process.start()
        says.close()

    def was_killed(self) -> bool:
        """How it ended, once it has. Raises AssertionError if that was neither way."""
        with self._said:
            if not self._said.poll(LONGEST_LIFE_S):
                self._process.kill()
            try:
                said = self._said.recv()
            except EOFError:
                said = ""
        self._process.join()
        assert said in ("", child.ENDED), f"{self._spec}: {said}"
        return not said


def clip_of(plan: Plan) -> bytes:
    """The film that is made for a plan and for no other: its id is in a box that players skip."""
    mark = plan.id.encode()
    return small_clip() + (8 + len(mark)).to_bytes(4, "big") + b"free" + mark

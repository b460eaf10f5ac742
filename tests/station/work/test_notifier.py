"""Messages reach a real HTTP server on this computer; one that fails harms no run."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from dwmtj.instruments import BenchError, BenchFile, parse_bench_file
from dwmtj.instruments.bench_file import Notify, built_in_benches
from dwmtj.station import NewJob
from dwmtj.station.work.clients import Clients
from dwmtj.station.work.job_queue import JobQueue
from dwmtj.station.work.station_work import StationWork
from dwmtj.storage import Status, Store

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
STAIRS: dict[str, Any] = {
    "protocol": "staircase-write",
    "parameters": {"amplitude_start_V": 2.0, "amplitude_step_V": 1.0},
}


class Webhook:
    """A server that takes what apprise posts to json://, and answers with `status`."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.taken.append((content["title"], content["message"]))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"json://user:secret@127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    yield hook
    hook.close()


def work_with(file: BenchFile, notify: Notify, store: Store) -> StationWork:
    queue = JobQueue(store.path.with_name("queue"))
    notifying = file.model_copy(update={"notify": notify})
    return StationWork(notifying, None, store, queue, Clients(None), lambda: None, "bench.toml")


def test_ends_failures_and_milestones_are_sent_and_no_secret_is_stored(
    virtual: Callable[..., BenchFile], webhook: Webhook, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "lab.sqlite") as store:
        work = work_with(virtual(), Notify(urls=(webhook.url,)), store)
        document = {
            "name": "night",
            "on_failure": "next step",
            "device": [{"name": "A1", "seed": 1}],
            "step": [
                {"name": "hot", **STAIRS, "stop_if": "cycle >= 0"},
                {"name": "last", **STAIRS},
            ],
        }
        tag = work.sequences.start(document)
        work.end(when_idle=True)
        work.work()
        snapshot = store.run(1).attempts[0].bench
    assert webhook.taken[0][0] == "virtual-trapezoid: failure"
    assert "The stop condition cycle >= 0 was met" in webhook.taken[0][1]
    assert webhook.taken[-2:] == [
        (
            "virtual-trapezoid: milestone",
            "Device A1 is done: 1 failed, 1 finished (A1, last was the last step).",
        ),
        ("virtual-trapezoid: end", f"Sequence {tag} is finished."),
    ]
    assert "secret" not in json.dumps(snapshot) and "notify" not in snapshot


def test_a_service_that_refuses_disturbs_no_run_and_is_reported_without_its_secrets(
    virtual: Callable[..., BenchFile], webhook: Webhook, tmp_path: Path
) -> None:
    webhook.status = 500
    urls = (webhook.url, "nosuch://user:secret@nowhere")
    with Store.open(tmp_path / "lab.sqlite") as store:
        work = work_with(virtual(), Notify(urls=urls, events=("end",)), store)
        work.queue.add(work.checked(NewJob(**STAIRS, stop_if="cycle < 0")))
        work.end(when_idle=True)
        work.work()
        assert store.run(1).summary.status is Status.FINISHED
    assert webhook.taken == [("virtual-trapezoid: end", "Run 1 is finished.")]
    told = "\n".join(message.text for message in work.messages.after(0))
    assert "A message by json:// was not taken" in told
    assert "No message by nosuch:// is sent" in told
    assert "secret" not in told


def test_without_apprise_a_sentence_says_what_to_install(
    virtual: Callable[..., BenchFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with Store.open(tmp_path / "lab.sqlite") as store:
        work = work_with(virtual(), Notify(urls=("json://127.0.0.1",)), store)
        work.notifier.close()
    (message,) = work.messages.after(0)
    assert message.text == "No message is sent: apprise is missing, install dwmtj[notify]."


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ('urls = ["someone"]', 'urls holds no URL of apprise; write one such as "mailto://'),
        ('urls = ["json://x"]\nevents = ["night"]', "notify.events is 'night'; choose 'end', 'fa"),
        ("urls = []", "notify.urls"),
    ],
)
def test_settings_that_are_wrong_are_refused(section: str, sentence: str) -> None:
    text = built_in_benches()["virtual-trapezoid"].read_text(encoding="utf-8")
    with pytest.raises(BenchError) as error:
        parse_bench_file(f"{text}\n[notify]\n{section}\n", "bench.toml")
    assert sentence in str(error.value)

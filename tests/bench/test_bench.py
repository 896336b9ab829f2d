"""What the benchmark works out: percentiles, costs, goals and tables; the load itself is real."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import __main__ as command
from bench import report, sweep
from bench.cpu import children, of_processes
from bench.goals import GOALS, judge
from bench.rounds import Measured, Page, Round, percentile
from bench.servers import LIMIT, PORTAL, ROOT, Site
from bench.sweep import judge as judge_sweep


def figure(**changes: float) -> dict[str, float]:
    usual = {"wait": 20, "p95": 40, "cpu": 20, "database_cpu": 5, "rate": 50, "size": 9_000}
    return usual | {"errors": 0, "queries": 7} | changes


def a_run(**large_queue: float) -> dict[tuple[str, int, str], dict[str, float]]:
    """Figures of a run at two sizes, in which only the large queue may differ."""
    pages = ("queue", "filtered", "deep", "search", "detail", "board", "month", "submit", "burst")
    figures = {("portal", size, page): figure() for size in (1_000, 100_000) for page in pages}
    figures |= {
        ("limit", size, page): figure(cpu=10)
        for size in (1_000, 100_000)
        for page in ("queue", "submit", "burst")
    }
    figures["portal", 100_000, "queue"] = figure(**large_queue)
    return figures


def verdicts(figures) -> dict[str, str]:
    return {one.goal.words: one.verdict for one in judge(figures, small=1_000, large=100_000)}


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([5], 0.95, 5), (range(1, 101), 0.95, 95), (range(1, 101), 0.5, 50), ([3, 1, 2], 1, 3)],
)
def test_percentiles_are_values_that_were_measured(values, share, expected):
    assert percentile(list(values), share) == expected


def test_every_goal_is_judged_when_both_sizes_were_measured():
    assert len(judge(a_run(), small=1_000, large=100_000)) == len(GOALS)


def test_one_size_leaves_the_goals_about_growth_open():
    figures = {key: value for key, value in a_run().items() if key[1] == 1_000}
    judged = {one.goal.number for one in judge(figures, small=1_000, large=1_000)}
    assert {"4", "6", "8", "9"} <= judged
    assert not judged & {"2", "3", "15"}


@pytest.mark.parametrize(
    ("changes", "words", "verdict"),
    [
        ({"cpu": 23}, "queue CPU, large / small", "must"),
        ({"cpu": 25}, "queue CPU, large / small", "NOT KEPT"),
        ({"cpu": 45}, "queue CPU / limit's queue", "NOT KEPT"),
        ({"p95": 50}, "queue p95, large / small", "must"),
        ({"queries": 8}, "queries that sizes differ by", "NOT KEPT"),
        ({"queries": 11}, "queries of the queue", "NOT KEPT"),
        ({"size": 9_500}, "queue bytes, large / small", "NOT KEPT"),
    ],
)
def test_a_worse_queue_is_told(changes, words, verdict):
    assert verdicts(a_run())[words] in ("must", "want")
    assert verdicts(a_run(**changes))[words] == verdict


def test_more_is_better_only_for_rates():
    figures = a_run()
    figures["portal", 100_000, "submit"] = figure(rate=15, cpu=30)
    told = verdicts(figures)
    assert told["submissions/s / limit's"] == "NOT KEPT"
    assert told["submission CPU / limit's"] == "NOT KEPT"


def test_a_failed_submission_is_never_kept_quiet():
    figures = a_run()
    figures["portal", 1_000, "burst"] = figure(errors=1)
    assert verdicts(figures)["failed submissions"] == "NOT KEPT"


def test_rounds_are_summed_up_by_their_middle():
    page = Page("queue", Site(PORTAL, 10), ["/"], {})
    rounds = [Round([n, n, 10 * n], n, n / 2, n, n, 0) for n in (1, 2, 30)]
    measured = Measured(page, rounds)
    assert (measured.wait, measured.p95, measured.cpu, measured.rate) == (2, 20, 2, 2)


def test_each_prepared_form_is_sent_once():
    page = Page("submit", Site(PORTAL, 10), ["/1", "/2", "/3"], {"csrftoken": "x"}, body="send=1")
    order = page.order(2)
    assert order["paths"] == ["/1", "/2"]
    assert order["headers"]["X-CSRFToken"] == "x"
    with pytest.raises(ValueError, match="only 3 forms"):
        page.order(2)


def test_enough_forms_are_prepared_for_all_rounds():
    options = command.arguments(["--quick"])
    half = (command.forms_needed(options) - 2) // 2
    warm_up = max(options.total // 4, 16)
    assert half >= options.rounds * options.total + warm_up
    assert command.forms_needed(command.arguments(["--only", "queue"])) == 0


def test_sites_have_databases_of_their_own():
    portal, limit = Site(PORTAL, 1_000), Site(LIMIT, 1_000)
    assert (portal.database, limit.database) == ("bench_portal_1000", "bench_limit_1000")
    assert Site(PORTAL, 1_000, open_share=1.0).database == "bench_portal_1000_100"
    portal.is_prepared = True
    assert portal.database == "bench_portal_1000_run"
    assert portal.port != limit.port


def test_a_site_inherits_nothing_that_could_change_what_is_measured(monkeypatch):
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    environment = Site(PORTAL, 1_000).environment
    assert "DEBUG" not in environment
    assert environment["REDIS_URL"] == ""


def test_processor_time_of_this_process_grows():
    before = of_processes([os.getpid(), 999_999_999])
    sum(range(3_000_000))
    after = of_processes([os.getpid()])
    assert set(before) == {os.getpid()}
    assert after[os.getpid()] >= before[os.getpid()]
    assert os.getpid() in children(os.getpid())


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200 if self.path == "/good" else 500)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"done")

    def log_message(self, *_):
        pass


def test_clients_ask_as_often_as_told_and_count_what_came_back():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    order = {
        "port": server.server_port,
        "method": "GET",
        "paths": ["/good", "/good", "/bad"],
        "headers": {},
        "body": None,
        "clients": 4,
        "total": 30,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        cwd=ROOT,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    server.shutdown()
    told = json.loads(done.stdout)
    assert told["statuses"] == {"200": 20, "500": 10}
    assert len(told["waits"]) == 30
    assert set(told["sizes"]) == {4}


def test_tables_hold_every_figure_and_goal():
    figures = a_run()
    told = report.figures_table(figures).splitlines()
    assert len(told) == len(figures) + 2
    assert "| limit: submission | 1,000 |" in "\n".join(told)
    goals = report.goals_table(judge(figures, small=1_000, large=100_000)).splitlines()
    assert len(goals) == len(GOALS) + 2


def test_a_run_replaces_the_last_one_in_the_document(tmp_path, monkeypatch):
    document = tmp_path / "performance.md"
    document.write_text(f"# Speed\n{report.BEGIN}\nold\n{report.END}\nThe end\n")
    monkeypatch.setattr(report, "DOCUMENT", document)
    report.write("new")
    assert document.read_text().splitlines() == [
        "# Speed",
        report.BEGIN,
        "",
        "new",
        "",
        report.END,
        "The end",
    ]
    with pytest.raises(SystemExit, match="no place for 'swept'"):
        report.write("new", "swept")


def test_a_sweep_is_judged_by_its_events_a_second():
    def side(rate: float) -> dict[str, dict[str, float]]:
        told = {"events": 100, "wall": 2, "rate": rate, "cpu": 0.2}
        return {"one": told, "two": told | {"rate": rate * 0.9}, "same": told, "empty": told}

    judged = judge_sweep({size: {"portal": side(3_000), "raw": side(10_000)} for size in (10, 20)})
    told = {(one.goal.number, one.goal.words): one.verdict for one in judged}
    assert told["10", "events/s / raw rows through Python"] == "must"
    assert told["12", "ms with nothing due"] == "want"
    assert told["14", "two sweepers / one, events/s"] == "NOT KEPT"
    assert [one.goal.number for one in judged] == ["10", "11", "12", "12", "14", "16"]


def test_the_middle_of_sweeps_is_told_for_each_event():
    runs = [{"events": 10, "wall": 0.1, "cpu": 0.05}, {"events": 10, "wall": 0.3, "cpu": 0.15}]
    middle = sweep._middle(runs)
    assert middle["cpu"] == pytest.approx(10.0)
    assert middle["wall"] == pytest.approx(200.0)

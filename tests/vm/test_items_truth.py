"""Items one by one against ground truth, in guests: each of the module's 23 items of a kind has its
line, and each line lies between what the module saw of that very item."""

import json
import re

import pytest

import truth_module
from kernel_list import WANTED
from tracer import check_run

N = 23
KINDS = {"wq_percpu": "workqueue", "wq_max1": "workqueue", "wq_unbound": "workqueue",
         "wq_hardirq": "workqueue",
         "irq_local": "irq_work", "tw_resume": "task_work", "kw": "kthread"}
# What is measured begins when it is queued; of these the start is that of their own function.
ONE_BY_ONE = [kind for kind in KINDS if kind != "tw_resume"]


@pytest.fixture
def lines(run):
    if run.no_module:
        pytest.skip(run.no_module)
    assert run.commands["items"].status == 0, run.commands["items"].err
    return [json.loads(line) for line in run.commands["items"].out.splitlines()]


@pytest.fixture
def kind(request, kernel, run):
    if kernel == "5.10" and request.param == "kw":
        pytest.skip("this kernel has no sched_kthread_work_* tracepoints: nothing shows a start")
    if not run.no_module:
        assert run.commands[f"items.{request.param}"].status == 0
    return request.param


def measured(lines, kind, mechanism=None):
    return sorted((line for line in lines if line["type"] == "item"
                   and line.get("function") == f"truth_{kind}_fn"
                   and mechanism in (None, line["mechanism"])),
                  key=lambda line: line["queued_mono_ns"])


def true(run, kind):
    return [item for item in truth_module.items(run.commands[f"items.{kind}"].out)
            if item.index >= 0]


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_each_item_has_its_line(lines, kind):
    items = measured(lines, kind)
    assert len(items) == N
    assert {item["mechanism"] for item in items} == {KINDS[kind]}
    assert {item["stage"] for item in items} == {"wait"}


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("kind", ONE_BY_ONE, indirect=True)
def test_each_line_lies_within_the_truth_of_its_item(run, lines, kind):
    """q0 <= queued <= q1, and started <= s."""
    items = true(run, kind)
    for ours, theirs in zip(measured(lines, kind), sorted(items, key=lambda i: i.before_ns),
                            strict=True):
        assert theirs.before_ns <= ours["queued_mono_ns"] <= theirs.after_ns
        assert ours["queued_mono_ns"] + ours["wait_ns"] <= theirs.start_ns


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_who_queued_it(lines, kind):
    """The writer of the module's file; or an interrupt on top of it, which is nobody."""
    items = measured(lines, kind)
    assert len(items) == N
    if kind == "wq_hardirq":
        assert all(item["submitter"] == {"context": "hardirq"} for item in items)
        return
    [submitter] = {tuple(sorted(item["submitter"].items())) for item in items}
    submitter = dict(submitter)
    assert (submitter["context"], submitter["comm"]) == ("task", "sh")
    assert submitter["tid"] == submitter["pid"] > 0


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("kind", KINDS, indirect=True)
def test_from_where_it_was_queued(lines, kind):
    """Through the module's file, or the timer's interrupt; not by a function of the tracing."""
    by_way_of = "hrtimer_interrupt+" if kind == "wq_hardirq" else "vfs_write+"
    for item in measured(lines, kind):
        frames = item["stack"]
        assert any(frame.startswith(by_way_of) for frame in frames), frames
        assert re.match(r"(__)?(queue_work|irq_work_queue|task_work_add|kthread_insert_work)",
                        frames[0]), frames


@pytest.mark.parametrize("kernel", WANTED)
def test_stages_of_an_item_sum_to_it(lines):
    split = [line for line in lines if line["type"] == "item" and "stages" in line]
    assert len(split) >= 3 * N
    for item in split:
        assert sum(item["stages"].values()) == item["wait_ns"], item
        owner = item["stages"][item["owner"] + "_ns"]
        assert owner == max(item["stages"].values())
        assert abs(item["share"] - owner / item["wait_ns"]) <= 0.001


def late(run, kind, mechanism=None):
    """(ours, theirs) of each of 23 items that are late, and the row of the blocker, where they have
    one, in a run of its own."""
    if run.no_module:
        pytest.skip(run.no_module)
    tracer = run.commands["late"]
    assert tracer.status == 0, tracer.err
    rows = truth_module.items(run.commands[f"late.{kind}"].out)
    items = [row for row in rows if row.index >= 0]
    assert len(items) == N
    lines = [json.loads(line) for line in tracer.out.splitlines()]
    blocker = next((row for row in rows if row.index < 0), None)
    return list(zip(measured(lines, kind, mechanism), items, strict=True)), blocker


LATE_NS = 5_000_000
TICK_NS = 4_000_000
# What an item waits for while something else has the CPU: its worker may be awake already.
FOR_THE_CPU = ("wakeup", "behind")


def owned(run, kind):
    """Those whose wait was mostly the known one, which is the row's operation: an emulated CPU now and
    then stands still for longer than that, in it or after it."""
    both, _ = late(run, kind)
    result = [(ours, theirs) for ours, theirs in both
              if theirs.noted("op1") - theirs.noted("op0") < 1.4 * LATE_NS
              and theirs.noted("op1") - theirs.after_ns > 0.6 * (theirs.start_ns - theirs.before_ns)]
    assert len(result) > N / 3
    return result


@pytest.mark.parametrize("kernel", WANTED)
def test_the_task_that_held_the_cpu(run):
    """The writer, each time, for most of what it took."""
    for ours, theirs in owned(run, "late_task"):
        assert ours["owner"] in FOR_THE_CPU
        blocker = ours["blocker"]
        assert (blocker["kind"], blocker["thread"], blocker["policy"]) == ("task", "sh", "OTHER")
        assert blocker["tid"] == theirs.noted("tid")
        assert LATE_NS / 2 < blocker["ran_ns"] <= ours["stages"][f"{ours['owner']}_ns"]


@pytest.mark.parametrize("kernel", WANTED)
def test_the_softirq_that_held_the_cpu(run):
    """A tasklet on top of the writer: not the writer, and no other softirq."""
    for ours, _ in owned(run, "late_softirq"):
        assert ours["owner"] in FOR_THE_CPU
        blocker = ours["blocker"]
        assert (blocker["kind"], blocker["vector"]) == ("softirq", "TASKLET")
        assert LATE_NS / 2 < blocker["ran_ns"] <= ours["stages"][f"{ours['owner']}_ns"]


@pytest.mark.parametrize("kernel", WANTED)
def test_a_softirq_is_not_who_it_interrupted(run):
    """The tasklet queues its own; the task and the item before it queue theirs."""
    for ours, _ in late(run, "late_softirq")[0]:
        assert ours["submitter"] == {"context": "softirq"}
    for ours, theirs in late(run, "late_task")[0]:
        assert ours["submitter"]["tid"] == theirs.noted("tid")
    for ours, theirs in late(run, "late_busy")[0]:
        assert ours["submitter"]["tid"] == theirs.noted("tid")
        assert ours["submitter"]["comm"].startswith("kworker/")


@pytest.mark.parametrize("kernel", WANTED)
def test_the_item_that_kept_the_pool_busy(run):
    """A worker that does not sleep has no other one woken: its item is named. From 6.5 on, the kernel
    wakes one all the same once an item ran for 10 ms: then the first one still has the CPU."""
    for ours, theirs in owned(run, "late_busy"):
        blocker = ours["blocker"]
        assert blocker["tid"] == theirs.noted("tid")
        assert blocker["kind"] == ("item" if ours["owner"] == "kick" else "task")
        assert ours["owner"] in ("kick", *FOR_THE_CPU)
        if blocker["kind"] == "item":
            assert blocker["function"] == "truth_late_busy_blocker_fn"
            assert LATE_NS < blocker["ran_ns"] <= ours["stages"]["kick_ns"]


@pytest.mark.parametrize("kernel", WANTED)
def test_the_item_that_ran_before(run):
    """All 23 were queued by the item that then ran for 5 ms, and are run by its worker after it; or
    by one that the kernel woke, see above."""
    for ours, _ in late(run, "late_behind")[0]:
        assert ours["owner"] in ("behind", "kick")
        blocker = ours["blocker"]
        assert (blocker["kind"], blocker["function"]) == ("item", "truth_late_behind_blocker_fn")
        assert LATE_NS < blocker["ran_ns"] <= ours["stages"][f"{ours['owner']}_ns"]
        assert "max_active" not in blocker


@pytest.mark.parametrize("kernel", WANTED)
def test_held_back_by_max_active(run):
    """All 23 behind one that sleeps, and that --function leaves out: it is named, and how long it
    ran while each of them waited."""
    both, blocker = late(run, "wq_hold")
    for ours, theirs in both:
        assert ours["owner"] == "hold"
        named = ours["blocker"]
        assert (named["function"], named["max_active"]) == ("truth_wq_blocker_fn", 1)
        assert named["thread"].startswith("kworker/")
        assert blocker.end_ns - theirs.after_ns <= named["ran_ns"] <= ours["stages"]["hold_ns"]


@pytest.mark.parametrize("kernel", WANTED)
def test_held_back_by_each_other(run, lines):
    """With max_active 1, an item that was held was so by the one before."""
    held = [item for item in measured(lines, "wq_max1") if item["owner"] == "hold"]
    assert len(held) > N / 2
    for item in held:
        assert (item["blocker"]["function"], item["blocker"]["max_active"]) == \
            ("truth_wq_max1_fn", 1)
        assert item["blocker"]["ran_ns"] <= item["stages"]["hold_ns"]


def calm(theirs, known_ns):
    """It waited for the row's operation and hardly longer: see owned()."""
    return theirs.noted("op1") - theirs.noted("op0") < 1.4 * known_ns \
        and theirs.start_ns - theirs.noted("op1") < TICK_NS / 2


def late_timers(run, kind, blocker):
    """Those that waited for their timer most of all, and not, where an emulated CPU stood still, for
    what else ran then."""
    both, _ = late(run, kind, "delayed_work")
    known_ns = LATE_NS if kind == "late_dw_timer" else LATE_NS + 2 * TICK_NS
    result = [(ours, theirs) for ours, theirs in both if ours["owner"] == "timer"
              and (calm(theirs, known_ns) or ours["blocker"]["kind"] == blocker)]
    assert len(result) > N / 3
    for ours, _ in result:
        assert ours["blocker"]["kind"] == blocker
        # Most of its wait, however much of what ran came before its timer was due.
        timer_ns = ours["stages"]["timer_ns"]
        assert timer_ns / 2 < ours["blocker"]["ran_ns"] <= timer_ns
    return result


@pytest.mark.parametrize("kernel", WANTED)
def test_a_timer_that_was_late_as_interrupts_were_off(run):
    for ours, theirs in late_timers(run, "late_dw_irqs", "irqs_off"):
        blocker = ours["blocker"]
        assert blocker["thread"] == "sh"
        assert blocker["tid"] == theirs.noted("tid")
        assert blocker["at"].startswith("truth_irqs_off+0x")


@pytest.mark.parametrize("kernel", WANTED)
def test_a_timer_that_was_late_for_a_task(run):
    """Which kept its softirq off, while the tick came."""
    for ours, theirs in late_timers(run, "late_dw_task", "task"):
        blocker = ours["blocker"]
        assert (blocker["thread"], blocker["policy"]) == ("sh", "OTHER")
        assert blocker["tid"] == theirs.noted("tid")


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("kind, vector", [("late_dw_softirq", "TASKLET"), ("late_dw_timer", "TIMER")])
def test_a_timer_that_was_late_for_a_softirq(run, kind, vector):
    for ours, _ in late_timers(run, kind, "softirq"):
        assert ours["blocker"]["vector"] == vector


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("kind", ["late_irq", "late_irq_remote"])
def test_interrupts_were_off(run, kind):
    """In the task that the module names, until within the function that had them off."""
    for ours, theirs in late(run, kind)[0]:
        blocker = ours["blocker"]
        assert (blocker["kind"], blocker["tid"]) == ("irqs_off", theirs.noted("tid"))
        assert blocker["at"].startswith("truth_irqs_off+0x")
        assert LATE_NS < blocker["ran_ns"] == ours["wait_ns"]
        assert theirs.noted("op1") - theirs.after_ns <= blocker["ran_ns"]


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("kind, state", [("tw_remote_resume", "sleeping"), ("tw_remote", "stopped")])
def test_what_the_task_did_that_was_to_run_it(run, kind, state):
    for ours, _ in late(run, kind)[0]:
        assert ours["blocker"] == {"kind": "target", "state": state, "thread": "sleep",
                                   "tid": int(run.commands["late.target"].out)}


@pytest.mark.parametrize("kernel", WANTED)
def test_a_task_that_queues_for_itself_runs(lines):
    assert {item["blocker"]["state"] for item in measured(lines, "tw_resume")} == {"running"}


@pytest.mark.parametrize("kernel", WANTED)
def test_no_blocker_is_guessed(lines):
    """Where no stage is known, there is none, but for irq_work, which has none; nor does any have more
    than its stage."""
    for line in lines:
        if line["type"] == "item" and "ran_ns" in line.get("blocker", {}):
            waited = line["wait_ns"] if line["mechanism"] == "irq_work" else \
                line["stages"][f"{line['owner']}_ns"]
            assert 0 < line["blocker"]["ran_ns"] <= waited


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("kind", ["wq_percpu", "wq_max1", "wq_unbound"])
def test_the_workqueue_is_named(lines, kind):
    """Also one that was made where another had been: the module makes one for each kind."""
    assert {item["workqueue"] for item in measured(lines, kind)} == {f"asynclat_{kind}"}


@pytest.mark.parametrize("kernel", WANTED)
@pytest.mark.parametrize("kind", ["kw"], indirect=True)
def test_the_worker_is_named(lines, kind):
    [worker] = {item["worker"] for item in measured(lines, kind)}
    assert worker.startswith("asynclat")


@pytest.mark.parametrize("kernel", WANTED)
def test_nothing_was_dropped_and_the_books_balance(lines):
    check_run([line for line in lines if line["type"] != "item"])
    for mechanism in lines[-1]["total"]["mechanisms"]:
        if "books" in mechanism:
            assert mechanism["books"]["items_dropped"] == 0

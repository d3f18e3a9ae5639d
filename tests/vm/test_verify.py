"""Every BPF program passes the verifier of every kernel, whatever the config: every two values of
every two of its fields that change the code are tried together."""

import re

import pytest

from kernel_list import WANTED

OBJECTS = re.compile(r"(\w+): (\d+) programs under (\d+) configs, (\d+) refused")


@pytest.mark.parametrize("kernel", WANTED)
def test_every_program_passes_the_verifier(commands):
    tried = {}
    for part in ("verify_first", "verify_second"):
        verify = commands[part]
        assert (verify.status, verify.err) == (0, ""), verify.out
        for name, *figures in OBJECTS.findall(verify.out):
            tried[name] = [int(figure) for figure in figures]
    assert tried.keys() == {"workqueue", "irq_work", "task_work", "kthread"}
    for name, (programs, configs, refused) in tried.items():
        assert refused == 0 and programs > 0 and configs > 1, name

"""Every BPF program passes the verifier of every kernel, whatever the config: every two values of
every two of its fields that change the code are tried together."""

import re

import pytest

from kernel_list import WANTED

OBJECTS = re.compile(r"(\w+): (\d+) programs under (\d+) configs, (\d+) refused")


@pytest.mark.parametrize("kernel", WANTED)
def test_every_program_passes_the_verifier(commands):
    verify = commands["verify"]
    tried = OBJECTS.findall(verify.out)
    assert (verify.status, verify.err) == (0, ""), verify.out
    assert {"workqueue", "kthread"} <= {name for name, *_ in tried}
    for name, programs, configs, refused in tried:
        assert int(refused) == 0 and int(programs) > 0 and int(configs) > 1, (name, verify.out)

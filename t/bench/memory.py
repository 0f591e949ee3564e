# SPDX-License-Identifier: Apache-2.0
"""Memory of a process and all below it: proportional, so that what is shared counts once."""
import os
import re


def children(pids):
    """pids and everything that descends from them."""
    parents = {}
    for name in os.listdir('/proc'):
        if name.isdigit():
            try:
                stat = open('/proc/%s/stat' % name).read()
            except OSError:
                continue
            parents.setdefault(int(stat[stat.rindex(')') + 2:].split()[1]), []).append(int(name))
    found, todo = [], list(pids)
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += parents.get(pid, [])
    return found


def proportional_bytes(pids):
    """Sum of Pss; None when the kernel does not tell."""
    total = 0
    for pid in children(pids):
        try:
            text = open('/proc/%d/smaps_rollup' % pid).read()
        except FileNotFoundError:
            continue
        except OSError:
            return None
        total += sum(int(n) for n in re.findall(r'^Pss:\s+(\d+) kB', text, re.M)) * 1024
    return total

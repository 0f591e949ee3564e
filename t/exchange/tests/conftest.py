# SPDX-License-Identifier: Apache-2.0
"""One simulator for a run; each test has the mailboxes empty and the settings as at the start."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from ewsclient import Ews  # noqa: E402
from labserver import Lab  # noqa: E402


def run(lab):
    lab.start()
    yield lab
    crashes = lab.crashes()
    lab.stop()
    assert not crashes, '\n'.join(crashes)


@pytest.fixture(scope='session')
def one_lab():
    yield from run(Lab())


@pytest.fixture(scope='session')
def one_lab_2007():
    yield from run(Lab(version='2007_SP1'))


def fresh(lab):
    lab.default_settings()
    lab.reset()
    lab.reset_calls()
    return lab


@pytest.fixture
def lab(one_lab):
    return fresh(one_lab)


@pytest.fixture
def lab_2007(one_lab_2007):
    return fresh(one_lab_2007)


@pytest.fixture
def alice(lab):
    return Ews(lab)


@pytest.fixture
def bob(lab):
    return Ews(lab, 'bob')

# SPDX-License-Identifier: Apache-2.0
"""One simulator for a run; each test has the mailboxes empty and the settings as at the start."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from ewsclient import Ews  # noqa: E402
from labserver import Lab  # noqa: E402


@pytest.fixture(scope='session')
def one_lab():
    lab = Lab().start()
    yield lab
    lab.stop()


@pytest.fixture(scope='session')
def one_lab_2007():
    lab = Lab(version='2007_SP1').start()
    yield lab
    lab.stop()


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

# SPDX-License-Identifier: Apache-2.0
"""Property-based tests: how many examples, from which seed, and what a failure says so that it can be had again.

EXCAL_EXAMPLES (make check EXAMPLES=…) is the number of examples a test, EXCAL_SEED (SEED=…) where they start: a number, or
`random` for a hunt that goes elsewhere each time."""
import functools
import os
import random

import hypothesis
from gateway import build_dir
from hypothesis.configuration import set_hypothesis_home_dir

set_hypothesis_home_dir(os.path.join(build_dir(), 'hypothesis'))  # its tables of characters; not in the tree
SEED = os.environ.get('EXCAL_SEED') or '1'
SEED = random.SystemRandom().randrange(2 ** 32) if SEED == 'random' else int(SEED)


def hunt(share=1.0, **strategies):
    """share: of the examples, for a test whose examples take longer or shorter."""
    examples = max(1, int(float(os.environ.get('EXCAL_EXAMPLES') or 400) * share))

    def decorate(test):
        given = hypothesis.given(**strategies)(test)
        given = hypothesis.settings(max_examples=examples, deadline=None, database=None, print_blob=True, report_multiple_bugs=False,
                                    suppress_health_check=list(hypothesis.HealthCheck))(given)
        given = hypothesis.seed(SEED)(given)

        @functools.wraps(given)
        def run(*args, **kw):
            try:
                given(*args, **kw)
            except BaseException as e:
                e.add_note('Once more: EXCAL_SEED=%d EXCAL_EXAMPLES=%s' % (SEED, os.environ.get('EXCAL_EXAMPLES') or 400))
                raise
        return run
    return decorate

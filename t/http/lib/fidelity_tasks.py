# SPDX-License-Identifier: Apache-2.0
"""Two gateways, Outlook and an empty task list, for tests that compare by meaning (fidelity.py)."""
import itertools

from fidelity import OUTLOOK, World, refused
from outlook_tasks import TaskOutlook

COUNTER = itertools.count()


class Tasks(World):
    """The same with the task list for a calendar."""

    def __init__(self, lab, version='2019'):
        super().__init__(lab, version)
        self.outlook = TaskOutlook(lab, 'user30', OUTLOOK[version])

    def path(self):
        name = 't%d' % next(COUNTER)
        return name, self.client.home + 'tasks/' + name + '.ics'

    def store_well(self, found):
        text, path, r = self.store(found)
        if r.status == 403:
            why = refused(r)
            assert self.version == '2007_SP1' and 'WKST' in why, (why, text)
            assert self.client.get(path).status == 404 and self.outlook.count('tasks') == 0
            return None
        assert r.status == 201, (r, text)
        return text, path, r

    def ids(self):
        return [t.find('{*}ItemId').get('Id') for tasks in self.outlook.tasks().values() for t in tasks]

    def the_item(self):
        [item] = self.ids()
        return item

    def clean(self):
        left = self.ids()
        if left:
            self.outlook.remove(*left)

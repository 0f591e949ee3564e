# SPDX-License-Identifier: Apache-2.0
"""Two gateways, Outlook and an empty calendar, for tests that compare by meaning what a client stored and what comes back."""
import datetime as dt
import itertools

from dav import Client
from gateway import Gateway
from invent import write
from meaning import occurrences, parse
from outlook import Outlook

DAY = dt.timedelta(days=1)
REFUSALS = {'x:recurrence-exchange-can-express', 'x:time-zone-exchange-can-express', 'x:property-exchange-can-store'}
COUNTER = itertools.count()


OUTLOOK = {'2007_SP1': 'Exchange2007_SP1', '2010_SP2': 'Exchange2010_SP2', '2013_SP1': 'Exchange2013_SP1', '2019': 'Exchange2013_SP1'}


class World:
    """A client, a gateway that knows nothing of what it did, and Outlook; one calendar that is empty between two examples."""

    def __init__(self, lab, version='2019'):
        self.version, self.lab = version, lab
        lab.settings(version=version)
        self.gateways = [Gateway(lab.url + '/EWS/Exchange.asmx').start() for _ in range(2)]
        self.client, self.cold = (Client(g.url, 'user30') for g in self.gateways)
        self.outlook = Outlook(lab, 'user30', OUTLOOK[version])
        self.outlook.empty('calendar')  # of what others sent here

    def path(self):
        name = 'n%d' % next(COUNTER)
        return name, self.client.calendar + name + '.ics'

    def store(self, found):
        """(text, path, answer)"""
        name, path = self.path()
        text = write(found, name)
        return text, path, self.client.put(path, text, Content_Type='text/calendar; charset=utf-8')

    def store_well(self, found):
        """The same of an object that Exchange can hold. (text, path), or None when it is refused for what no rule tells
        beforehand: an occurrence that meets its neighbour, a first one that ends at an hour that is none."""
        text, path, r = self.store(found)
        if r.status == 403:
            why = refused(r)
            assert any(x in why for x in ('neighbour', 'the clock skips')) or (self.version == '2007_SP1' and 'WKST' in why), (why, text)
            assert self.client.get(path).status == 404 and self.outlook.count('calendar') == 0
            return None
        assert r.status == 201, (r, text)
        return text, path, r

    def the_item(self):
        root = self.outlook.call('<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
                                 '<t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>')
        [item] = [e.get('Id') for e in root.iter('{http://schemas.microsoft.com/exchange/services/2006/types}ItemId')]
        return item

    def close(self):
        crashes = []
        for g in self.gateways:
            g.stop()
            crashes += g.crashes()
            g.remove()
        self.lab.settings(version='2019')
        assert not crashes, crashes


def title(text):
    return ' '.join((text or '').split())[:200]


def windows(dates, complete):
    """The parts of time in which both sides know everything."""
    first, last = dates[0][0], max(d[0] for d in dates)
    if complete:
        yield first - DAY, min(last + 300 * DAY, first + 700 * DAY)
        yield last - 200 * DAY, last + 300 * DAY
    else:
        yield first - DAY, min(last - 2 * DAY, first + 700 * DAY)


def assert_shown(outlook, text):
    """Exchange's calendar shows the occurrences that the text means."""
    dates = occurrences(text, 70)
    if not dates:
        return
    complete = len(occurrences(text, 71)) == len(dates) and dates[-1][0].year < 2090
    for first, last in windows(dates, complete):
        there = [(s, e, title(subject)) for s, e, subject, _ in outlook.view(first, last + DAY) if first <= s <= last]
        here = sorted(((s, ends, title(subject)) for s, ends, subject in dates if first <= s <= last), key=lambda x: (x[0], x[2]))
        assert [(s, t) for s, _, t in here] == sorted((s, t) for s, _, t in there), text
        for (s, ends, t), (_, end, _) in zip(here, sorted(there, key=lambda x: (x[0], x[2]))):
            assert end in {e.replace(second=0) for e in ends} | ends, (s, t, ends, end, text)


def assert_held(text, now):
    """`now`, made of Exchange's own fields, says what the client said as far as Exchange has a place for it."""
    a, b = parse(text), parse(now)
    dates = [(s, title(t)) for s, _, t in occurrences(text, 30)]
    assert dates == [(s, title(t)) for s, _, t in occurrences(now, 30)], (text, now)
    x, y = ([e for e in c.comps('VEVENT') if e.one('RECURRENCE-ID') is None][0] for c in (a, b))
    words = lambda e, name: ' '.join((e.text(name) or '').split())
    assert words(x, 'LOCATION')[:200] == words(y, 'LOCATION')[:200], (text, now)
    if x.one('X-ALT-DESC') is None:
        assert words(x, 'DESCRIPTION') == words(y, 'DESCRIPTION'), (text, now)


def refused(answer):
    assert answer.status == 403 and answer.condition in REFUSALS, answer
    said = answer.xml.findtext('.//{*}responsedescription') or ''.join(answer.xml.itertext())
    assert len(said.strip()) > 20, answer
    return said.strip()

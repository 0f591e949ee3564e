# SPDX-License-Identifier: Apache-2.0
"""VTODO from CalDAV through EWS to Outlook and back."""
import datetime

import pytest
from dav import Client, event
from gateway import Gateway
from ical import alarms, props, unfold, value
from outlook_tasks import TaskOutlook, day, status, todo

OUTLOOK = {'2007_SP1': 'Exchange2007_SP1', '2010_SP2': 'Exchange2010_SP2', '2019': 'Exchange2013_SP1'}
ZONE = ('BEGIN:VTIMEZONE', 'TZID:Europe/Berlin', 'BEGIN:STANDARD', 'DTSTART:19961027T030000', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
        'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'END:STANDARD', 'BEGIN:DAYLIGHT', 'DTSTART:19810329T020000',
        'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200', 'END:DAYLIGHT', 'END:VTIMEZONE')


class Ends:
    """A client and an Outlook at the two ends of one mailbox."""

    def __init__(self, client, outlook, generation):
        self.client, self.outlook, self.generation = client, outlook, generation
        self.tasks = client.home + 'tasks/'

    def put(self, uid, *lines, **headers):
        r = self.client.put(self.tasks + uid + '.ics', todo(uid, *lines), **headers)
        assert r.status in (201, 204), r
        return r

    def get(self, name):
        r = self.client.get(self.tasks + name + ('' if name.endswith('.ics') else '.ics'))
        assert r.status == 200, r
        return r.text

    def one(self, subject):
        found = self.outlook.tasks().get(subject, [])
        assert len(found) == 1, [e.findtext('{*}ItemId') for e in found]
        return found[0]

    def id(self, subject):
        return self.one(subject).find('{*}ItemId').get('Id')

    def names(self):
        return sorted(e.href.rsplit('/', 1)[1] for e in self.client.propfind(self.tasks, ['d:getetag'], depth=1).entries if e.text('d:getetag'))

    def named(self, subject):
        """The name in the URL of a task by its title."""
        for name in self.names():
            if value(self.get(name), 'SUMMARY') == subject:
                return name
        return None


@pytest.fixture(scope='module', params=sorted(OUTLOOK))
def both(request, lab):
    lab.settings(version=request.param)
    g = Gateway(lab.url + '/EWS/Exchange.asmx').start()
    yield Ends(Client(g.url, 'user37'), TaskOutlook(lab, 'user37', OUTLOOK[request.param]), request.param)
    g.stop()
    crashes = g.crashes()
    g.remove()
    lab.settings(version='2019')
    assert not crashes


@pytest.fixture
def ends(both):
    """With an empty task folder."""
    left = [t.find('{*}ItemId').get('Id') for tasks in both.outlook.tasks().values() for t in tasks]
    if left:
        both.outlook.remove(*left)
    return both


def texts(item, *names):
    return [item.findtext('{*}' + n) for n in names]


def today():
    return datetime.datetime.utcnow().strftime('%Y-%m-%d')


# ---- the folder ----

def test_the_home_has_a_task_list(ends):
    c = ends.client
    entry = c.propfind(ends.tasks, ['d:resourcetype', 'c:supported-calendar-component-set', 'd:getcontenttype', 'd:sync-token', 'cs:getctag']).entries[0]
    assert [e.get('name') for e in entry.ok('c:supported-calendar-component-set').element] == ['VTODO']
    assert entry.text('d:sync-token') and entry.text('cs:getctag')
    hrefs = [e.href for e in c.propfind(c.home, ['d:resourcetype'], depth=1).entries]
    assert ends.tasks in hrefs and c.calendar in hrefs
    sets = c.propfind(c.home, ['c:supported-calendar-component-sets']).entries[0].ok('c:supported-calendar-component-sets').element
    assert [[e.get('name') for e in s] for s in sets] == [['VEVENT'], ['VTODO']]


def test_the_other_component_is_refused(ends, uid):
    c = ends.client
    r = c.put(ends.tasks + uid + '.ics', event(uid))
    assert (r.status, r.condition) == (403, 'c:supported-calendar-component')
    r = c.put(c.calendar + uid + '.ics', todo(uid, 'SUMMARY:x'))
    assert (r.status, r.condition) == (403, 'c:supported-calendar-component')
    assert c.put(c.calendar + uid + '.ics', event(uid)).status == 201
    r = c.request('MOVE', c.calendar + uid + '.ics', headers={'Destination': c.base + ends.tasks + uid + '.ics'})
    assert (r.status, r.condition) == (403, 'c:supported-calendar-component')
    assert c.delete(c.calendar + uid + '.ics').status == 204


def test_task_folders_are_made_moved_to_and_removed(ends, uid):
    c = ends.client
    path = c.home + 'garden-%s/' % uid
    wish = lambda *names: ('<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop><d:displayname>Garden %s</d:displayname>'
                           '<c:supported-calendar-component-set>%s</c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>'
                           % (uid, ''.join('<c:comp name="%s"/>' % n for n in names)))
    assert c.request('MKCALENDAR', path, wish('VEVENT', 'VTODO')).status == 207
    assert c.request('MKCALENDAR', path, wish('VTODO')).status == 201
    entry = c.propfind(path, ['c:supported-calendar-component-set', 'd:displayname']).entries[0]
    assert [e.get('name') for e in entry.ok('c:supported-calendar-component-set').element] == ['VTODO']
    assert entry.text('d:displayname') == 'Garden ' + uid
    text = todo(uid, 'SUMMARY:Dig')
    assert c.put(path + 'dig.ics', text).status == 201
    r = c.request('MOVE', path + 'dig.ics', headers={'Destination': c.base + ends.tasks + 'dug.ics'})
    assert r.status == 201 and c.get(ends.tasks + 'dug.ics').text == text and c.get(path + 'dig.ics').status == 404
    assert texts(ends.one('Dig'), 'Subject') == ['Dig']
    r = c.request('COPY', ends.tasks + 'dug.ics', headers={'Destination': c.base + path + 'again.ics'})
    assert r.status == 201 and c.get(path + 'again.ics').text == text
    assert c.delete(path).status == 204
    assert c.delete(ends.tasks).status == 403


# ---- one task ----

def test_what_outlook_shows_of_a_clients_task(ends, uid):
    r = ends.put(uid, 'SUMMARY:Tax', 'DESCRIPTION:all of\\nit', 'DTSTART;VALUE=DATE:20270520', 'DUE;VALUE=DATE:20270531', 'STATUS:IN-PROCESS',
                 'PERCENT-COMPLETE:25', 'PRIORITY:1', 'CLASS:PRIVATE', 'CATEGORIES:Home,Money', 'X-MINE:kept')
    assert r.status == 201 and r.etag
    task = ends.one('Tax')
    assert texts(task, 'Status', 'PercentComplete', 'StartDate', 'DueDate', 'Importance', 'Sensitivity', 'IsRecurring') == [
        'InProgress', '25', '2027-05-20T00:00:00Z', '2027-05-31T00:00:00Z', 'High', 'Private', 'false']
    assert task.findtext('{*}Body').split() == ['all', 'of', 'it']
    assert [c.text for c in task.find('{*}Categories')] == ['Home', 'Money']
    got = ends.client.get(ends.tasks + uid + '.ics')
    assert got.etag == r.etag and 'X-MINE:kept' in got.text and 'component=VTODO' in got.header('Content-Type')


@pytest.mark.parametrize('dates, start, due', [
    (['DUE;VALUE=DATE:20270531'], None, '2027-05-31'),
    (['DTSTART;VALUE=DATE:20270520'], '2027-05-20', '2027-05-20'),
    (['DTSTART;VALUE=DATE:20270520', 'DURATION:P3D'], '2027-05-20', '2027-05-23'),
    (['DUE;TZID=Europe/Berlin:20270531T233000'], None, '2027-05-31'),
    (['DTSTART;TZID=Europe/Berlin:20270531T090000', 'DUE;TZID=Europe/Berlin:20270601T003000'], '2027-05-31', '2027-06-01'),
    (['DUE:20270531T120000Z'], None, '2027-05-31'),
    (['DUE:20270531T120000'], None, '2027-05-31'),
    ([], None, None),
])
def test_days_and_times_come_back_as_they_were_written(ends, uid, dates, start, due):
    lines = list(ZONE) if any('TZID' in d for d in dates) else []
    text = todo(uid, 'SUMMARY:Dates', *dates)
    if lines:
        text = text.replace('BEGIN:VTODO', '\r\n'.join(lines + ['BEGIN:VTODO']))
    r = ends.client.put(ends.tasks + uid + '.ics', text)
    assert r.status == 201 and r.etag
    full = lambda d: d and d + 'T00:00:00Z'
    assert texts(ends.one('Dates'), 'StartDate', 'DueDate') == [full(start), full(due)]
    assert ends.get(uid) == text
    # Outlook moves it: another day, the same time of day
    if due:
        ends.outlook.change(ends.id('Dates'), day('DueDate', '2027-06-10'))
        got = ends.get(uid)
        [line] = props(got, 'DUE')
        was = [d for d in dates if d.startswith('DUE')]
        if was:
            assert line == was[0].replace('20270531', '20270610').replace('20270601', '20270610')
        else:
            assert line == 'DUE;VALUE=DATE:20270610' and not props(got, 'DURATION')
        assert props(got, 'DTSTART') == [d for d in dates if d.startswith('DTSTART')]


def test_due_before_the_start_is_refused(ends, uid):
    r = ends.client.put(ends.tasks + uid + '.ics', todo(uid, 'SUMMARY:x', 'DTSTART;VALUE=DATE:20270531', 'DUE;VALUE=DATE:20270530'))
    assert (r.status, r.condition) == (403, 'c:valid-calendar-data') and 'before' in r.text


def test_an_old_task_that_is_due_before_it_starts_can_be_shown(ends):
    """Exchange moves such dates; what another program has left there must not make the list unreadable."""
    ends.outlook.make('<t:Subject>Old</t:Subject><t:DueDate>2027-05-10T00:00:00Z</t:DueDate><t:StartDate>2027-05-20T00:00:00Z</t:StartDate>')
    text = ends.get(ends.named('Old'))
    assert value(text, 'DTSTART') <= value(text, 'DUE')


@pytest.mark.parametrize('lines, expected', [
    ([], ('NotStarted', '0')),
    (['STATUS:NEEDS-ACTION'], ('NotStarted', '0')),
    (['STATUS:NEEDS-ACTION', 'PERCENT-COMPLETE:30'], ('InProgress', '30')),
    (['STATUS:IN-PROCESS'], ('InProgress', '0')),
    (['STATUS:IN-PROCESS', 'PERCENT-COMPLETE:100'], ('InProgress', '99')),
    (['STATUS:COMPLETED', 'COMPLETED:20240501T120000Z'], ('Completed', '100')),
    (['STATUS:COMPLETED', 'PERCENT-COMPLETE:50'], ('Completed', '100')),
    (['COMPLETED:20240501T120000Z'], ('Completed', '100')),
    (['PERCENT-COMPLETE:100'], ('Completed', '100')),
    (['STATUS:CANCELLED', 'PERCENT-COMPLETE:10'], ('Deferred', '10')),
])
def test_every_status(ends, uid, lines, expected):
    text = todo(uid, 'SUMMARY:State', *lines)
    assert ends.client.put(ends.tasks + uid + '.ics', text).status == 201
    task = ends.one('State')
    assert tuple(texts(task, 'Status', 'PercentComplete')) == expected
    if any(line.startswith('COMPLETED') for line in lines):
        assert task.findtext('{*}CompleteDate') == '2024-05-01T00:00:00Z'
    # read anew from Exchange it is the client's own text still
    ends.outlook.change(ends.id('State'), ('item:Importance', '<t:Importance>Low</t:Importance>'))
    got = ends.get(uid)
    assert [line for line in lines if line not in unfold(got)] == [] and value(got, 'PRIORITY') == '9'


@pytest.mark.parametrize('state, shown', [
    ('NotStarted', ('NEEDS-ACTION', None)), ('InProgress', ('IN-PROCESS', '40')), ('Completed', ('COMPLETED', '100')),
    ('WaitingOnOthers', ('IN-PROCESS', '40')), ('Deferred', ('IN-PROCESS', '40'))])
def test_what_a_client_sees_of_outlooks_status(ends, state, shown):
    item = ends.outlook.make('<t:Subject>Theirs</t:Subject><t:PercentComplete>40</t:PercentComplete><t:Status>%s</t:Status>' % state)
    name = ends.named('Theirs')
    text = ends.get(name)
    assert (value(text, 'STATUS'), value(text, 'PERCENT-COMPLETE')) == shown
    assert (value(text, 'COMPLETED') is not None) == (state == 'Completed')
    # a client that changes something else leaves what it has no word for
    assert ends.client.put(ends.tasks + name, text.replace('SUMMARY:Theirs', 'SUMMARY:Ours')).status == 204
    assert ends.outlook.task(item).findtext('{*}Status') == state and ends.outlook.task(item).findtext('{*}Subject') == 'Ours'


def test_completed_by_a_client_and_reopened_by_outlook(ends, uid):
    ends.put(uid, 'SUMMARY:Do', 'DUE;VALUE=DATE:20270531', 'X-MINE:1')
    ends.put(uid, 'SUMMARY:Do', 'DUE;VALUE=DATE:20270531', 'X-MINE:1', 'STATUS:COMPLETED', 'COMPLETED:20260301T101500Z', 'PERCENT-COMPLETE:100')
    task = ends.one('Do')
    assert texts(task, 'Status', 'PercentComplete', 'CompleteDate', 'IsComplete') == ['Completed', '100', '2026-03-01T00:00:00Z', 'true']
    assert value(ends.get(uid), 'COMPLETED') == '20260301T101500Z'
    ends.outlook.change(ends.id('Do'), status('InProgress'), ('task:PercentComplete', '<t:PercentComplete>60</t:PercentComplete>'))
    text = ends.get(uid)
    assert (value(text, 'STATUS'), value(text, 'PERCENT-COMPLETE'), value(text, 'COMPLETED')) == ('IN-PROCESS', '60', None)
    assert 'X-MINE:1' in text


def test_completed_by_outlook(ends, uid):
    ends.put(uid, 'SUMMARY:Do', 'DUE;VALUE=DATE:20270531', 'STATUS:NEEDS-ACTION', 'RELATED-TO:other')
    token = ends.client.propfind(ends.tasks, ['d:sync-token']).entries[0].text('d:sync-token')
    ends.outlook.change(ends.id('Do'), status('Completed'))
    assert [e.href for e in ends.client.sync(ends.tasks, token).entries] == [ends.tasks + uid + '.ics']
    text = ends.get(uid)
    assert (value(text, 'STATUS'), value(text, 'PERCENT-COMPLETE'), value(text, 'RELATED-TO')) == ('COMPLETED', '100', 'other')
    assert value(text, 'COMPLETED').endswith('Z')


def test_a_day_that_begins_only_now_where_the_client_is(ends, uid):
    """Completed tomorrow, by Exchange's clock: it takes its own today, and the client keeps its time."""
    stamp = (datetime.datetime.utcnow() + datetime.timedelta(days=1)).strftime('%Y%m%dT000000Z')
    ends.put(uid, 'SUMMARY:Sydney', 'STATUS:COMPLETED', 'COMPLETED:' + stamp)
    assert ends.one('Sydney').findtext('{*}CompleteDate') == today() + 'T00:00:00Z'
    ends.outlook.change(ends.id('Sydney'), ('item:Importance', '<t:Importance>High</t:Importance>'))
    assert value(ends.get(uid), 'COMPLETED') == stamp


def alarm(trigger, action='DISPLAY'):
    return ['BEGIN:VALARM', 'ACTION:' + action, 'DESCRIPTION:x', 'TRIGGER' + trigger, 'END:VALARM']


@pytest.mark.parametrize('trigger, at', [
    (';VALUE=DATE-TIME:20270530T080000Z', '2027-05-30T08:00:00Z'), (':-PT15M', '2027-05-20T07:45:00Z'), (';RELATED=END:-PT1H', '2027-05-31T15:00:00Z'),
    (';RELATED=END:PT0S', '2027-05-31T16:00:00Z')])
def test_reminders(ends, uid, trigger, at):
    lines = ['SUMMARY:Ring', 'DTSTART:20270520T080000Z', 'DUE:20270531T160000Z', *alarm(trigger), *alarm(':-P1D', 'EMAIL')]
    ends.put(uid, *lines)
    assert texts(ends.one('Ring'), 'ReminderIsSet', 'ReminderDueBy') == ['true', at]
    assert ends.get(uid) == todo(uid, *lines)
    ends.outlook.change(ends.id('Ring'), ('item:ReminderDueBy', '<t:ReminderDueBy>2027-05-29T06:00:00Z</t:ReminderDueBy>'))
    assert sorted(alarms(ends.get(uid))) == ['TRIGGER:-P1D', 'TRIGGER;VALUE=DATE-TIME:20270529T060000Z']
    ends.outlook.change(ends.id('Ring'), ('item:ReminderIsSet', '<t:ReminderIsSet>false</t:ReminderIsSet>'))
    assert alarms(ends.get(uid)) == ['TRIGGER:-P1D']
    # the client takes all of them away
    ends.put(uid, 'SUMMARY:Ring', 'DTSTART:20270520T080000Z', 'DUE:20270531T160000Z', *alarm(trigger))
    assert texts(ends.one('Ring'), 'ReminderIsSet') == ['true']
    ends.put(uid, 'SUMMARY:Ring', 'DTSTART:20270520T080000Z', 'DUE:20270531T160000Z')
    assert texts(ends.one('Ring'), 'ReminderIsSet') == ['false']


def test_a_reminder_of_outlooks(ends):
    ends.outlook.make('<t:Subject>Bell</t:Subject><t:ReminderDueBy>2027-05-30T08:00:00Z</t:ReminderDueBy><t:ReminderIsSet>true</t:ReminderIsSet>')
    assert alarms(ends.get(ends.named('Bell'))) == ['TRIGGER;VALUE=DATE-TIME:20270530T080000Z']


def test_fields_are_cleared(ends, uid):
    ends.put(uid, 'SUMMARY:Full', 'DESCRIPTION:text', 'DTSTART;VALUE=DATE:20270520', 'DUE;VALUE=DATE:20270531', 'CATEGORIES:A', 'PRIORITY:1')
    ends.put(uid, 'SUMMARY:Full')
    task = ends.one('Full')
    assert texts(task, 'StartDate', 'DueDate', 'Importance') == [None, None, 'Normal'] and task.find('{*}Categories') is None
    assert not (task.findtext('{*}Body') or '').strip()
    # and the other way round
    item = ends.id('Full')
    ends.put(uid, 'SUMMARY:Full', 'DTSTART;VALUE=DATE:20270520', 'DUE;VALUE=DATE:20270531', 'DESCRIPTION:text')
    ends.outlook.change(item, ('task:DueDate', None), ('task:StartDate', None), ('item:Body', '<t:Body BodyType="Text"></t:Body>'))
    text = ends.get(uid)
    assert not props(text, 'DUE') and not props(text, 'DTSTART') and not props(text, 'DESCRIPTION')


# ---- identity and conflicts ----

def test_uids_and_names(ends, uid):
    c = ends.client
    ends.put(uid, 'SUMMARY:One')
    r = c.put(ends.tasks + 'other.ics', todo(uid, 'SUMMARY:Two'))
    assert (r.status, r.condition) == (403, 'c:no-uid-conflict') and uid + '.ics' in r.text
    r = c.put(ends.tasks + uid + '.ics', todo('another', 'SUMMARY:Two'))
    assert (r.status, r.condition) == (403, 'c:no-uid-conflict')
    # born in Outlook: it has a UID and a name that stay
    ends.outlook.make('<t:Subject>Born there</t:Subject>')
    name = ends.named('Born there')
    text = ends.get(name)
    assert value(text, 'UID') + '.ics' == name
    assert c.put(ends.tasks + name, text.replace('Born there', 'Changed here')).status == 204
    assert ends.named('Changed here') == name and value(ends.get(name), 'UID') == value(text, 'UID')


def test_a_very_long_uid(ends, uid):
    long = uid + '-' + 'x' * 400
    r = ends.client.put(ends.tasks + 'long.ics', todo(long, 'SUMMARY:Long'))
    assert r.status == 201
    assert value(ends.get('long'), 'UID') == long
    ends.outlook.change(ends.id('Long'), ('item:Subject', '<t:Subject>Longer</t:Subject>'))
    assert value(ends.get('long'), 'UID') == long and value(ends.get('long'), 'SUMMARY') == 'Longer'
    assert ends.client.put(ends.tasks + 'long.ics', todo(long, 'SUMMARY:Longest')).status == 204


def test_conditions(ends, uid):
    c, path = ends.client, ends.tasks + uid + '.ics'
    etag = ends.put(uid, 'SUMMARY:A').etag
    assert c.put(path, todo(uid, 'SUMMARY:B'), If_None_Match='*').status == 412
    ends.outlook.change(ends.id('A'), ('item:Subject', '<t:Subject>Outlook was here</t:Subject>'))
    assert c.put(path, todo(uid, 'SUMMARY:B'), If_Match=etag).status == 412
    assert c.delete(path, If_Match=etag).status == 412
    etag = c.get(path).etag
    r = c.put(path, todo(uid, 'SUMMARY:B'), If_Match=etag)
    assert r.status == 204 and r.etag
    assert c.delete(path, If_Match=r.etag).status == 204 and c.get(path).status == 404
    assert ends.outlook.tasks() == {}


def test_changes_reach_a_syncing_client(ends, uid):
    c = ends.client
    token = c.sync(ends.tasks).sync_token
    ends.put(uid, 'SUMMARY:A')
    item = ends.outlook.make('<t:Subject>B</t:Subject>')
    r = c.sync(ends.tasks, token)
    assert len(r.entries) == 2
    token = r.sync_token
    ends.outlook.remove(item)
    [gone] = c.sync(ends.tasks, token).entries
    assert gone.status == 404
    assert len(c.multiget(ends.tasks, [ends.tasks + uid + '.ics', ends.tasks + 'none.ics']).entries) == 2


# ---- recurring tasks ----

def test_a_recurring_task_is_completed_by_outlook(ends, uid):
    lines = ['SUMMARY:Rubbish', 'DTSTART;VALUE=DATE:20270503', 'DUE;VALUE=DATE:20270504', 'RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=5', 'X-MINE:1',
             *alarm(';RELATED=END:-PT6H')]
    ends.put(uid, *lines)
    task = ends.one('Rubbish')
    assert texts(task, 'IsRecurring', 'StartDate', 'DueDate') == ['true', '2027-05-03T00:00:00Z', '2027-05-04T00:00:00Z']
    assert task.findtext('{*}Recurrence/{*}NumberedRecurrence/{*}NumberOfOccurrences') == '5'
    assert ends.get(uid) == todo(uid, *lines)
    item = ends.id('Rubbish')
    done = ends.outlook.change(item, status('Completed'))
    assert done != item
    text = ends.get(uid)
    assert (value(text, 'DTSTART'), value(text, 'DUE'), value(text, 'RRULE')) == ('20270510', '20270511', 'FREQ=WEEKLY;BYDAY=MO;COUNT=4')
    assert value(text, 'STATUS') in (None, 'NEEDS-ACTION') and 'X-MINE:1' in text and alarms(text) == ['TRIGGER;RELATED=END:-PT6H']
    # what it has left behind is a task of its own: another UID, another name
    [other] = [n for n in ends.names() if n != uid + '.ics']
    left = ends.get(other)
    assert value(left, 'STATUS') == 'COMPLETED' and value(left, 'UID') != uid and not props(left, 'RRULE')
    assert (value(left, 'DTSTART'), value(left, 'DUE')) == ('20270503', '20270504')
    # a client can go on with both
    assert ends.client.put(ends.tasks + other, left.replace('SUMMARY:Rubbish', 'SUMMARY:Was rubbish')).status == 204
    assert ends.outlook.task(done).findtext('{*}Subject') == 'Was rubbish'
    assert ends.client.delete(ends.tasks + other).status == 204 and ends.get(uid)


def test_a_recurring_task_is_completed_by_a_client(ends, uid):
    lines = ['SUMMARY:Water', 'DTSTART;VALUE=DATE:20260301', 'DUE;VALUE=DATE:20260301', 'RRULE:FREQ=DAILY;INTERVAL=2']
    first = ends.put(uid, *lines)
    r = ends.put(uid, *lines, 'STATUS:COMPLETED', 'COMPLETED:20260301T080000Z', 'PERCENT-COMPLETE:100', If_Match=first.etag)
    # Exchange makes the next occurrence of it: the client has to look
    assert r.status == 204 and not r.etag
    text = ends.get(uid)
    assert (value(text, 'DTSTART'), value(text, 'DUE'), value(text, 'STATUS')) == ('20260303', '20260303', 'NEEDS-ACTION')
    assert not props(text, 'COMPLETED') and not props(text, 'PERCENT-COMPLETE')
    assert sorted(t.findtext('{*}Status') for t in ends.outlook.tasks()['Water']) == ['Completed', 'NotStarted']
    assert len(ends.names()) == 2
    # the etag of now is good for the next change
    etag = ends.client.get(ends.tasks + uid + '.ics').etag
    assert ends.client.put(ends.tasks + uid + '.ics', text.replace('SUMMARY:Water', 'SUMMARY:Water them'), If_Match=etag).status == 204


def test_a_client_moves_the_whole_series(ends, uid):
    """To Exchange another day of a recurring task is one moved occurrence; a client means all of them."""
    ends.put(uid, 'SUMMARY:Series', 'DTSTART;VALUE=DATE:20270503', 'DUE;VALUE=DATE:20270503', 'RRULE:FREQ=WEEKLY;BYDAY=MO')
    r = ends.put(uid, 'SUMMARY:Series', 'DTSTART;VALUE=DATE:20270505', 'DUE;VALUE=DATE:20270505', 'RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3', 'X-MINE:1')
    assert r.etag
    task = ends.one('Series')
    assert texts(task, 'IsRecurring', 'StartDate', 'DueDate') == ['true', '2027-05-05T00:00:00Z', '2027-05-05T00:00:00Z']
    assert task.findtext('{*}Recurrence/{*}WeeklyRecurrence/{*}DaysOfWeek') == 'Wednesday'
    assert 'X-MINE:1' in ends.get(uid)
    # and no series any more
    ends.put(uid, 'SUMMARY:Series', 'DUE;VALUE=DATE:20270505')
    assert texts(ends.one('Series'), 'IsRecurring') == ['false'] and ends.names() == [uid + '.ics']


def test_a_client_that_goes_on_to_the_next_occurrence_itself(ends, uid):
    rule = 'RRULE:FREQ=WEEKLY;COUNT=%d'
    ends.put(uid, 'SUMMARY:Own way', 'DTSTART;VALUE=DATE:20270503', 'DUE;VALUE=DATE:20270503', rule % 3)
    ends.put(uid, 'SUMMARY:Own way', 'DTSTART;VALUE=DATE:20270510', 'DUE;VALUE=DATE:20270510', rule % 2)
    task = ends.one('Own way')
    assert texts(task, 'DueDate', 'Status') == ['2027-05-10T00:00:00Z', 'NotStarted']
    assert task.findtext('{*}Recurrence/{*}NumberedRecurrence/{*}NumberOfOccurrences') == '2'


def test_a_recurring_task_of_outlooks(ends):
    weekly = ('<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>'
              '<t:NoEndRecurrence><t:StartDate>2027-05-03</t:StartDate></t:NoEndRecurrence></t:Recurrence>')
    item = ends.outlook.make('<t:Subject>Meet</t:Subject>' + weekly)
    name = ends.named('Meet')
    text = ends.get(name)
    # a rule counts from DTSTART, which Exchange does not have here
    assert (value(text, 'DTSTART'), value(text, 'DUE'), value(text, 'RRULE')) == ('20270503', '20270503', 'FREQ=WEEKLY;BYDAY=MO')
    assert ends.client.put(ends.tasks + name, text.replace('SUMMARY:Meet', 'SUMMARY:Met')).status == 204
    assert list(ends.outlook.tasks()) == ['Met'] and ends.outlook.task(item).findtext('{*}StartDate') is None
    ends.outlook.change(item, status('Completed'))
    assert value(ends.get(name), 'DUE') == '20270510'


def test_regenerating_tasks_stay_what_they_are(ends):
    daily = ('<t:Recurrence><t:DailyRegeneration><t:Interval>3</t:Interval></t:DailyRegeneration><t:NoEndRecurrence>'
             '<t:StartDate>2026-05-03</t:StartDate></t:NoEndRecurrence></t:Recurrence>')
    item = ends.outlook.make('<t:Subject>Lawn</t:Subject>' + daily)
    name = ends.named('Lawn')
    text = ends.get(name)
    assert not props(text, 'RRULE') and value(text, 'X-EXCAL-REGENERATION') == 'FREQ=DAILY;INTERVAL=3' and value(text, 'DUE') == '20260503'
    # a client without a word for it changes the title, and then completes it
    plain = text.replace('SUMMARY:Lawn', 'SUMMARY:Mow').replace('X-EXCAL-REGENERATION:FREQ=DAILY;INTERVAL=3\r\n', '')
    assert ends.client.put(ends.tasks + name, plain).status == 204
    assert ends.outlook.task(item).find('{*}Recurrence/{*}DailyRegeneration') is not None
    done = plain.replace('STATUS:NEEDS-ACTION', 'STATUS:COMPLETED')
    r = ends.client.put(ends.tasks + name, done)
    assert r.status == 204 and not r.etag
    due = (datetime.datetime.utcnow() + datetime.timedelta(days=3)).strftime('%Y%m%d')
    text = ends.get(name)
    assert (value(text, 'DUE'), value(text, 'STATUS')) == (due, 'NEEDS-ACTION') and len(ends.names()) == 2


@pytest.mark.parametrize('lines', [
    ['RRULE:FREQ=DAILY', 'DUE;VALUE=DATE:20270503', 'EXDATE;VALUE=DATE:20270504'], ['RRULE:FREQ=HOURLY', 'DTSTART:20270503T100000Z'],
    ['RRULE:FREQ=DAILY', 'DTSTART;VALUE=DATE:20270503', 'RDATE;VALUE=DATE:20270510']])
def test_recurrences_that_exchange_cannot_keep(ends, uid, lines):
    r = ends.client.put(ends.tasks + uid + '.ics', todo(uid, 'SUMMARY:x', *lines))
    assert (r.status, r.condition) == (403, 'x:recurrence-exchange-can-express'), r
    assert ends.names() == []


def test_single_occurrences_cannot_be_changed(ends, uid):
    text = todo(uid, 'SUMMARY:x', 'DTSTART;VALUE=DATE:20270503', 'RRULE:FREQ=DAILY')
    text = text.replace('END:VCALENDAR', 'BEGIN:VTODO\r\nUID:%s\r\nDTSTAMP:20270101T000000Z\r\nRECURRENCE-ID;VALUE=DATE:20270504\r\nSTATUS:COMPLETED\r\n'
                        'END:VTODO\r\nEND:VCALENDAR' % uid)
    r = ends.client.put(ends.tasks + uid + '.ics', text)
    assert (r.status, r.condition) == (403, 'x:recurrence-exchange-can-express') and 'next occurrence' in r.text


def test_a_rule_without_any_day(ends, uid):
    r = ends.client.put(ends.tasks + uid + '.ics', todo(uid, 'SUMMARY:x', 'RRULE:FREQ=DAILY'))
    assert (r.status, r.condition) == (403, 'c:valid-calendar-data')


# ---- reports ----

def test_queries(ends, uid):
    c = ends.client
    ends.put(uid + '-a', 'SUMMARY:A', 'DTSTART;VALUE=DATE:20270503', 'DUE;VALUE=DATE:20270510')
    ends.put(uid + '-b', 'SUMMARY:B', 'DUE;VALUE=DATE:20280101')
    ends.put(uid + '-c', 'SUMMARY:C', 'STATUS:COMPLETED', 'COMPLETED:20260301T080000Z')
    ends.put(uid + '-d', 'SUMMARY:D')

    def found(inner):
        entries = c.query(ends.tasks, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VTODO">%s</c:comp-filter></c:comp-filter>' % inner).entries
        return sorted(value(e.ok('c:calendar-data').text, 'SUMMARY') for e in entries)
    assert found('') == ['A', 'B', 'C', 'D']
    assert found('<c:time-range start="20270505T000000Z" end="20270506T000000Z"/>') == ['A', 'D']
    assert found('<c:time-range start="20271225T000000Z" end="20280201T000000Z"/>') == ['B', 'D']
    assert found('<c:prop-filter name="COMPLETED"><c:is-not-defined/></c:prop-filter>') == ['A', 'B', 'D']
    assert found('<c:prop-filter name="STATUS"><c:text-match>COMPLETED</c:text-match></c:prop-filter>') == ['C']
    assert c.query(ends.tasks, '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/></c:comp-filter>').entries == []


def test_properties_that_exchange_does_not_know(ends, uid):
    c = ends.client
    ends.put(uid, 'SUMMARY:Props')
    assert c.proppatch(ends.tasks + uid + '.ics', '<x:colour>green</x:colour>').entries[0].ok('x:colour') is not None
    assert c.propfind(ends.tasks + uid + '.ics', ['x:colour']).entries[0].text('x:colour') == 'green'
    assert c.proppatch(ends.tasks, '<a:calendar-color>#ff0000ff</a:calendar-color>').entries[0].ok('a:calendar-color') is not None
    assert c.propfind(ends.tasks, ['a:calendar-color']).entries[0].text('a:calendar-color') == '#ff0000ff'
    assert value(ends.get(uid), 'SUMMARY') == 'Props'


def test_free_busy_knows_no_tasks(ends, uid):
    ends.put(uid, 'SUMMARY:x', 'DTSTART:20270503T080000Z', 'DUE:20270503T090000Z')
    ask = '<c:free-busy-query xmlns:c="urn:ietf:params:xml:ns:caldav"><c:time-range start="20270503T000000Z" end="20270504T000000Z"/></c:free-busy-query>'
    r = ends.client.report(ends.tasks, ask, depth=1)
    assert r.status == 200 and 'FREEBUSY' not in [line.split(':')[0].split(';')[0] for line in r.text.split('\r\n')]


# ---- what goes wrong on the way ----

def test_a_lost_answer_loses_nothing_and_doubles_nothing(ends, uid, lab):
    lab.faults({'operation': 'CreateItem', 'kind': 'truncate', 'times': 1})
    assert ends.client.put(ends.tasks + uid + '.ics', todo(uid, 'SUMMARY:Once')).status == 201
    ends.one('Once')
    lab.faults({'operation': 'UpdateItem', 'kind': 'truncate', 'times': 1})
    assert ends.client.put(ends.tasks + uid + '.ics', todo(uid, 'SUMMARY:Twice')).status == 204
    lab.faults()
    ends.one('Twice')
    assert value(ends.get(uid), 'SUMMARY') == 'Twice' and ends.names() == [uid + '.ics']


@pytest.mark.parametrize('skip', [0, 1])
def test_a_series_that_could_not_be_changed_is_as_before(ends, uid, lab, skip):
    lines = ['SUMMARY:Series', 'DTSTART;VALUE=DATE:20270503', 'DUE;VALUE=DATE:20270504', 'RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=5', 'X-MINE:1']
    ends.put(uid, *lines)
    lab.faults({'operation': 'UpdateItem', 'kind': 'ErrorQuotaExceeded', 'times': 1, 'skip': skip})
    r = ends.client.put(ends.tasks + uid + '.ics', todo(uid, 'SUMMARY:Other', 'DTSTART;VALUE=DATE:20270505', 'DUE;VALUE=DATE:20270505', 'RRULE:FREQ=DAILY'))
    lab.faults()
    assert r.status == 507
    task = ends.one('Series')
    assert texts(task, 'StartDate', 'DueDate', 'IsRecurring') == ['2027-05-03T00:00:00Z', '2027-05-04T00:00:00Z', 'true']
    assert task.findtext('{*}Recurrence/{*}NumberedRecurrence/{*}NumberOfOccurrences') == '5'
    assert ends.get(uid) == todo(uid, *lines)


def test_a_task_of_an_unknown_shape_does_not_hide_the_others(ends, uid):
    """Whoever may write to the folder may have written anything into what the gateway keeps."""
    ends.put(uid, 'SUMMARY:Good')
    ends.put(uid + '-2', 'SUMMARY:Odd', 'X-MINE:1')
    for name in ('X-EXCAL-KEPT', 'X-EXCAL-HREF', 'X-EXCAL-UID'):
        ends.outlook.set_named(ends.id('Odd'), name, 'a/b\n\t"<&' * 20)
    names = ends.names()
    assert len(names) == 2 and uid + '.ics' in names
    assert sorted(value(ends.get(n), 'SUMMARY') for n in names) == ['Good', 'Odd']


def test_the_calls_it_takes(ends, uid, lab):
    """As with events: one to look, one to write."""
    ends.names()
    lab.reset_calls()
    ends.put(uid, 'SUMMARY:Cheap')
    assert lab.calls()['by_operation'] == {'SyncFolderItems': 1, 'CreateItem': 1}
    lab.reset_calls()
    ends.put(uid, 'SUMMARY:Cheaper')
    assert lab.calls()['by_operation'] == {'SyncFolderItems': 1, 'UpdateItem': 1}
    lab.reset_calls()
    ends.get(uid)
    assert lab.calls()['by_operation'] == {'SyncFolderItems': 1}

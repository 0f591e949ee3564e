# SPDX-License-Identifier: Apache-2.0
"""Whatever a client does to meetings, tasks and rights, with Exchange failing at each of the calls that it takes: the client gets
a status that it understands; afterwards everything is as before or as wished, in Exchange and over CalDAV, for all who
are concerned; saying it again ends well; nobody is mailed twice, nor about what was taken back.

What is wished is not written down here: each operation is done once without a fault, and that is what it is held against.
EXCAL_FAULTS=all tries every kind of fault at every call; otherwise each call meets some of them."""
import os
import time
import uuid

import pytest
from dav import DECL, Client, event
from desk import answered, exdate, occurrence, with_line
from ends import empty, in_exchange, over_caldav, posted
from gateway import Gateway
from labserver import Lab
from meetings import people, person, series
from outlook import Outlook
from outlook_tasks import todo

TUE2, TUE3, TUE4 = '20270309T100000', '20270316T100000', '20270323T100000'
WHO = people('bob', 'carol')
ALARM = ('BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:x', 'TRIGGER:-PT25M', 'END:VALARM')
FILE = 'ATTACH;FMTTYPE=text/plain;FILENAME=plan.txt;ENCODING=BASE64;VALUE=BINARY:UGxhbg=='
KINDS = ('503', 'busy', 'reset', 'truncate', 'garbage', 'ErrorInternalServerError', 'ErrorIrresolvableConflict', 'ErrorItemNotFound', 'ErrorTimeoutExpired', 'hang')
# of these the calls meet one after the other, when not all of them: those who say that one is to wait cost time
SAMPLE = ('truncate', 'ErrorInternalServerError', 'reset', 'garbage', 'ErrorIrresolvableConflict', 'truncate', '503', 'ErrorTimeoutExpired', 'reset', 'busy', 'ErrorItemNotFound')
UNDERSTOOD = {200, 201, 204, 207, 403, 404, 409, 412, 429, 502, 503, 504, 507}
NAMES = ('alice', 'bob', 'carol', 'dave')


def only_of(client, path, uid):
    """href and text of the one object of a calendar that is about this meeting."""
    hrefs = [e.href for e in client.propfind(path, ['d:getetag'], 1).entries if e.text('d:getetag')]
    [e] = [e for e in client.multiget(path, hrefs).entries if uid in (e.text('c:calendar-data') or '')]
    return e.href, e.text('c:calendar-data')


class Stage:
    """One run of one operation: its people, its meeting, and what there is to be seen of it."""

    def __init__(self, world):
        self.lab, self.uid = world.lab, uuid.uuid4().hex
        self.title = 'M ' + self.uid
        self.alice, self.bob, self.carol = (world.clients[n] for n in NAMES[:3])
        self.path = '%s%s.ics' % (self.alice.calendar, self.uid)
        self.task = '%stasks/%s.ics' % (self.alice.home, self.uid)
        self.world = world
        for name in NAMES:
            empty(self.lab, name, 'calendar', 'inbox', *(('tasks',) if name == 'alice' else ()))

    def seen(self):
        exchange = {n: in_exchange(self.lab, n, self.uid, ('calendar', 'tasks') if n == 'alice' else ('calendar',)) for n in NAMES}
        caldav = {n: over_caldav(c, self.uid, (c.calendar, c.home + 'inbox/') + ((c.home + 'tasks/', self.world.other) if n == 'alice' else ()))
                  for n, c in self.world.clients.items()}
        return {'exchange': exchange, 'caldav': caldav, 'rights': self.world.rights(self)}

    def mails(self):
        return posted(self.lab, self.uid)

    # ---- what comes before ----

    def meeting(self, *who, **kw):
        return event(self.uid, self.title, extra=people(*(who or ('bob', 'carol'))) + '\n' + kw.pop('extra', ''), **kw)

    def weekly(self, *overrides, who=WHO, **kw):
        return series(self.uid, self.title, who, *overrides, **kw)

    def moved(self, who=WHO, day=TUE2):
        return day, day[:9] + '140000', 'SUMMARY:%s\n%s' % (self.title, who)

    def store(self, text):
        r = self.alice.put(self.path, text)
        assert r.status in (201, 204), r
        self.alice.get(self.path)

    def accept(self, name='bob'):
        o = Outlook(self.lab, name)
        item, key = o.find(self.title)
        o.call('<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:AcceptItem><t:ReferenceItemId Id="%s" ChangeKey="%s"/></t:AcceptItem></m:Items></m:CreateItem>'
               % (item, key))
        self.alice.get(self.path)

    def invited(self, text):
        """bob's href and text of what alice stores."""
        self.store(text)
        self.href, self.text = only_of(self.bob, self.bob.calendar, self.uid)
        self.message, _ = only_of(self.bob, self.bob.home + 'inbox/', self.uid)

    def as_bob(self, change):
        text = change(self.text)
        assert text != self.text
        return lambda: self.bob.put(self.href, text)


# ---- operations: each prepares, and returns the request, which can be sent again ----

def puts(make, *before, accepted=True):
    def operation(s):
        for text in before:
            s.store(text(s))
            if accepted:
                s.accept()
        text = make(s)
        return lambda: s.alice.put(s.path, text)
    return operation


def deletes(before):
    def operation(s):
        s.store(before(s))
        return lambda: s.alice.delete(s.path)
    return operation


def answers(change, before=lambda s: s.meeting()):
    def operation(s):
        s.invited(before(s))
        return s.as_bob(change)
    return operation


def attendee_deletes(s):
    s.invited(s.meeting())
    return lambda: s.bob.delete(s.href)


def cancelled_goes(s):
    s.invited(s.meeting())
    assert s.alice.delete(s.path).status == 204
    s.href, _ = only_of(s.bob, s.bob.calendar, s.uid)
    return lambda: s.bob.delete(s.href)


def message_goes(s):
    s.invited(s.meeting())
    return lambda: s.bob.delete(s.message)


def proposes(s):
    s.invited(s.meeting())
    text = answered(s.text, 'TENTATIVE').replace('VERSION:2.0', 'VERSION:2.0\r\nMETHOD:COUNTER').replace('T110000', 'T130000').replace('T120000', 'T140000')
    return lambda: s.bob.request('POST', s.bob.home + 'outbox/', text, {'Content-Type': 'text/calendar; method=COUNTER'})


def asks_when_busy(s):
    # what was known of bob is no longer true
    assert s.bob.put('%s%s.ics' % (s.bob.calendar, s.uid), event(s.uid, s.title, start='20280302T100000Z', end='20280302T110000Z')).status == 201
    text = ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\nUID:%s\r\nDTSTAMP:20270101T000000Z\r\nORGANIZER:mailto:alice@contoso.example\r\n'
            'DTSTART:20280302T000000Z\r\nDTEND:20280303T000000Z\r\nATTENDEE:mailto:bob@contoso.example\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n' % s.uid)
    return lambda: s.alice.request('POST', s.alice.home + 'outbox/', text)


def task(make, *before):
    def operation(s):
        for lines in before:
            assert s.alice.put(s.task, todo(s.uid, 'SUMMARY:' + s.title, *lines)).status in (201, 204)
            s.alice.get(s.task)
        return lambda: s.alice.put(s.task, todo(s.uid, 'SUMMARY:' + s.title, *make))
    return operation


def grants(s):
    s.world.acl(s, '<d:read/>', to='carol')
    return lambda: s.world.acl(s, '<d:read/><d:write/>')


def lets_act(s):
    members = lambda *who: s.alice.proppatch(s.alice.principal + 'calendar-proxy-write/', '<d:group-member-set>%s</d:group-member-set>' % ''.join(
        '<d:href>/dav/principals/%s@contoso.example/</d:href>' % w for w in who))
    assert members('dave').status == 207
    return lambda: members('carol', 'dave')


def in_anothers(before=None):
    def operation(s):
        path = s.world.shared + s.uid + '.ics'
        if before:
            r = s.bob.put(path, event(s.uid, s.title))
            assert r.status == 201, r
            s.bob.get(path)
        if before == 'delete':
            return lambda: s.bob.delete(path)
        return lambda: s.bob.put(path, event(s.uid, s.title, start='20270302T093000Z', extra='LOCATION:There'))
    return operation


def moves(s):
    s.store(s.meeting())
    return lambda: s.alice.request('MOVE', s.path, None, {'Destination': s.world.other + s.uid + '.ics'})


OPERATIONS = {
    'shared-create': in_anothers(),
    'shared-change': in_anothers('change'),
    'shared-delete': in_anothers('delete'),
    'create': puts(lambda s: s.meeting()),
    'create-series': puts(lambda s: s.weekly(s.moved(), s.moved(people('bob', 'carol', 'dave'), TUE3), out=[TUE4])),
    'create-with-file': puts(lambda s: s.meeting(extra=FILE)),
    'time': puts(lambda s: s.meeting(start='20270302T090000Z'), lambda s: s.meeting()),
    'one-moved': puts(lambda s: s.weekly(s.moved()), lambda s: s.weekly()),
    'people': puts(lambda s: s.meeting('bob', 'dave'), lambda s: s.meeting('bob', 'carol')),
    'several': puts(lambda s: s.weekly(s.moved(), out=[TUE3], extra='LOCATION:Room 7'), lambda s: s.weekly(s.moved(day=TUE4))),
    'new-rule': puts(lambda s: s.weekly(s.moved(), rule='FREQ=WEEKLY;COUNT=5'), lambda s: s.weekly(s.moved(), out=[TUE3])),
    'file': puts(lambda s: s.meeting(extra=FILE), lambda s: s.meeting()),
    'file-goes': puts(lambda s: s.meeting(extra='LOCATION:Here'), lambda s: s.meeting(extra=FILE)),
    'nobody-left': puts(lambda s: event(s.uid, s.title), lambda s: s.meeting()),
    'delete': deletes(lambda s: s.meeting()),
    'delete-series': deletes(lambda s: s.weekly(s.moved())),
    'delete-one': puts(lambda s: s.weekly(out=[TUE3]), lambda s: s.weekly()),
    'move': moves,
    'accept': answers(lambda t: with_line(answered(t, 'ACCEPTED'), 'COMMENT:Fine', 'X-MINE:1', *ALARM)),
    'decline': answers(lambda t: answered(t, 'DECLINED')),
    'answer-one': answers(lambda t: with_line(occurrence(t, '20270316', 'TENTATIVE'), 'X-MINE:1', *ALARM), lambda s: s.weekly()),
    'answer-all': answers(lambda t: exdate(occurrence(answered(t, 'ACCEPTED'), '20270323', 'TENTATIVE'), '20270309'), lambda s: s.weekly()),
    'own-view': answers(lambda t: with_line(t, 'X-MINE:1', *ALARM)),
    'attendee-deletes': attendee_deletes,
    'cancelled-goes': cancelled_goes,
    'message-goes': message_goes,
    'propose': proposes,
    'busy': asks_when_busy,
    'task': task(['DUE;VALUE=DATE:20270305']),
    'task-done': task(['DUE;VALUE=DATE:20270305', 'DTSTART;VALUE=DATE:20270305', 'RRULE:FREQ=WEEKLY;COUNT=5', 'STATUS:COMPLETED', 'COMPLETED:20270305T100000Z', 'PERCENT-COMPLETE:100'],
                      ['DUE;VALUE=DATE:20270305', 'DTSTART;VALUE=DATE:20270305', 'RRULE:FREQ=WEEKLY;COUNT=5']),
    'grant': grants,
    'proxy': lets_act,
}


class World:
    """An Exchange and a gateway, and what was found out about the operations."""

    def __init__(self):
        self.lab = Lab(version='2019', auth='basic').start()
        self.gateway = Gateway(self.lab.ews_url, location='ExchangeTimeout 3s\nExchangeFreshness 0\nExchangeHomeFreshness 0').start()
        self.clients = {n: Client(self.gateway.url, n) for n in NAMES}
        self.known = {}
        self.lab.share('alice', 'bob', 'Editor')
        alice, bob = self.clients['alice'], self.clients['bob']
        self.other, self.shared = alice.home + 'other/', '/dav/calendars/alice@contoso.example/calendar/'
        assert alice.request('MKCALENDAR', self.other).status == 201
        for c in self.clients.values():
            assert c.propfind(c.home, ['d:displayname'], 1).status == 207

    def end(self):
        self.gateway.stop()
        crashes = self.gateway.crashes()
        self.gateway.remove()
        self.lab.stop()
        assert not crashes, crashes

    def acl(self, s, *privileges, to='dave'):
        return s.alice.request('ACL', self.other, '<d:acl %s><d:ace><d:principal><d:href>/dav/principals/%s@contoso.example/</d:href></d:principal><d:grant>%s</d:grant></d:ace></d:acl>' % (
            DECL, to, ''.join('<d:privilege>%s</d:privilege>' % p for p in privileges)))

    def rights(self, s):
        """Who may do what with alice's calendars, in her Outlook."""
        o = Outlook(self.lab, 'alice')
        delegates = o.call('<m:GetDelegate IncludePermissions="true"><m:Mailbox><t:EmailAddress>alice@contoso.example</t:EmailAddress></m:Mailbox></m:GetDelegate>')
        found = sorted((d.findtext('{*}UserId/{*}PrimarySmtpAddress'), d.findtext('{*}DelegatePermissions/{*}CalendarFolderPermissionLevel'))
                       for d in delegates.iter() if d.tag.endswith('}DelegateUser'))
        r = s.alice.propfind(self.other, ['d:acl'])
        return found, sorted(''.join(ace.itertext()) + ' '.join(sorted(e.tag for e in ace.iter())) for e in r.entries for ace in e.ok('d:acl').element)

    def settle(self):
        """The fault is over, and so is any back-off that it asked for."""
        self.lab.settings(faults=[])
        for c in self.clients.values():
            for _ in range(100):
                if c.propfind(c.calendar, ['cs:getctag']).status == 207:
                    break
                time.sleep(0.1)
            else:
                raise AssertionError('it does not recover')

    def reference(self, name):
        """What it looks like before and after, who is mailed, and what Exchange is asked for."""
        if name not in self.known:
            OPERATIONS[name](Stage(self))()  # what is asked for only once
            s = Stage(self)
            request = OPERATIONS[name](s)
            before, mails = s.seen(), s.mails()
            self.lab.settings(record=100)
            self.lab.reset_calls()
            r = request()
            calls = [row['operation'] for row in self.lab.requests()]
            self.lab.settings(record=0)
            assert r.status in (200, 201, 204, 207), (name, r)
            self.known[name] = before, s.seen(), s.mails()[len(mails):], calls
        return self.known[name]


@pytest.fixture(scope='module')
def world():
    w = World()
    yield w
    w.end()


def understood(r):
    assert r.status in UNDERSTOOD, r
    if r.status == 503:
        assert int(r.header('Retry-After')) > 0, r
    if r.status == 207:
        return [p.status for e in r.entries for p in e.props.values()] or [e.status for e in r.entries]
    if b'<' in r.body[:1]:
        assert r.xml is not None
    return [r.status]


def differences(a, b, where=''):
    if isinstance(a, dict) and isinstance(b, dict):
        return [d for k in sorted(set(a) | set(b)) for d in differences(a.get(k), b.get(k), '%s.%s' % (where, k))]
    if isinstance(a, str) and isinstance(b, str) and '\r\n' in a:
        x, y = a.split('\r\n'), b.split('\r\n')
        return ['%s: %r' % (where, [line for line in x if line not in y]), '%s: instead %r' % (where, [line for line in y if line not in x])] if a != b else []
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and len(a) == len(b):
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, '%s[%d]' % (where, i))]
    return ['%s: %r instead of %r' % (where, a, b)] if a != b else []


def same(seen, *wanted):
    return min((differences(seen, w) for w in wanted), key=len)


def kinds_at(name, position, operation):
    """Which faults a call meets, when not all of them do."""
    if os.environ.get('EXCAL_FAULTS') == 'all':
        return KINDS
    n = sorted(OPERATIONS).index(name) + position
    if operation.startswith(('Get', 'Sync', 'Find')) and n % 3:
        return ()
    return (SAMPLE[(sorted(OPERATIONS).index(name) * 3 + position) % len(SAMPLE)],)


@pytest.mark.parametrize('name', OPERATIONS)
def test_each_call_fails(world, name):
    before, after, mails, calls = world.reference(name)
    assert calls, 'an operation that asks Exchange nothing shows nothing'
    problems = []
    for position in range(len(calls)):
        for kind in kinds_at(name, position, calls[position]):
            found = one_fault(world, name, position, kind)
            if found:
                problems.append('%s at %d of %s: %s' % (kind, position, ' '.join(calls), '\n    '.join(str(f)[:900] for f in found)))
    assert not problems, '\n' + '\n'.join(problems)


def one_fault(world, name, position, kind):
    before, after, mails, calls = world.reference(name)
    s = Stage(world)
    request = OPERATIONS[name](s)
    n = len(s.mails())
    world.lab.faults(dict(operation='*', kind=kind, times=1, skip=position, value=8000 if kind == 'hang' else 200))
    r = request()
    world.settle()
    if kind == 'ErrorInternalServerError' and calls[position] == 'GetItem':
        time.sleep(2)  # so long the gateway believes that it fails for the item's sake
    found = []
    codes = understood(r)
    seen, sent = s.seen(), s.mails()[n:]
    good = all(c in (200, 201, 204) for c in codes)
    # Exchange says that there is no such item: what was to go has gone, as far as anybody can tell
    lied = kind == 'ErrorItemNotFound' and good
    wrong = same(seen, after) if good and not lied else same(seen, before, after)
    if wrong:
        found += ['neither as before nor as wished after %r' % r, sent] + wrong if not good else ['not as wished after %r' % r, sent] + wrong
    done = not same(seen, after)
    if sent != (mails if done and not lied else []) and not (lied and sent == mails):
        found.append('mailed %r instead of %r after %r' % (sent, mails if done else [], r))
    # what went well a client does not say again
    if good:
        return found
    r = request()
    codes = understood(r)
    if not all(c in (200, 201, 204, 404) for c in codes):
        found.append('saying it again: %r' % r)
    wrong, sent = same(s.seen(), after), s.mails()[n:]
    if wrong:
        found += ['not as wished when said again'] + wrong
    if sent != mails:
        found.append('mailed %r instead of %r when said again' % (sent, mails))
    return found

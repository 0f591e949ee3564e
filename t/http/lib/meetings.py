# SPDX-License-Identifier: Apache-2.0
"""Meetings as tests look at them: the texts that an organizer's client writes, and who was mailed what."""
import contextlib

from ical import events, props, unfold

DOMAIN = 'contoso.example'


def address(name):
    return name if '@' in name else '%s@%s' % (name, DOMAIN)


def person(name, **params):
    """An ATTENDEE line: person('bob', ROLE='OPT-PARTICIPANT')."""
    return 'ATTENDEE%s:mailto:%s' % (''.join(';%s=%s' % (k.replace('_', '-'), v) for k, v in params.items()), address(name))


def people(*attendees, organizer='alice'):
    lines = [a if ':' in a else person(a, PARTSTAT='NEEDS-ACTION', RSVP='TRUE') for a in attendees]
    return 'ORGANIZER;CN=The Organizer:mailto:%s\n%s\n%s' % (address(organizer), person(organizer, ROLE='CHAIR', PARTSTAT='ACCEPTED'), '\n'.join(lines))


def series(uid, summary, who, *overrides, rule='FREQ=WEEKLY;COUNT=6', start='20270302T100000', extra='', out=()):
    """A weekly series in Berlin; overrides: (original start, start, lines) of an hour each."""
    def component(first, last, lines, own):
        return ('BEGIN:VEVENT\nUID:%s\nDTSTAMP:20270101T000000Z\n%sDTSTART;TZID=Europe/Berlin:%s\nDTEND;TZID=Europe/Berlin:%s\n%s\nEND:VEVENT\n'
                % (uid, own, first, last, '\n'.join(x for x in lines.split('\n') if x)))
    later = lambda t: '%s%02d%s' % (t[:9], int(t[9:11]) + 1, t[11:])
    own = 'RRULE:%s\n%s' % (rule, ''.join('EXDATE;TZID=Europe/Berlin:%s\n' % x for x in out))
    text = component(start, later(start), 'SUMMARY:%s\n%s\n%s' % (summary, extra, who), own)
    for original, moved, lines in overrides:
        text += component(moved, later(moved), lines, 'RECURRENCE-ID;TZID=Europe/Berlin:%s\n' % original)
    return ('BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n%sEND:VCALENDAR\n' % text).replace('\n', '\r\n')


def short(mail):
    """('REQUEST', 'bob carol') with '@' and the start for one occurrence."""
    to = ' '.join(sorted(a.split('@')[0] if a.endswith('@' + DOMAIN) else a for a in mail['to']))
    method = mail['method'] or mail['class']
    return '%s%s %s' % (method, '@' + mail['recurrence_id'][:10] if mail['recurrence_id'] else '', to)


@contextlib.contextmanager
def mailed(lab, uid, sender='alice'):
    """Collects what that mailbox mails of that meeting: with mailed(lab, uid) as mails: …; then mails == ['REQUEST bob']."""
    mine = lambda: [m for m in lab.outbox() if m['uid'] == uid and m['from'].startswith(sender)]
    before, found = len(mine()), []
    yield found
    found += [short(m) for m in mine()[before:]]


def calls_of(lab, what):
    """{operation: n} that this costs Exchange."""
    lab.reset_calls()
    what()
    return lab.calls()['by_operation']


def attendee_line(text, name, recurrence_id=None):
    """The ATTENDEE line of somebody in the master, or in an override."""
    block = events(text)[recurrence_id]
    [line] = [x for x in props(block, 'ATTENDEE') if x.lower().endswith('mailto:' + address(name))]
    return unfold(line)


def param(line, name):
    """A parameter's value; None without it."""
    for part in line.split(':mailto:')[0].split(';')[1:]:
        key, _, v = part.partition('=')
        if key == name:
            return v.strip('"')
    return None


def partstat(text, name, recurrence_id=None):
    return param(attendee_line(text, name, recurrence_id), 'PARTSTAT') or 'NEEDS-ACTION'

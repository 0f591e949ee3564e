# SPDX-License-Identifier: Apache-2.0
"""Random valid tasks (hypothesis strategies): whatever a VTODO may hold by RFC 5545, 7986, 9073 and 9074, without people.
What a task has in common with an event is invented as that of events is (invent.py)."""
import datetime as dt

from hypothesis import strategies as st
from invent import ANY_CLOCK, HEADS, ODD_PATTERNS, PATTERNS, contents, series, start_of

OF_EVENTS = {'TRANSP', 'STATUS', 'X-MICROSOFT-CDO-BUSYSTATUS'}
OPEN = [[], [], ['STATUS:NEEDS-ACTION'], ['STATUS:IN-PROCESS'], ['STATUS:IN-PROCESS', 'PERCENT-COMPLETE:40'], ['PERCENT-COMPLETE:0'], ['PERCENT-COMPLETE:99'],
        ['STATUS:NEEDS-ACTION', 'PERCENT-COMPLETE:10'], ['STATUS:CANCELLED'], ['STATUS:CANCELLED', 'PERCENT-COMPLETE:70'], ['STATUS;X-WHY="a;b":IN-PROCESS'],
        ['STATUS:IN-PROCESS', 'PERCENT-COMPLETE:100'], ['STATUS:NEEDS-ACTION', 'COMPLETED:20260301T080000Z']]
DONE = [['STATUS:COMPLETED', 'COMPLETED:20260301T080000Z', 'PERCENT-COMPLETE:100'], ['STATUS:COMPLETED'], ['COMPLETED:20240229T235959Z'], ['PERCENT-COMPLETE:100'],
        ['STATUS:COMPLETED', 'PERCENT-COMPLETE:50'], ['COMPLETED;X-BY=me:20260301T000000Z', 'STATUS:COMPLETED']]
FILES = ['ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;FILENAME=note.txt:aGVsbG8gd29ybGQ=', 'ATTACH;ENCODING=BASE64;VALUE=BINARY:AAECAwT/',
         'ATTACH;VALUE=BINARY;ENCODING=BASE64;X-FILENAME="Größe, 1.bin":%s' % ('AAAA' * 40)]


@st.composite
def dates(draw, clock, start, first):
    """DTSTART, DUE, DURATION in the combinations that RFC 5545 allows. first: DTSTART must be there, or DUE in its place."""
    days = clock.kind == 'date'
    later = dt.timedelta(days=draw(st.sampled_from([0, 1, 3, 40]))) if days else dt.timedelta(minutes=draw(st.sampled_from([1, 30, 600, 1440, 50000])))
    length = 'P%dD' % later.days if days else 'PT%dM' % (later.total_seconds() // 60)
    begin, due = clock.write('DTSTART', start), clock.write('DUE', start + later)
    return draw(st.sampled_from([[begin, due], [begin, due], [clock.write('DUE', start)], [begin], [begin, 'DURATION:' + length]] + ([] if first else [[], [due]])))


@st.composite
def a_task(draw, patterns, states):
    """The lines of one VCALENDAR; UID is left as %UID%. patterns None: no series."""
    clock = draw(ANY_CLOCK)
    lines, parts = draw(contents())
    lines = [x for x in lines if x.split(':')[0].split(';')[0] not in OF_EVENTS]
    if patterns is None:
        times = draw(dates(clock, draw(start_of(clock)), False))
    else:
        rule, start, _ = draw(series(clock, patterns))
        times = draw(dates(clock, start, True)) + ['RRULE:' + rule]
    lines += draw(st.sampled_from(states)) + draw(st.lists(st.sampled_from(FILES), max_size=1))
    zone = [x.replace('%s', clock.tzid.replace(',', '\\,')) for x in clock.own] if clock.own else []
    return (['BEGIN:VCALENDAR', 'VERSION:2.0'] + draw(st.sampled_from(HEADS)) + zone + ['BEGIN:VTODO', 'UID:%UID%', 'DTSTAMP:20270101T000000Z'] + times + lines + parts
            + ['END:VTODO', 'END:VCALENDAR'])


def single():
    return a_task(None, OPEN + DONE)


def recurring():
    """An open one of a rule that Exchange has a pattern for."""
    return a_task(PATTERNS, OPEN)


def storable():
    return st.one_of(single(), single(), recurring())


def of_any_rule():
    return a_task(ODD_PATTERNS, OPEN)

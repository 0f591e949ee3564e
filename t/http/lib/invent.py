# SPDX-License-Identifier: Apache-2.0
"""Random valid calendar objects (hypothesis strategies): whatever a VEVENT may hold by RFC 5545, 7986, 9073 and 9074,
without people. `expressible()` are those that Exchange can hold, `any_rule()` those whose rules it may have no pattern for."""
import datetime as dt
import re
import zlib

from dateutil.rrule import rrulestr
import hunt  # noqa: F401  first: it says where hypothesis keeps its tables
from hypothesis import strategies as st

IANA = ['Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'Asia/Kolkata', 'America/Sao_Paulo', 'Pacific/Auckland', 'Europe/London',
        'Asia/Tokyo', 'Africa/Cairo', 'America/St_Johns', 'Europe/Lisbon', 'Asia/Kathmandu']
ALIAS = ['/freeassociation.sourceforge.net/Tzfile/Europe/Vienna', 'Eastern Standard Time', 'US/Pacific', 'W. Europe Standard Time']
RULES_OF_BERLIN = '''BEGIN:VTIMEZONE
TZID:%s
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE'''.split('\n')
RULES_OF_NOWHERE = '''BEGIN:VTIMEZONE
TZID:%s
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0345
TZOFFSETTO:+0345
END:STANDARD
END:VTIMEZONE'''.split('\n')

# ---- text ----

ODD_TEXTS = ['x', 'a, b; c', 'back\\slash \\n no newline', 'line\nbreak\n\ntwo', ' leading', 'trailing ', 'tab\there', '"quoted"', "it's ^n ^^ caret", 'a:b=c', '<b>&amp;</b>',
             'Größe äöüß', 'Δέλτα Ж 中文字', '😀👩‍👩‍👧 emoji', 'é decomposed: e\u0301', 'nbsp\u00a0here', 'rtl \u05d0\u05d1\u05d2', 'BEGIN:VEVENT', 'END:VCALENDAR', 'long ' * 30,
             'ü' * 80, '%s %d %n', '-----', '1', 'TRUE', '\\', ',', ';', '\n', 'a\\,b', "^'", 'http://example.com/?a=b&c=d']
TEXT = st.one_of(st.sampled_from(ODD_TEXTS), st.sampled_from(ODD_TEXTS),
                 st.text(st.characters(blacklist_categories=('Cs', 'Cc', 'Cn', 'Co'), blacklist_characters='\u2028\u2029\ufeff'), max_size=8))


def escape(text):
    return text.replace('\\', '\\\\').replace(';', '\\;').replace(',', '\\,').replace('\n', '\\n')


def param_value(text):
    """As RFC 6868 writes it; in quotes where it must be."""
    text = text.replace('^', '^^').replace('\n', '^n').replace('"', "^'")
    return '"%s"' % text if any(c in text for c in ',;:') or not text else text


# ---- lines: {T} is a text, {P} a text as a parameter's value, {N} a number ----

ONCE = """
X-ALT-DESC;FMTTYPE=text/html:<html><body>Some <b>bold</b> text</body></html>
DESCRIPTION:{T} | DESCRIPTION;LANGUAGE=de;ALTREP="cid:part1@example.com":{T} | DESCRIPTION;X-P={P}:{T}
LOCATION:{T} | LOCATION;LANGUAGE=en-GB;ALTREP="http://example.com/a;b,c":{T}
CLASS:PUBLIC | CLASS:PRIVATE | CLASS:CONFIDENTIAL | CLASS:X-TEAM | CLASS;X-P={P}:PRIVATE
PRIORITY:0 | PRIORITY:1 | PRIORITY:4 | PRIORITY:5 | PRIORITY:6 | PRIORITY:9
TRANSP:OPAQUE | TRANSP:TRANSPARENT | TRANSP;X-P={P}:TRANSPARENT
STATUS:CONFIRMED | STATUS:TENTATIVE | STATUS:CANCELLED
GEO:52.520000;13.404954 | GEO:-33.9;151.2 | GEO;X-P={P}:0;0
URL:http://example.com/a?b=c,d;e | URL:urn:uuid:1b2c | URL;VALUE=URI:https://example.org/%C3%A4
COLOR:turquoise | COLOR:Red
CREATED:20250101T000000Z | CREATED:20260606T120001Z
LAST-MODIFIED:20260707T070707Z
SEQUENCE:0 | SEQUENCE:1 | SEQUENCE:7
X-MICROSOFT-CDO-BUSYSTATUS:OOF | X-MICROSOFT-CDO-BUSYSTATUS:BUSY | X-MICROSOFT-CDO-BUSYSTATUS:FREE | X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE
X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE
X-MICROSOFT-CDO-IMPORTANCE:2 | X-MICROSOFT-DISALLOW-COUNTER:TRUE
X-MOZ-LASTACK:20270301T080000Z | X-MOZ-GENERATION:3 | X-MOZ-SEND-INVITATIONS:TRUE | X-MOZ-SNOOZE-TIME:20270302T080000Z
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC | X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M
X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-ADDRESS="Straße 1\\n12345 Ort";X-APPLE-RADIUS=70;X-TITLE=Büro:geo:52.5,13.4
REFID:group-1 | CONCEPT:http://example.com/concept/x
"""
MANY = """
CATEGORIES:{T},b | CATEGORIES;LANGUAGE=de:Büro,{T},Größe | CATEGORIES:plain | CATEGORIES:A,B,A
COMMENT:{T} | COMMENT;ALTREP="cid:x@example.com";LANGUAGE=fr:{T} | COMMENT;X-A={P};X-B=1:two
CONTACT:{T} | CONTACT;ALTREP="http://example.com/c.vcf":{T}
RESOURCES:{T},beamer | RESOURCES;LANGUAGE=de;ALTREP="http://example.com/r":Leinwand
ATTACH:http://example.com/a.pdf | ATTACH;FMTTYPE=application/pdf;FILENAME="a;b.pdf":https://example.com/b.pdf | ATTACH;FMTTYPE=text/plain;SIZE=12:https://example.com/c
RELATED-TO:other@example.com | RELATED-TO;RELTYPE=SIBLING:b@example.com | RELATED-TO;RELTYPE=X-KIND:c@example.com
RELATED-TO;VALUE=UID;RELTYPE=FINISHTOSTART;GAP=PT5M:d@example.com | REQUEST-STATUS:2.0;Success | REQUEST-STATUS;LANGUAGE=en:3.7;Invalid\\, user;ATTENDEE:x
IMAGE;VALUE=URI;DISPLAY=BADGE;FMTTYPE=image/png:http://example.com/i.png | IMAGE;VALUE=URI;DISPLAY="BADGE,THUMBNAIL";ALTREP="http://example.com/":https://example.com/j.gif
CONFERENCE;VALUE=URI;FEATURE=PHONE,MODERATOR;LABEL={P}:tel:+1-412-555-0123 | CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://video.example.com/m?id=1
STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html:<b>bold</b>\\, and | STRUCTURED-DATA;VALUE=URI:http://example.com/data
STRUCTURED-DATA;VALUE=TEXT;FMTTYPE=application/ld+json;SCHEMA="https://schema.org/Event":{"a": 1}
LINK;LINKREL=SOURCE;VALUE=URI:http://example.com/s | IANA-THING;OPT=1:some value | X-EMPTY: | X-{N};X-P={P};VALUE=TEXT:{T} | X-LIST:a,b,c | X-SEMI:a;b;c
X-WR-SOMETHING;VALUE=DATE-TIME:20270101T000000Z | X-TZ;TZID=Europe/Berlin:20270101T000000 | X-ALIEN;X-P="a,b";X-P2=c,d:v | ATTACH;VALUE=URI:cid:local@example.com
"""


def table(text):
    return [x.strip() for row in text.strip().split('\n') for x in row.split(' | ')]


ONCE, MANY = table(ONCE), table(MANY)
PARTS = [  # RFC 9073
    ['BEGIN:VLOCATION', 'UID:loc-1', 'NAME:{T}', 'LOCATION-TYPE:bar,theater', 'GEO:52.5;13.4', 'END:VLOCATION'],
    ['BEGIN:VLOCATION', 'UID:loc-2', 'DESCRIPTION:Parking\\, deck 2', 'STRUCTURED-DATA;VALUE=URI:http://example.com/p', 'X-ODD;X-P=1:v', 'END:VLOCATION'],
    ['BEGIN:PARTICIPANT', 'UID:part-1', 'PARTICIPANT-TYPE:SPEAKER', 'SUMMARY:{T}', 'CALENDAR-ADDRESS:mailto:anna@example.com', 'END:PARTICIPANT'],
    ['BEGIN:PARTICIPANT', 'UID:part-2', 'PARTICIPANT-TYPE:SPONSOR', 'BEGIN:VLOCATION', 'UID:loc-3', 'NAME:Office', 'END:VLOCATION', 'BEGIN:VRESOURCE', 'UID:res-2',
     'RESOURCE-TYPE:PROJECTOR', 'END:VRESOURCE', 'END:PARTICIPANT'],
    ['BEGIN:VRESOURCE', 'UID:res-1', 'RESOURCE-TYPE:ROOM', 'NAME:Room\\; upstairs', 'END:VRESOURCE'], ['BEGIN:X-PART', 'X-A:{T}', 'END:X-PART']]
TRIGGERS = ['TRIGGER:-PT15M', 'TRIGGER:PT0S', 'TRIGGER:-P1D', 'TRIGGER:-P1DT2H', 'TRIGGER:-PT1H30M', 'TRIGGER:-P1W', 'TRIGGER:PT5M', 'TRIGGER:-PT90S',
            'TRIGGER;RELATED=END:-PT10M', 'TRIGGER;RELATED=END:PT0S', 'TRIGGER;RELATED=START;VALUE=DURATION:-PT30M', 'TRIGGER;X-WHY={P}:-PT20M',
            'TRIGGER;VALUE=DATE-TIME:19760401T005545Z', 'TRIGGER;VALUE=DATE-TIME:20260601T100000Z']
ACTIONS = [['ACTION:DISPLAY', 'DESCRIPTION:{T}'], ['ACTION:DISPLAY', 'DESCRIPTION;LANGUAGE=de:Alarm'], ['ACTION:AUDIO'], ['ACTION:NONE'], ['ACTION:X-BUZZ'],
           ['ACTION:AUDIO', 'ATTACH;FMTTYPE=audio/basic:ftp://example.com/bell.aud'], ['ACTION:AUDIO', 'ATTACH;VALUE=URI:Basso'],
           ['ACTION:EMAIL', 'SUMMARY:{T}', 'DESCRIPTION:{T}', 'ATTENDEE:mailto:colleague@example.com']]
OF_ALARMS = [['REPEAT:2', 'DURATION:PT5M'], ['ACKNOWLEDGED:20260601T095500Z'], ['X-WR-ALARMUID:A-{N}'], ['UID:A-{N}'], ['RELATED-TO;RELTYPE=SNOOZE:A-0'],
             ['X-APPLE-DEFAULT-ALARM:TRUE'], ['PROXIMITY:ARRIVE'], ['PROXIMITY:DEPART'], PARTS[0], ['X-MOZ-LASTACK:20260601T100000Z'], ['X-A;X-B={P}:{T}']]


@st.composite
def alarms(draw):
    out = []
    for trigger, action, more in draw(st.lists(st.tuples(st.sampled_from(TRIGGERS), st.sampled_from(ACTIONS), st.lists(st.sampled_from(OF_ALARMS), max_size=2)), max_size=3)):
        lines = action + [trigger]
        for extra in more:
            if extra[0].split(':')[0] not in [x.split(':')[0] for x in lines]:
                lines = lines + extra
        out += ['BEGIN:VALARM'] + lines + ['END:VALARM']
    return out


def filled(lines, texts):
    """The templates with these texts in them, one after the other."""
    out = []
    for i, x in enumerate(lines):
        t = texts[i % len(texts)]
        out.append(x.replace('{T}', escape(t)).replace('{P}', param_value(t)).replace('{N}', str(i)))
    return out


@st.composite
def contents(draw):
    """The lines of a VEVENT but for its times, and its components."""
    once = draw(st.lists(st.sampled_from(ONCE), max_size=7, unique_by=lambda x: x.split(':')[0].split(';')[0]))
    many = draw(st.lists(st.sampled_from(MANY), max_size=5))
    parts = [x for p in draw(st.lists(st.sampled_from(PARTS), max_size=2)) for x in p] + draw(alarms())
    texts = draw(st.lists(TEXT, min_size=1, max_size=3))
    title = draw(st.sampled_from(['SUMMARY:{T}', 'SUMMARY:{T}', 'SUMMARY:Meeting', 'SUMMARY;LANGUAGE=de;X-P={P}:{T}', 'SUMMARY;ALTREP="http://example.com/s":{T}']))
    return filled([title] + many + once, texts), filled(parts, texts)


# ---- times ----

class Clock:
    """How an object writes its times."""

    def __init__(self, kind, tzid=None, own=None):
        self.kind, self.tzid, self.own = kind, tzid, own

    def __repr__(self):
        return 'Clock(%s, %s)' % (self.kind, self.tzid)

    def write(self, name, w):
        if self.kind == 'date':
            return '%s;VALUE=DATE:%s' % (name, w.strftime('%Y%m%d'))
        text = w.strftime('%Y%m%dT%H%M%S')
        if self.kind == 'utc':
            return '%s:%sZ' % (name, text)
        if self.kind == 'floating':
            return '%s:%s' % (name, text)
        return '%s;TZID=%s:%s' % (name, param_value(self.tzid), text)


CLOCK = st.one_of(st.sampled_from(IANA).map(lambda z: Clock('zoned', z)), st.sampled_from(ALIAS).map(lambda z: Clock('zoned', z)), st.just(Clock('utc')),
                  st.just(Clock('date')), st.just(Clock('floating')), st.just(Clock('zoned', 'Head Office, Berlin', RULES_OF_BERLIN)))
NOWHERE = Clock('zoned', 'Nowhere', RULES_OF_NOWHERE)
DAYS = st.one_of(st.dates(dt.date(2025, 1, 1), dt.date(2029, 12, 31)),
                 st.sampled_from([dt.date(2028, 2, 29), dt.date(2027, 1, 31), dt.date(2027, 3, 28), dt.date(2027, 3, 14), dt.date(2027, 10, 31), dt.date(2027, 11, 7),
                                  dt.date(2027, 12, 31), dt.date(2027, 4, 4), dt.date(2027, 1, 30), dt.date(2027, 1, 29)]))
HOURS = st.one_of(st.sampled_from([(0, 0), (0, 30), (9, 0), (22, 0), (23, 45)]), st.tuples(st.integers(4, 23), st.sampled_from([0, 5, 15, 30, 59])))


@st.composite
def ends(draw, clock, start, most=None):
    """DTEND, DURATION or neither; most: an upper bound."""
    if clock.kind == 'date':
        days = draw(st.integers(1, min(5, most.days if most else 5)))
        return draw(st.sampled_from([[clock.write('DTEND', start + dt.timedelta(days=days))], ['DURATION:P%dD' % days]] + ([[]] if days == 1 else [])))
    lengths = [0, 1, 15, 60, 90, 120, 480, 1439] + ([] if most else [1440, 3000, 10080])
    minutes = draw(st.sampled_from(lengths))
    days, rest = divmod(minutes, 1440)
    text = 'DURATION:P' + ('%dD' % days if days else '') + ('T%dM' % rest if rest or not days else '')
    other = Clock('utc') if clock.kind != 'floating' else clock
    forms = [[clock.write('DTEND', start + dt.timedelta(minutes=minutes))], [text]] + ([[]] if not minutes else [])
    if minutes >= 480 and other.kind == 'utc' and clock.kind == 'zoned' and not most:  # a day later in UTC lies behind any start
        forms.append([other.write('DTEND', start + dt.timedelta(days=2))])
    return draw(st.sampled_from(forms))


@st.composite
def start_of(draw, clock):
    day, hour = draw(DAYS), (0, 0) if clock.kind == 'date' else draw(HOURS)
    return dt.datetime(day.year, day.month, day.day, *hour)


# ---- rules ----

WD = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
NTH = st.sampled_from([1, 2, 3, 4, -1])
DAY_SETS = st.lists(st.sampled_from(WD), min_size=1, max_size=4, unique=True).map(lambda ds: ','.join(sorted(ds, key=WD.index)))
CLASSES = st.sampled_from(['MO,TU,WE,TH,FR', 'SA,SU', 'MO,TU,WE,TH,FR,SA,SU'])


def of(fmt, *args):
    return st.tuples(*args).map(lambda a: fmt % a)


PATTERNS = st.one_of(
    of('FREQ=DAILY;INTERVAL=%d', st.sampled_from([1, 1, 2, 3, 10, 400])), st.just('FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR'),
    of('FREQ=WEEKLY;INTERVAL=%d;BYDAY=%s', st.sampled_from([1, 2, 3, 52]), DAY_SETS),
    of('FREQ=WEEKLY;INTERVAL=%d;BYDAY=%s;WKST=%s', st.sampled_from([1, 2, 3]), DAY_SETS, st.sampled_from(WD)), st.just('FREQ=WEEKLY'),
    of('FREQ=MONTHLY;INTERVAL=%d;BYMONTHDAY=%d', st.sampled_from([1, 1, 2, 5]), st.integers(1, 28)),
    of('FREQ=MONTHLY;INTERVAL=%d;BYMONTHDAY=-1', st.sampled_from([1, 2])), st.just('FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1'),
    st.just('FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1'), of('FREQ=MONTHLY;BYMONTHDAY=%s;BYSETPOS=-1', st.just('28,29,30,31')),
    of('FREQ=MONTHLY;INTERVAL=%d;BYDAY=%d%s', st.sampled_from([1, 1, 3]), NTH, st.sampled_from(WD)),
    of('FREQ=MONTHLY;BYDAY=%s;BYSETPOS=%d', st.sampled_from(WD), NTH), of('FREQ=MONTHLY;INTERVAL=%d;BYDAY=%s;BYSETPOS=%d', st.sampled_from([1, 2]), CLASSES, NTH),
    of('FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d', st.integers(1, 12), st.integers(1, 28)), st.just('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1'),
    of('FREQ=YEARLY;INTERVAL=%d;BYMONTH=%d;BYMONTHDAY=%d', st.sampled_from([2, 4]), st.integers(1, 12), st.integers(1, 28)),
    of('FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s', st.integers(1, 12), NTH, st.sampled_from(WD)),
    of('FREQ=YEARLY;BYMONTH=%d;BYDAY=%s;BYSETPOS=%d', st.integers(1, 12), CLASSES, NTH), of('FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=31', st.sampled_from([1, 3, 5, 7, 8, 10, 12])),
    of('FREQ=MONTHLY;BYDAY=%s;BYMONTHDAY=%s', st.sampled_from(WD), st.sampled_from(['1,2,3,4,5,6,7', '8,9,10,11,12,13,14', '-7,-6,-5,-4,-3,-2,-1'])))

ODD_PATTERNS = st.one_of(
    PATTERNS, of('FREQ=HOURLY;INTERVAL=%d', st.sampled_from([1, 5, 24])), of('FREQ=DAILY;BYHOUR=%s', st.sampled_from(['9', '9,12', '0,6,12,18'])), st.just('FREQ=MINUTELY;INTERVAL=50'),
    of('FREQ=YEARLY;BYYEARDAY=%d', st.sampled_from([1, 60, 366, -1])), of('FREQ=YEARLY;BYWEEKNO=%d;BYDAY=MO', st.integers(1, 53)),
    of('FREQ=YEARLY;BYMONTH=%s', st.sampled_from(['3,6', '1,2,3', '2'])), of('FREQ=MONTHLY;BYMONTHDAY=%s', st.sampled_from(['1,15', '29', '30', '31', '-2', '13', '-1,1'])),
    of('FREQ=MONTHLY;BYDAY=%s', st.sampled_from(['1MO,3MO', '5FR', '-2SU', 'MO', 'FR', '1MO,-1FR', 'MO,TU'])), st.just('FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13'),
    of('FREQ=MONTHLY;BYDAY=%s;BYSETPOS=%s', st.sampled_from(['MO,TU', 'MO,TU,WE,TH,FR', 'SA,SU']), st.sampled_from(['1', '5', '-2', '1,-1'])),
    of('FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=%d', st.sampled_from([1, -1])), of('FREQ=DAILY;BYMONTH=%d', st.integers(1, 12)), of('FREQ=WEEKLY;BYMONTH=%d', st.integers(1, 12)),
    st.just('FREQ=MONTHLY'), st.just('FREQ=YEARLY'), of('FREQ=YEARLY;BYDAY=%d%s', st.sampled_from([1, 20, -1, 53]), st.sampled_from(WD)), st.just('FREQ=YEARLY;BYMONTHDAY=13'),
    st.just('FREQ=YEARLY;INTERVAL=20'), st.just('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29'), of('FREQ=YEARLY;BYDAY=%s', st.sampled_from(['MO', 'SA,SU'])),
    of('FREQ=DAILY;BYDAY=%s;INTERVAL=2', st.sampled_from(WD)), of('FREQ=DAILY;BYMONTHDAY=%d', st.integers(1, 31)), st.just('FREQ=DAILY;BYSETPOS=1;BYDAY=MO'),
    of('FREQ=MONTHLY;BYMONTH=%s;BYMONTHDAY=%d', st.sampled_from(['3', '1,7', '1,2,3,4,5,6,7,8,9,10,11,12']), st.integers(1, 28)))


def dates_of(rule, start, n):
    out = []
    for w in rrulestr(rule, dtstart=start):
        out.append(w)
        if len(out) >= n:
            break
    return out


@st.composite
def series(draw, clock, patterns):
    """(RRULE, first wall clock, some of its dates)."""
    rule = draw(patterns)
    near = draw(start_of(clock))
    if clock.kind == 'date' and any(x in rule for x in ('HOUR', 'MINUTE')):
        rule = 'FREQ=DAILY'
    found = dates_of(rule, near, 1)
    start = found[0] if found else near
    limit = draw(st.sampled_from(['', 'COUNT', 'UNTIL', 'UNTIL', 'COUNT']))
    if limit == 'COUNT':
        rule += ';COUNT=%d' % draw(st.sampled_from([1, 2, 5, 12, 60]))
    elif limit:
        dates = dates_of(rule, start, draw(st.sampled_from([2, 7, 20])))
        last = dates[-1] if dates else start
        slack = dt.timedelta(minutes=draw(st.sampled_from([0, 0, 1, 600])))
        if clock.kind == 'date':
            rule += ';UNTIL=' + last.strftime('%Y%m%d')
        elif clock.kind == 'floating':
            rule += ';UNTIL=' + (last + slack).strftime('%Y%m%dT%H%M%S')
        else:  # the instant must be exact: at midnight UTC of two days later it lies behind the date in every zone
            rule += ';UNTIL=' + (last + slack if clock.kind == 'utc' else (last + dt.timedelta(days=1))).strftime('%Y%m%dT%H%M%SZ')
    return rule, start, dates_of(rule.split(';UNTIL')[0], start, 12) if ';UNTIL' not in rule else [d for d in dates_of(rule.split(';UNTIL')[0], start, 12) if d <= last]


@st.composite
def exceptions(draw, clock, dates):
    """(EXDATE lines, overrides) of a series."""
    picks = draw(st.lists(st.integers(0, len(dates) - 1), max_size=min(4, len(dates) - 1), unique=True))
    events = []
    for d in sorted(dates[i] for i in picks[1::2]):
        moved = d
        if clock.kind != 'date':  # within its own day: no neighbour is passed
            moved = d.replace(hour=draw(st.sampled_from([d.hour, 8, 12])), minute=draw(st.sampled_from([d.minute, 10])))
        lines, parts = draw(contents())
        events += (['BEGIN:VEVENT', 'UID:%UID%', 'DTSTAMP:20270102T000000Z', clock.write('RECURRENCE-ID', d), clock.write('DTSTART', moved)]
                   + draw(ends(clock, moved, dt.timedelta(days=1))) + lines + parts + ['END:VEVENT'])
    gone = [clock.write('EXDATE', dates[i]) for i in picks[::2]]
    if len(gone) > 1 and draw(st.booleans()):  # one line of several
        gone = [gone[0] + ''.join(',' + x.rsplit(':', 1)[1] for x in gone[1:])]
    return gone, events


HEADS = [['PRODID:-//Invented//A//EN'], ['PRODID:-//Invented//Ä, B//DE', 'CALSCALE:GREGORIAN', 'X-WR-CALNAME:Own'], ['X-APPLE-CALENDAR-COLOR:#FF0000', 'PRODID:x']]


@st.composite
def an_object(draw, patterns, clocks=CLOCK):
    """The lines of one VCALENDAR; UID is left as %UID%. patterns None: a single event."""
    clock = draw(clocks)
    lines, parts = draw(contents())
    more, events = [], []
    if patterns is not None:
        rule, start, dates = draw(series(clock, patterns))
        gap = min([b - a for a, b in zip(dates, dates[1:])] or [dt.timedelta(days=365)])
        times = [clock.write('DTSTART', start)] + draw(ends(clock, start, min(gap, dt.timedelta(days=1)))) + ['RRULE:' + rule]
        if len(dates) > 2:
            more, events = draw(exceptions(clock, dates))
    else:
        start = draw(start_of(clock))
        times = [clock.write('DTSTART', start)] + draw(ends(clock, start))
    zone = [x.replace('%s', clock.tzid.replace(',', '\\,')) for x in clock.own] if clock.own else []
    return (['BEGIN:VCALENDAR', 'VERSION:2.0'] + draw(st.sampled_from(HEADS)) + zone + ['BEGIN:VEVENT', 'UID:%UID%', 'DTSTAMP:20270101T000000Z'] + times + more + lines
            + parts + ['END:VEVENT'] + events + ['END:VCALENDAR'])


ANY_CLOCK = st.one_of(CLOCK, CLOCK, CLOCK, st.just(NOWHERE))


def expressible():
    return st.one_of(an_object(None, ANY_CLOCK), an_object(PATTERNS, ANY_CLOCK))


def any_rule():
    return an_object(ODD_PATTERNS)


def write(found, uid):
    """The text, in one of the spellings of clients: folded early or late, line ends with and without CR, names in any case."""
    style = zlib.crc32(''.join(found).encode())
    fold, end, lower = (75, 75, 40, 73)[style & 3], '\n' if style >> 2 & 7 == 7 else '\r\n', style >> 5 & 7 == 7
    out = []
    for x in found:
        x = x.replace('%UID%', uid)
        if lower:
            name = re.match('[A-Z0-9-]+', x).group(0)
            x = name.lower() + x[len(name):]
        while len(x.encode()) > fold:
            cut = next(n for n in range(min(fold, len(x)), 0, -1) if len(x[:n].encode()) <= fold)
            out.append(x[:cut])
            x = ' ' + x[cut:]
        out.append(x)
    return end.join(out) + end

# SPDX-License-Identifier: Apache-2.0
"""What an iCalendar text means (RFC 5545, 6868, 7986, 9073, 9074), so that two texts can be compared by it: order,
folding, case of names, quoting, defaults and the spelling of lists say nothing, everything else does. It shares no
code with the gateway and reads no more of a text than it must."""
import datetime as dt
import functools
import itertools
import re
import zoneinfo

from dateutil.rrule import rrulestr

UTC = dt.timezone.utc
NAME = re.compile(r'[A-Za-z0-9-]+')
PARAM = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^",;:]*)(?:,(?:"[^"]*"|[^",;:]*))*)')
# what an absent parameter or value type means
DEFAULT_TYPE = dict.fromkeys(('DTSTART', 'DTEND', 'DUE', 'RECURRENCE-ID', 'EXDATE', 'RDATE', 'DTSTAMP', 'CREATED', 'LAST-MODIFIED', 'COMPLETED',
                              'ACKNOWLEDGED'), 'DATE-TIME')
DEFAULT_TYPE.update(dict.fromkeys(('DURATION', 'TRIGGER', 'REFRESH-INTERVAL'), 'DURATION'))
DEFAULT_TYPE.update(dict.fromkeys(('URL', 'ATTACH', 'TZURL', 'SOURCE'), 'URI'))
DEFAULT_TYPE.update({'ATTENDEE': 'CAL-ADDRESS', 'ORGANIZER': 'CAL-ADDRESS', 'CALENDAR-ADDRESS': 'CAL-ADDRESS', 'RRULE': 'RECUR', 'EXRULE': 'RECUR',
                     'GEO': 'FLOAT', 'SEQUENCE': 'INTEGER', 'PRIORITY': 'INTEGER', 'REPEAT': 'INTEGER', 'TZOFFSETTO': 'UTC-OFFSET',
                     'TZOFFSETFROM': 'UTC-OFFSET', 'IMAGE': '', 'CONFERENCE': '', 'STRUCTURED-DATA': '', 'STYLED-DESCRIPTION': ''})
TEXTS = {'SUMMARY', 'DESCRIPTION', 'LOCATION', 'COMMENT', 'CONTACT', 'CATEGORIES', 'RESOURCES', 'NAME', 'UID', 'TZID', 'RELATED-TO', 'STATUS',
         'CLASS', 'TRANSP', 'PRODID', 'VERSION', 'CALSCALE', 'COLOR', 'LOCATION-TYPE', 'PARTICIPANT-TYPE', 'RESOURCE-TYPE', 'PROXIMITY', 'ACTION',
         'REQUEST-STATUS', 'TZNAME', 'STYLED-DESCRIPTION'}
LISTS = {'CATEGORIES', 'RESOURCES', 'EXDATE', 'RDATE', 'LOCATION-TYPE'}
UPPER = {'STATUS', 'CLASS', 'TRANSP', 'ACTION', 'CALSCALE', 'METHOD', 'PROXIMITY', 'PARTICIPANT-TYPE', 'RESOURCE-TYPE'}
PARAM_DEFAULT = {'RELATED': 'START', 'CUTYPE': 'INDIVIDUAL', 'ROLE': 'REQ-PARTICIPANT', 'PARTSTAT': 'NEEDS-ACTION', 'RSVP': 'FALSE', 'RELTYPE': 'PARENT',
                 'FBTYPE': 'BUSY', 'ENCODING': '8BIT', 'DISPLAY': 'BADGE'}
PARAM_UPPER = {'VALUE', 'ENCODING', 'RELATED', 'CUTYPE', 'ROLE', 'PARTSTAT', 'RSVP', 'RELTYPE', 'FBTYPE', 'DISPLAY', 'FEATURE', 'DERIVED'}


LAST_YEAR = 2100  # no further do we look


class Broken(Exception):
    """The text is no iCalendar."""


class Comp:
    def __init__(self, name):
        self.name, self.props, self.subs = name, [], []

    def all(self, name):
        return [p for p in self.props if p[0] == name]

    def one(self, name):
        found = self.all(name)
        return found[0] if found else None

    def text(self, name):
        p = self.one(name)
        return None if p is None else unescape(p[2])

    def comps(self, name):
        return [s for s in self.subs if s.name == name]


# ---- reading ----

def unescape(s):
    return re.sub(r'\\(.)', lambda m: '\n' if m.group(1) in 'nN' else m.group(1), s)


def split_list(s):
    """At the commas that no backslash stands before; an empty entry says nothing."""
    return re.findall(r'(?:[^,\\]|\\.)+', s)


def caret(s):
    return re.sub(r"\^([n'^])", lambda m: {'n': '\n', "'": '"', '^': '^'}[m.group(1)], s)


def read_line(line):
    m = NAME.match(line)
    if not m:
        raise Broken(line)
    name, at, params = m.group(0).upper(), m.end(), {}
    while at < len(line) and line[at] == ';':
        p = PARAM.match(line, at)
        if not p:
            raise Broken(line)
        values = [caret(v.strip('"')) for v in re.findall(r'(?:^|,)("[^"]*"|[^",]*)', p.group(2))]
        key = p.group(1).upper()
        params[key] = params.get(key, []) + [v.upper() if key in PARAM_UPPER else v for v in values]
        at = p.end()
    if line[at:at + 1] != ':':
        raise Broken(line)
    return name, params, line[at + 1:]


def parse(text):
    """The VCALENDAR of a text."""
    text = re.sub(r'\r?\n[ \t]', '', text)
    top, stack = None, []
    for line in re.split(r'\r?\n', text):
        if not line:
            continue
        name, params, value = read_line(line)
        if name == 'BEGIN':
            comp = Comp(value.strip().upper())
            if stack:
                stack[-1].subs.append(comp)
            elif top is not None:
                raise Broken('two calendars')
            else:
                top = comp
            stack.append(comp)
        elif name == 'END':
            if not stack or stack.pop().name != value.strip().upper():
                raise Broken(line)
        elif not stack:
            raise Broken(line)
        else:
            stack[-1].props.append((name, params, value))
    if stack or top is None:
        raise Broken('no end')
    return top


# ---- times ----

def wall(value):
    value = value.strip().upper()
    return dt.datetime(*(int(value[a:b]) for a, b in ((0, 4), (4, 6), (6, 8)) + (((9, 11), (11, 13), (13, 15)) if len(value) > 8 else ())))


def duration(value):
    m = re.fullmatch(r'([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?', value.strip().upper())
    if not m:
        raise Broken(value)
    w, d, h, mi, s = (int(x or 0) for x in m.groups()[1:])
    sign = -1 if m.group(1) == '-' else 1
    # days are of the calendar, hours of the clock: two numbers
    return sign * (w * 7 + d), sign * (h * 3600 + mi * 60 + s)


@functools.lru_cache(200)
def dates_until(rule, start, year):
    return tuple(itertools.takewhile(lambda t: t.year <= year, rrulestr(rule, dtstart=start)))


class Rules:
    """The offsets of a VTIMEZONE: wall clock to instant."""

    def __init__(self, comp):
        self.changes = []
        for sub in comp.subs:
            start = wall(sub.one('DTSTART')[2])
            before, after = (self.offset(sub.one(n)[2]) for n in ('TZOFFSETFROM', 'TZOFFSETTO'))
            times = {start}
            for rule in sub.all('RRULE'):
                text = re.sub(r'UNTIL=(\d{8}T\d{6})Z', lambda m, b=before: 'UNTIL=' + (wall(m.group(1)) + b).strftime('%Y%m%dT%H%M%S'), rule[2])
                times |= set(dates_until(text, start, LAST_YEAR + 1))
            for dates in sub.all('RDATE'):
                times |= {wall(v) for v in dates[2].split(',')}
            self.changes += [(t - before, before, after) for t in times]
        self.changes.sort(key=lambda c: c[0])

    @staticmethod
    def offset(v):
        sign = -1 if v[0] == '-' else 1
        return sign * dt.timedelta(hours=int(v[1:3]), minutes=int(v[3:5]), seconds=int(v[5:7] or 0))

    def at(self, utc):
        now = self.changes[0][1]
        for t, _, after in self.changes:
            if t > utc:
                break
            now = after
        return now

    def to_utc(self, w, fold=0):
        for guess in sorted({c[2] for c in self.changes} | {self.changes[0][1]}, reverse=not fold):  # the first of an overlap has the larger offset
            if self.at(w - guess) == guess:
                return w - guess
        for t, before, after in self.changes:  # in a gap the offset before it counts
            if before < after and t + before <= w < t + after:
                return w - before
        return w - self.at(w)


class Iana:
    # names that are none of the database, of the clients that tests play
    ALIAS = {'W. Europe Standard Time': 'Europe/Berlin', 'Eastern Standard Time': 'America/New_York', 'Pacific Standard Time': 'America/Los_Angeles',
             'GMT Standard Time': 'Europe/London', 'Romance Standard Time': 'Europe/Paris', 'AUS Eastern Standard Time': 'Australia/Sydney'}

    def __init__(self, name):
        name = name.lstrip('/').split('Tzfile/')[-1]
        self.zone = zoneinfo.ZoneInfo(self.ALIAS.get(name, name))

    def to_utc(self, w, fold=0):
        return w.replace(tzinfo=self.zone, fold=fold).astimezone(UTC).replace(tzinfo=None)


class Zones:
    """TZID to offsets: the calendar's own definitions, else the database of the system."""

    def __init__(self, vcalendar, floating='UTC'):
        self.own = {z.text('TZID'): Rules(z) for z in vcalendar.comps('VTIMEZONE')}
        self.floating = Iana(floating)

    def to_utc(self, prop, value=None, fold=0):
        """The instant of a DTSTART, …; a date is midnight. fold 1: the second, of an hour that the clock shows twice."""
        _, params, text = prop
        text = (value or text).strip().upper()
        w = wall(text)
        if text.endswith('Z') or len(text) == 8:
            return w
        tzid = params.get('TZID', [None])[0]
        if tzid is None:
            return self.floating.to_utc(w, fold)
        if tzid not in self.own:
            self.own[tzid] = Iana(tzid)
        return self.own[tzid].to_utc(w, fold)


# ---- the meaning of a property ----

def rule_meaning(value):
    parts = {}
    for part in value.strip().upper().split(';'):
        k, _, v = part.partition('=')
        if not k:
            continue
        parts[k] = tuple(sorted(v.split(',')))
    for k, v in (('INTERVAL', ('1',)), ('WKST', ('MO',)), ('RSCALE', ('GREGORIAN',))):
        if parts.get(k) == v:
            del parts[k]
    return tuple(sorted(parts.items()))


def value_meaning(name, params, value):
    kind = params.get('VALUE', [DEFAULT_TYPE.get(name, 'TEXT' if name in TEXTS else '')])[0]
    if name in ('RRULE', 'EXRULE'):
        return rule_meaning(value)
    if kind in ('DATE-TIME', 'DATE', 'PERIOD'):
        return value.strip().upper()
    if kind == 'DURATION':
        return duration(value)
    if kind in ('INTEGER', 'BOOLEAN'):
        return value.strip().upper().lstrip('+')
    if kind == 'FLOAT':
        return tuple(float(x) for x in value.split(';'))
    if kind == 'CAL-ADDRESS':
        return value[:7].lower() + value[7:] if value[:7].lower() == 'mailto:' else value
    if kind == 'TEXT' and name in TEXTS:
        text = unescape(value)
        return text.upper() if name in UPPER else text
    return value


def meanings(comp, leave=()):
    """The properties of a component as a sorted list of (name, parameters, value)."""
    out = []
    for name, params, value in comp.props:
        if name in leave:
            continue
        p = {k: tuple(sorted(set(v))) for k, v in params.items()}
        if p.get('VALUE') == (DEFAULT_TYPE.get(name, 'TEXT'),):
            p.pop('VALUE')
        for k, v in PARAM_DEFAULT.items():
            if p.get(k) == (v,):
                del p[k]
        key = tuple(sorted(p.items()))
        values = split_list(value) if name in LISTS else [value]
        for v in values:
            entry = (name, key, value_meaning(name, params, v))
            if name not in LISTS or entry not in out:
                out.append(entry)
    return sorted(out, key=repr)


def zone_meaning(comp):
    rules = Rules(comp)
    day = dt.datetime(2015, 1, 1, 0, 30)
    return ('VTIMEZONE', comp.text('TZID'), tuple(rules.at(day + dt.timedelta(days=i)).total_seconds() for i in range(0, 5500, 7)))


def comp_meaning(comp, leave=()):
    if comp.name == 'VTIMEZONE':
        return zone_meaning(comp)
    return (comp.name, tuple(meanings(comp, leave if comp.name in ('VEVENT', 'VTODO') else ())), tuple(sorted((comp_meaning(s, leave) for s in comp.subs), key=repr)))


def meaning(text, leave=()):
    """Hashable; equal meanings are equal values. leave: names of properties of events and tasks that do not matter."""
    return comp_meaning(parse(text), leave)


def differences(a, b, leave=(), where=''):
    """What one text says and the other does not, in words; empty when they mean the same."""
    def walk(x, y, at):
        if x[0] != y[0]:
            return ['%s is %s' % (x[0], y[0])]
        if x[0] == 'VTIMEZONE':
            return [] if x == y else ['%s: other rules' % (x[1],)]
        said = ['%s/%s: - %r' % (at, x[0], p) for p in missing(x[1], y[1])] + ['%s/%s: + %r' % (at, x[0], p) for p in missing(y[1], x[1])]
        key = lambda c: c[1] if c[0] == 'VTIMEZONE' else (c[0], tuple(p for p in c[1] if p[0] == 'RECURRENCE-ID'))
        left, right = missing(x[2], y[2]), missing(y[2], x[2])
        for c in list(left):
            twin = next((d for d in right if key(d) == key(c) and d[0] == c[0]), None)
            if twin is not None:
                said += walk(c, twin, at + '/' + x[0])
                left.remove(c)
                right.remove(twin)
        return said + ['%s/%s: - component %r' % (at, x[0], c) for c in left] + ['%s/%s: + component %r' % (at, x[0], c) for c in right]
    return walk(meaning(a, leave), meaning(b, leave), where)


def missing(xs, ys):
    ys = list(ys)
    out = []
    for x in xs:
        if x in ys:
            ys.remove(x)
        else:
            out.append(x)
    return out


# ---- occurrences ----

class Series:
    """The first VEVENT of an object as what it and its dates mean."""

    def __init__(self, event, zones):
        self.event, self.zones, self.start = event, zones, event.one('DTSTART')
        self.value = self.start[2].strip().upper()
        self.is_date = len(self.value) == 8
        self.first = wall(self.value)

    def stamp(self, w, fold=0):
        """The instant of a wall clock as DTSTART is written."""
        text = w.strftime('%Y%m%d' if self.is_date else '%Y%m%dT%H%M%S') + ('Z' if self.value.endswith('Z') else '')
        return self.zones.to_utc(self.start, text, fold)

    def span(self, at=None):
        """(start, ends) of the occurrence at that wall clock. Several ends where the clock changes in between: RFC 5545 counts
        the seconds of a DTEND, Exchange the clock's hours, and of an hour that comes twice it takes the second."""
        at = at or self.first
        begin = self.stamp(at)
        end, length = self.event.one('DTEND'), self.event.one('DURATION')
        if end is not None and self.is_date:
            return begin, {max(at + (wall(end[2]) - self.first), begin + dt.timedelta(days=1))}
        if end is not None:
            exact = self.zones.to_utc(end) - self.stamp(self.first)
            same_kind = end[1].get('TZID') == self.start[1].get('TZID') and end[2].strip().upper().endswith('Z') == self.value.endswith('Z')
            by_clock = at + (wall(end[2]) - self.first if same_kind else exact)
            return begin, {begin + exact, self.stamp(by_clock), self.stamp(by_clock, 1)}
        if length is not None:
            days, seconds = duration(length[2])
            if self.is_date:
                return begin, {max(begin + dt.timedelta(days=days, seconds=seconds), begin + dt.timedelta(days=1))}
            nominal = self.stamp(at + dt.timedelta(days=days)) + dt.timedelta(seconds=seconds)
            return begin, {nominal} | {self.stamp(at + dt.timedelta(days=days, seconds=seconds), fold) for fold in (0, 1)}
        return begin, {begin + dt.timedelta(days=1 if self.is_date else 0)}

    def walls(self, limit):
        """Wall clocks of the rule's dates."""
        rule = self.event.one('RRULE')
        if rule is None:
            return [self.first]
        text, until, until_is_date = rule[2].strip().upper(), None, False
        m = re.search(r';?UNTIL=(\d{8}(?:T\d{6})?)(Z?)', text)
        if m:  # compared as an instant, which dateutil cannot
            text, until, until_is_date = text.replace(m.group(0), ''), wall(m.group(1)), len(m.group(1)) == 8
            if not m.group(2) and not until_is_date:
                until = self.stamp(until)
        text = re.sub(r'COUNT=0\b', 'COUNT=1', text)
        out = []
        for w in rrulestr(text.lstrip(';'), dtstart=self.first):
            if len(out) >= limit or w.year > LAST_YEAR or (until is not None and (w.date() > until.date() if until_is_date else self.stamp(w) > until)):
                break
            out.append(w)
        return out


def subject(event, master=None):
    text = event.text('SUMMARY')
    return text if text is not None else subject(master) if master is not None else None


def occurrences(text, limit=60, floating='UTC'):
    """What the first `limit` dates of the object's rule become: sorted (start, possible ends, SUMMARY), instants in UTC."""
    cal = parse(text)
    zones = Zones(cal, floating)
    events = cal.comps('VEVENT')
    master = next((e for e in events if e.one('RECURRENCE-ID') is None), None)
    if master is None:
        return sorted((Series(e, zones).span() + (subject(e),) for e in events), key=lambda o: o[0])
    series = Series(master, zones)
    gone = set()
    for p in master.all('EXDATE'):
        for v in p[2].split(','):
            gone.add(wall(v).date() if len(v.strip()) == 8 else zones.to_utc(p, v))
    changed = {zones.to_utc(e.one('RECURRENCE-ID')): e for e in events if e is not master}
    out = []
    for w in series.walls(limit):
        at = series.stamp(w)
        if at in changed:
            e = changed[at]
            if (e.text('STATUS') or '').upper() != 'CANCELLED':
                out.append(Series(e, zones).span() + (subject(e, master),))
        elif at not in gone and w.date() not in gone:
            out.append(series.span(w) + (subject(master),))
    return sorted(out, key=lambda o: o[0])

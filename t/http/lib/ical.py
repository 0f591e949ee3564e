# SPDX-License-Identifier: Apache-2.0
"""iCalendar text as tests look at it: unfolded lines, components by RECURRENCE-ID."""
import re


def unfold(text):
    return text.replace('\r\n ', '').replace('\r\n\t', '')


def props(text, name):
    """All lines of that property outside VTIMEZONE and VALARM."""
    text = re.sub(r'BEGIN:(VTIMEZONE|VALARM).*?END:\1\r\n', '', unfold(text), flags=re.S)
    return re.findall(r'^%s[;:][^\r\n]*' % name, text, re.M)


def value(text, name):
    """What stands behind the parameters of the only line of that property; None without one."""
    lines = props(text, name)
    assert len(lines) < 2, lines
    return re.match(r'(?:"[^"]*"|[^":])*:(.*)', lines[0]).group(1) if lines else None


def events(text):
    """{RECURRENCE-ID value or None: text of the VEVENT}"""
    out = {}
    for block in re.findall(r'BEGIN:VEVENT\r\n.*?END:VEVENT\r\n', text, re.S):
        key = value(block, 'RECURRENCE-ID')
        assert key not in out, text
        out[key] = block
    return out


def exdates(text):
    return sorted(v for line in props(text, 'EXDATE') for v in line.rsplit(':', 1)[1].split(','))


def alarms(text):
    """The TRIGGER lines."""
    return re.findall(r'^TRIGGER[;:][^\r\n]*', unfold(text), re.M)

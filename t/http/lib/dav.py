# SPDX-License-Identifier: Apache-2.0
"""A small CalDAV client for tests: says exactly what it is told, hides nothing of the answer."""
import base64
import http.client
from urllib.parse import urlsplit

from lxml import etree

D, C, CS, ICAL, X = 'DAV:', 'urn:ietf:params:xml:ns:caldav', 'http://calendarserver.org/ns/', 'http://apple.com/ns/ical/', 'urn:mod-excal:ns'
NS = {'d': D, 'c': C, 'cs': CS, 'a': ICAL, 'x': X}
DECL = ' '.join('xmlns:%s="%s"' % i for i in NS.items())


def q(name):
    prefix, local = name.split(':')
    return '{%s}%s' % (NS[prefix], local)


class Prop:
    def __init__(self, status, element):
        self.status, self.element = status, element

    @property
    def text(self):
        return self.element.text or ''

    @property
    def hrefs(self):
        return [e.text for e in self.element.iter(q('d:href'))]

    @property
    def children(self):
        return [e.tag for e in self.element]


class Entry:
    """One DAV:response."""

    def __init__(self, element):
        self.href = element.findtext(q('d:href'))
        status = element.findtext(q('d:status'))
        self.status = int(status.split()[1]) if status else None
        self.error = element.find(q('d:error'))
        self.props = {}
        for propstat in element.findall(q('d:propstat')):
            code = int(propstat.findtext(q('d:status')).split()[1])
            for p in propstat.find(q('d:prop')):
                assert p.tag not in self.props, 'a property is reported twice: ' + p.tag
                self.props[p.tag] = Prop(code, p)
        assert self.status is not None or element.find(q('d:propstat')) is not None, 'a response with neither status nor propstat'

    def ok(self, name):
        p = self.props.get(q(name))
        return p if p is not None and p.status == 200 else None

    def text(self, name):
        p = self.ok(name)
        return None if p is None else p.text


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        for k, v in self.headers:
            if k.lower() == name.lower():
                return v
        return None

    @property
    def etag(self):
        return self.header('ETag')

    @property
    def text(self):
        return self.body.decode('utf-8')

    @property
    def xml(self):
        return etree.fromstring(self.body)

    @property
    def entries(self):
        assert self.status == 207, (self.status, self.body[:500])
        root = self.xml
        assert root.tag == q('d:multistatus')
        return [Entry(r) for r in root.findall(q('d:response'))]

    @property
    def by_href(self):
        return {e.href: e for e in self.entries}

    @property
    def sync_token(self):
        return self.xml.findtext(q('d:sync-token'))

    @property
    def condition(self):
        """Name of the failed precondition in a DAV:error body, as prefix:name; None without one."""
        try:
            root = self.xml
        except etree.XMLSyntaxError:
            return None
        if root.tag != q('d:error') or not len(root):
            return None
        tag = etree.QName(root[0])
        return '%s:%s' % ({v: k for k, v in NS.items()}.get(tag.namespace, '?'), tag.localname)

    def __repr__(self):
        return '<%d %r>' % (self.status, self.body[:600])


class Client:
    def __init__(self, base, user=None, password='excal'):
        self.base, self.user, self.password = base, user, password
        address = user if not user or '@' in user else user + '@contoso.example'
        self.home = '/dav/calendars/%s/' % address
        self.principal = '/dav/principals/%s/' % address
        self.calendar = self.home + 'calendar/'

    def request(self, method, path, body=None, headers=None, timeout=120):
        u = urlsplit(self.base)
        conn = http.client.HTTPConnection(u.hostname, u.port, timeout=timeout)
        h = {}
        if self.user is not None:
            h['Authorization'] = 'Basic ' + base64.b64encode(('%s:%s' % (self.user, self.password)).encode()).decode()
        if isinstance(body, str):
            body = body.encode()
        if body is not None:
            stripped = body.lstrip()
            h['Content-Type'] = 'text/calendar; charset=utf-8' if stripped.startswith(b'BEGIN:') else 'application/xml; charset=utf-8'
        for k, v in (headers or {}).items():
            if v is None:
                h.pop(k, None)
            else:
                h[k] = v
        try:
            conn.request(method, path, body, h)
            r = conn.getresponse()
            return Answer(r.status, r.getheaders(), r.read())
        finally:
            conn.close()

    def propfind(self, path, props=None, depth=0, **headers):
        body = None
        if props is not None:
            body = '<?xml version="1.0" encoding="utf-8"?><d:propfind %s><d:prop>%s</d:prop></d:propfind>' % (
                DECL, ''.join('<%s/>' % p for p in props))
        return self.request('PROPFIND', path, body, dict({'Depth': str(depth)}, **headers))

    def proppatch(self, path, set='', remove=''):
        body = '<d:propertyupdate %s>%s%s</d:propertyupdate>' % (
            DECL, '<d:set><d:prop>%s</d:prop></d:set>' % set if set else '',
            '<d:remove><d:prop>%s</d:prop></d:remove>' % remove if remove else '')
        return self.request('PROPPATCH', path, body)

    def report(self, path, body, depth=None, **headers):
        if depth is not None:
            headers['Depth'] = str(depth)
        return self.request('REPORT', path, '<?xml version="1.0" encoding="utf-8"?>' + body, headers)

    def put(self, path, text, **headers):
        return self.request('PUT', path, text, {k.replace('_', '-'): v for k, v in headers.items()})

    def get(self, path, **headers):
        return self.request('GET', path, None, {k.replace('_', '-'): v for k, v in headers.items()})

    def delete(self, path, **headers):
        return self.request('DELETE', path, None, {k.replace('_', '-'): v for k, v in headers.items()})

    def sync(self, path, token='', limit=None, props=('d:getetag',), **headers):
        return self.report(path, '<d:sync-collection %s><d:sync-token>%s</d:sync-token><d:sync-level>1</d:sync-level>%s<d:prop>%s</d:prop></d:sync-collection>' % (
            DECL, token, '<d:limit><d:nresults>%d</d:nresults></d:limit>' % limit if limit else '', ''.join('<%s/>' % p for p in props)), **headers)

    def multiget(self, path, hrefs, data='<c:calendar-data/>', **headers):
        return self.report(path, '<c:calendar-multiget %s><d:prop><d:getetag/>%s</d:prop>%s</c:calendar-multiget>' % (
            DECL, data, ''.join('<d:href>%s</d:href>' % h for h in hrefs)), **headers)

    def query(self, path, filter='<c:comp-filter name="VCALENDAR"/>', data='<c:calendar-data/>', extra='', **headers):
        return self.report(path, '<c:calendar-query %s><d:prop><d:getetag/>%s</d:prop><c:filter>%s</c:filter>%s</c:calendar-query>' % (
            DECL, data, filter, extra), depth=1, **headers)


def event(uid, summary='Lunch', start='20270302T100000Z', end='20270302T110000Z', extra='', zone=None):
    """One VEVENT in a VCALENDAR as a client sends it."""
    when = lambda name, v: '%s;TZID=%s:%s' % (name, zone, v) if zone and not v.endswith('Z') else (
        '%s;VALUE=DATE:%s' % (name, v) if len(v) == 8 else '%s:%s' % (name, v))
    lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', 'BEGIN:VEVENT', 'UID:' + uid, 'DTSTAMP:20270101T000000Z', 'SUMMARY:' + summary,
             when('DTSTART', start), when('DTEND', end)]
    lines += [x for x in extra.split('\n') if x]
    return '\r\n'.join(lines + ['END:VEVENT', 'END:VCALENDAR', ''])

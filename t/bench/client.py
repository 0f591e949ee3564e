# SPDX-License-Identifier: Apache-2.0
"""A calendar client that keeps its connection, as real ones do, and knows both gateways' ways."""
import base64
import http.client
import time
from urllib.parse import urlsplit

from dav import DECL, Answer, event


class Client:
    """One user on one keep-alive connection. `home` is the path below which the calendar lies."""

    def __init__(self, base, user, home):
        u = urlsplit(base)
        self.conn = http.client.HTTPConnection(u.hostname, u.port, timeout=300)
        self.calendar = home % (user + '@contoso.example') + 'calendar/'
        login = '%s@contoso.example:excal' % user
        self.auth = 'Basic ' + base64.b64encode(login.encode()).decode()

    def close(self):
        self.conn.close()

    def request(self, method, path, body=None, headers=None, expect=(200, 201, 204, 207)):
        h = {'Authorization': self.auth}
        if body is not None:
            h['Content-Type'] = 'text/calendar; charset=utf-8' if body.startswith('BEGIN:') else 'application/xml; charset=utf-8'
            body = body.encode()
        h.update(headers or {})
        try:
            self.conn.request(method, path, body, h)
            r = self.conn.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # the server's right with an idle connection
            self.conn.close()
            self.conn.request(method, path, body, h)
            r = self.conn.getresponse()
        answer = Answer(r.status, r.getheaders(), r.read())
        if expect and r.status not in expect:
            raise RuntimeError('%s %s: %r' % (method, path, answer))
        return answer

    def multiget(self, hrefs):
        body = '<c:calendar-multiget %s><d:prop><d:getetag/><c:calendar-data/></d:prop>%s</c:calendar-multiget>' % (
            DECL, ''.join('<d:href>%s</d:href>' % h for h in hrefs))
        return self.request('REPORT', self.calendar, body)

    def fetch(self, hrefs):
        """Bodies of all, in multigets of 100; {href: text}."""
        found = {}
        for i in range(0, len(hrefs), 100):
            for e in self.multiget(hrefs[i:i + 100]).entries:
                data = e.text('c:calendar-data')
                if data:
                    found[e.href] = data
        return found

    def put_new(self, uid):
        return self.request('PUT', self.calendar + uid + '.ics', event(uid, 'A new event'), {'If-None-Match': '*'})

    def get(self, path):
        return self.request('GET', path)


class ExcalClient(Client):
    def __init__(self, base, user):
        super().__init__(base, user, '/dav/calendars/%s/')
        self.token = ''

    def sync(self):
        """sync-collection; the hrefs that changed."""
        r = self.request('REPORT', self.calendar, '<d:sync-collection %s><d:sync-token>%s</d:sync-token><d:sync-level>1</d:sync-level>'
                         '<d:prop><d:getetag/></d:prop></d:sync-collection>' % (DECL, self.token))
        self.token = r.sync_token
        return [e.href for e in r.entries if e.text('d:getetag')]

    first_listing = sync

    def ctag(self):
        return self.request('PROPFIND', self.calendar, '<d:propfind %s><d:prop><cs:getctag/></d:prop></d:propfind>' % DECL, {'Depth': '0'})


class DavMailClient(Client):
    """DavMail has no sync-collection: clients compare the ctag, and list when it differs."""

    def __init__(self, base, user):
        super().__init__(base, user, '/users/%s/')

    def first_listing(self):
        r = self.request('PROPFIND', self.calendar, '<d:propfind %s><d:prop><d:getetag/></d:prop></d:propfind>' % DECL, {'Depth': '1'})
        return [e.href for e in r.entries if not e.href.endswith('/')]

    def ctag(self):
        return self.request('PROPFIND', self.calendar, '<d:propfind %s><d:prop><cs:getctag/></d:prop></d:propfind>' % DECL, {'Depth': '0'})

    sync = ctag


def timed(function, *args):
    """(seconds, result)"""
    begun = time.monotonic()
    result = function(*args)
    return time.monotonic() - begun, result

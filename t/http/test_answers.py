# SPDX-License-Identifier: Apache-2.0
"""Answers as a whole: HEAD beside GET, pages for a browser, the other layout of URLs, a large calendar, an item
that cannot be shown."""
import re
from urllib.parse import urlsplit

import pytest
from dav import DECL, Client, event, q
from outlook import Outlook


@pytest.mark.parametrize('place', ['/', '/dav/', '/dav/principals/', '{principal}', '/dav/calendars/', '{home}', '{cal}', '{cal}?export', '{cal}one.ics', '{cal}none.ics',
                                   '/users/alice@contoso.example/', '/nowhere', '/excal/status', '/.well-known/caldav'])
def test_head_is_get_without_its_body(alice, cal, place):
    assert alice.put(cal + 'one.ics', event('one')).status == 201
    path = place.format(principal=alice.principal, home=alice.home, cal=cal)
    get, head = alice.get(path), alice.request('HEAD', path)
    assert head.status == get.status and head.body == b''
    names = {'content-type', 'etag', 'last-modified', 'cache-control', 'location', 'vary', 'content-security-policy', 'content-disposition'}
    told = lambda r: {k.lower(): v for k, v in r.headers if k.lower() in names}
    assert told(head) == told(get)
    assert head.header('Content-Length') in (None, get.header('Content-Length'))


def test_a_browser_finds_its_way(alice, cal):
    """From the root to the calendar as a file, following links alone."""
    seen, path = [], '/'
    for want in (alice.home, cal, cal + '?export'):
        page = alice.get(path, Accept='text/html')
        assert page.status == 200 and page.header('Content-Type') == 'text/html; charset=utf-8'
        links = re.findall('href="([^"]+)"', page.text)
        assert want in links, (path, links)
        seen.append(path)
        path = want
    assert alice.get(path).header('Content-Type').startswith('text/calendar')


# ---- the other layout ----

def hrefs(answer):
    return {e.text for e in answer.xml.iter(q('d:href')) if e.text.startswith('/')}


def test_the_other_layout_never_leads_out_of_it(alice, uid):
    principal, home = '/principals/users/alice@contoso.example/', '/users/alice@contoso.example/'
    cal = home + 'moved-over/'
    assert alice.request('MKCALENDAR', cal).status == 201
    try:
        path = cal + uid + '.ics'
        assert alice.put(path, event(uid)).status == 201
        member = urlsplit(alice.request('POST', cal + '?add-member', event(uid + '-2')).header('Location')).path
        everything = ['d:current-user-principal', 'd:principal-URL', 'd:owner', 'd:acl', 'd:principal-collection-set', 'd:add-member', 'c:calendar-home-set',
                      'c:calendar-user-address-set', 'd:getetag']
        answers = [alice.propfind(principal, everything), alice.propfind(home, everything, depth=1), alice.propfind(cal, everything, depth=1), alice.sync(cal),
                   alice.query(cal), alice.multiget(cal, [path, cal + 'none.ics']), alice.put(cal + 'x.ics', event(uid)),
                   alice.report('/principals/users/', '<d:principal-match %s><d:self/></d:principal-match>' % DECL, 0),
                   alice.report(cal, '<d:expand-property %s><d:property name="owner"><d:property name="calendar-home-set" namespace="%s"/></d:property></d:expand-property>' % (
                       DECL, 'urn:ietf:params:xml:ns:caldav'), 0)]
        for r in answers:
            assert hrefs(r) and all(h.startswith(('/users/', '/principals/users/')) for h in hrefs(r)), hrefs(r)
        assert member.startswith(cal) and alice.get(member).status == 200
        r = alice.request('MOVE', path, headers={'Destination': alice.base + cal + 'new.ics'})
        assert r.status == 201 and urlsplit(r.header('Location')).path == cal + 'new.ics'
        assert alice.get(alice.home + 'moved-over/new.ics').status == 200
    finally:
        assert alice.delete(cal).status == 204


# ---- much ----

@pytest.fixture(scope='module')
def large(gateway, lab):
    client = Client(gateway.url, 'user47')
    lab.seed('user47', 5000)
    return client


def test_five_thousand_events(large):
    cal = large.calendar
    first = large.sync(cal)
    names = {e.href for e in first.entries}
    assert len(names) == 5000 == len(first.entries)
    listed = large.propfind(cal, ['d:getetag'], depth=1).by_href
    assert set(listed) == names | {cal}
    whole = large.query(cal)  # some megabytes: streamed, and well-formed to its end
    assert {e.href: e.text('d:getetag') for e in whole.entries} == {h: e.text('d:getetag') for h, e in listed.items() if h != cal}
    assert all('END:VCALENDAR' in e.text('c:calendar-data') for e in whole.entries)
    text = large.get(cal + '?export').text
    zones = re.findall('^TZID:(.*)\r$', text, re.M)
    assert len(zones) == len(set(zones)) > 1
    assert len(set(re.findall('^UID:(.*)\r$', text.replace('\r\n ', ''), re.M))) == 5000
    in_pages, token = set(), ''
    for _ in range(6):
        page = large.sync(cal, token, limit=1000)
        in_pages |= {e.href for e in page.entries if e.href != cal}
        token = page.sync_token
        if not any(e.href == cal and e.status == 507 for e in page.entries):
            break
    assert in_pages == names and large.sync(cal, token).entries == []


def test_pages_with_changes_in_between(alice, cal, put):
    for i in range(8):
        put('p%d' % i)
    known, token, pages = {}, '', 0
    while True:
        r = alice.sync(cal, token, limit=3)
        more = False
        for e in r.entries:
            if e.href == cal:
                assert e.status == 507 and e.error.find(q('d:number-of-matches-within-limits')) is not None
                more = True
            elif e.status == 404:
                known.pop(e.href, None)
            else:
                known[e.href] = e.text('d:getetag')
        assert len([e for e in r.entries if e.href != cal]) <= 3
        token, pages = r.sync_token, pages + 1
        if pages == 1:  # one that was told, one that was not, a new one, a changed one
            told = [e.href for e in r.entries if e.href != cal]
            untold = next(h for h in (cal + 'p%d.ics' % i for i in range(8)) if h not in told)
            assert alice.delete(told[0]).status == 204 and alice.delete(untold).status == 204
            put('new')
            alice.put(told[1], event(told[1].split('/')[-1][:-4], 'Changed'))
        if not more:
            break
    truth = {e.href: e.text('d:getetag') for e in alice.propfind(cal, ['d:getetag'], depth=1).entries if e.href != cal}
    assert known == truth and len(truth) == 7 and pages < 7


# ---- an item that cannot be shown ----

@pytest.mark.parametrize('kind,status', [('ErrorCorruptData', 502), ('ErrorAccessDenied', 403)])
def test_one_item_that_cannot_be_shown(make_gateway, lab, uid, kind, status):
    lab.settings(faults=[])
    outlook = Outlook(lab, 'user48')
    for i in range(4):
        outlook.create('%d %s' % (i, uid))
    c = Client(make_gateway(location='ExchangeReadAhead 0').url, 'user48')
    names = [e.href for e in c.sync(c.calendar).entries]
    lab.faults(dict(operation='GetItem', kind=kind, times=1))
    bad = names[0]
    assert c.get(bad).status == status
    lab.faults()
    for r in (c.multiget(c.calendar, names), c.propfind(c.calendar, ['d:getetag', 'd:getcontentlength'], depth=1), c.sync(c.calendar, props=('d:getetag', 'c:calendar-data'))):
        entries = r.by_href
        assert entries[bad].status == status
        assert all(entries[n].text('d:getetag') for n in names[1:])
    # what asks for names alone names it
    assert set(names) <= set(c.propfind(c.calendar, ['d:getetag'], depth=1).by_href)
    assert c.get(c.calendar + '?export').text.count('BEGIN:VEVENT') >= 3
    ranged = ('<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="20000101T000000Z" end="20500101T000000Z"/></c:comp-filter></c:comp-filter>')
    assert set(names[1:]) <= set(c.query(c.calendar, ranged).by_href)
    assert c.report(c.calendar, '<c:free-busy-query %s><c:time-range start="20270301T000000Z" end="20270401T000000Z"/></c:free-busy-query>' % DECL, 1).status == 200
    for n in names:
        assert c.delete(n).status == 204

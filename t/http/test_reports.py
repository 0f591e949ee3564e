# SPDX-License-Identifier: Apache-2.0
"""REPORT: calendar-query, calendar-multiget, free-busy-query, sync-collection and those about principals."""
import pytest
from dav import DECL, event, q

BERLIN_SERIES = 'RRULE:FREQ=DAILY;COUNT=5'


def within(inner, name='VEVENT'):
    return '<c:comp-filter name="VCALENDAR"><c:comp-filter name="%s">%s</c:comp-filter></c:comp-filter>' % (name, inner)


def span(start, end=None):
    return '<c:time-range start="%s"%s/>' % (start, ' end="%s"' % end if end else '')


def names(r):
    return {e.href.rsplit('/', 1)[1][:-4] for e in r.entries}


@pytest.fixture
def filled(alice, cal, put):
    """Events of different kinds in March 2027."""
    put('single', 'Lunch with Bob', '20270302T100000Z', '20270302T110000Z', 'LOCATION:Café\nCATEGORIES:Work,Food\nCLASS:PRIVATE')
    put('allday', 'Holiday', '20270305', '20270307', 'TRANSP:TRANSPARENT')
    put('series', 'Stand-up', '20270308T090000', '20270308T091500',
        BERLIN_SERIES + '\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT15M\nEND:VALARM', zone='Europe/Berlin')
    put('endless', 'Jour fixe', '20270101T160000', '20270101T170000', 'RRULE:FREQ=WEEKLY', zone='America/New_York')
    put('own', 'Mine', '20270320T100000Z', '20270320T110000Z', 'X-OWN;KIND=a:Value\nSTATUS:TENTATIVE')
    return cal


# ---- calendar-query ----

QUERIES = [
    (within(span('20270302T000000Z', '20270303T000000Z')), {'single'}),
    (within(span('20270302T110000Z', '20270303T000000Z')), set()),              # it has ended by then
    (within(span('20270306T120000Z', '20270306T130000Z')), {'allday'}),
    (within(span('20270312T080000Z', '20270312T081000Z')), {'series'}),         # the fifth and last
    (within(span('20270313T080000Z', '20270313T090000Z')), set()),
    (within(span('20300104T210000Z', '20300104T220000Z')), {'endless'}),        # years later, a Friday at four
    (within(span('20270401T000000Z')), {'endless'}),                            # no end, as iOS asks
    (within('<c:prop-filter name="SUMMARY"><c:text-match>lunch WITH</c:text-match></c:prop-filter>'), {'single'}),
    (within('<c:prop-filter name="SUMMARY"><c:text-match collation="i;octet">lunch</c:text-match></c:prop-filter>'), set()),
    (within('<c:prop-filter name="LOCATION"><c:text-match collation="i;unicode-casemap">CAFÉ</c:text-match></c:prop-filter>'), {'single'}),
    (within('<c:prop-filter name="CATEGORIES"><c:text-match>food</c:text-match></c:prop-filter>'), {'single'}),
    (within('<c:prop-filter name="SUMMARY"><c:text-match negate-condition="yes">u</c:text-match></c:prop-filter>'), {'allday', 'own'}),
    (within('<c:prop-filter name="LOCATION"><c:is-not-defined/></c:prop-filter>' + span('20270301T000000Z', '20270308T000000Z')), {'allday', 'endless'}),
    (within('<c:prop-filter name="X-OWN"><c:text-match>value</c:text-match><c:param-filter name="KIND"><c:text-match>A</c:text-match></c:param-filter></c:prop-filter>'), {'own'}),
    (within('<c:prop-filter name="X-OWN"><c:param-filter name="KIND"><c:is-not-defined/></c:param-filter></c:prop-filter>'), set()),
    (within('<c:prop-filter name="UID"><c:text-match collation="i;octet">own</c:text-match></c:prop-filter>'), {'own'}),
    (within('<c:comp-filter name="VALARM">%s</c:comp-filter>' % span('20270309T074000Z', '20270309T075000Z')), {'series'}),
    (within('<c:comp-filter name="VALARM">%s</c:comp-filter>' % span('20270309T075000Z', '20270309T080000Z')), set()),
    (within('', 'VTODO'), set()),
    (within('<c:comp-filter name="VALARM"><c:is-not-defined/></c:comp-filter>' + span('20270308T000000Z', '20270309T000000Z')), set()),
]


@pytest.mark.parametrize('n', range(len(QUERIES)))
def test_query(alice, filled, n):
    filter, want = QUERIES[n]
    r = alice.query(filled, filter)
    assert names(r) == want, r
    for e in r.entries:
        assert e.text('c:calendar-data') == alice.get(e.href).text and e.text('d:getetag') == alice.get(e.href).etag


def test_query_of_everything(alice, filled):
    assert names(alice.query(filled)) == {'single', 'allday', 'series', 'endless', 'own'}
    assert names(alice.query(filled, within(''), data='')) == {'single', 'allday', 'series', 'endless', 'own'}


def test_query_of_the_home_and_of_one_object(alice, filled):
    f = within('<c:prop-filter name="UID"><c:text-match collation="i;octet">own</c:text-match></c:prop-filter>')
    r = alice.report(alice.home, '<c:calendar-query %s><d:prop><d:getetag/></d:prop><c:filter>%s</c:filter></c:calendar-query>' % (DECL, f), 'infinity')
    assert [e.href for e in r.entries] == [filled + 'own.ics']
    r = alice.report(filled + 'own.ics', '<c:calendar-query %s><d:prop><d:getetag/></d:prop><c:filter>%s</c:filter></c:calendar-query>' % (DECL, f), 0)
    assert [e.href for e in r.entries] == [filled + 'own.ics']


def test_floating_times_lie_in_the_zone_of_the_request(alice, cal, put):
    put('floating', 'Floating', '20270301', '20270302')
    zone = ('<c:timezone>BEGIN:VCALENDAR&#13;\nVERSION:2.0&#13;\nPRODID:-//t//EN&#13;\nBEGIN:VTIMEZONE&#13;\nTZID:Far&#13;\nBEGIN:STANDARD&#13;\nDTSTART:19700101T000000&#13;\n'
            'TZOFFSETFROM:+1200&#13;\nTZOFFSETTO:+1200&#13;\nEND:STANDARD&#13;\nEND:VTIMEZONE&#13;\nEND:VCALENDAR&#13;\n</c:timezone>')
    early = within(span('20270228T130000Z', '20270228T140000Z'))
    assert names(alice.query(cal, early)) == set()
    assert names(alice.query(cal, early, extra=zone)) == {'floating'}
    assert names(alice.query(cal, within(span('20270301T130000Z', '20270301T140000Z')), extra=zone)) == set()


BAD_FILTERS = [
    ('', 'c:valid-filter'),
    ('<c:comp-filter name="VEVENT"/>', 'c:valid-filter'),
    ('<c:comp-filter/>', 'c:valid-filter'),
    (within(span('20270302T000000Z', '20270301T000000Z')), 'c:valid-filter'),
    (within('<c:time-range/>'), 'c:valid-filter'),
    (within(span('2027-03-02T00:00:00Z', '20270303T000000Z')), 'c:valid-filter'),
    (within(span('20270302T000000', '20270303T000000')), 'c:valid-filter'),
    (within('<c:prop-filter/>'), 'c:valid-filter'),
    (within('<c:prop-filter name="SUMMARY"><c:text-match collation="i;nonsense">x</c:text-match></c:prop-filter>'), 'c:supported-collation'),
    (within('<c:prop-filter name="SUMMARY">%s</c:prop-filter>' % span('20270302T000000Z')), 'c:supported-filter'),
    ('<c:comp-filter name="VCALENDAR"><c:comp-filter name="VTIMEZONE">%s</c:comp-filter></c:comp-filter>' % span('20270302T000000Z'), 'c:supported-filter'),
]


@pytest.mark.parametrize('n', range(len(BAD_FILTERS)))
def test_filters_without_sense(alice, cal, n):
    filter, condition = BAD_FILTERS[n]
    r = alice.query(cal, filter)
    assert r.status == 403 and r.condition == condition, r


# ---- calendar-data ----

def data_of(r, name):
    return next(e for e in r.entries if e.href.endswith('/%s.ics' % name)).text('c:calendar-data')


def test_expand(alice, filled):
    r = alice.query(filled, within(span('20270309T000000Z', '20270311T000000Z')),
                    '<c:calendar-data><c:expand start="20270309T000000Z" end="20270311T000000Z"/></c:calendar-data>')
    text = data_of(r, 'series')
    assert text.count('BEGIN:VEVENT') == 2 and 'RRULE' not in text and 'VTIMEZONE' not in text and 'TZID' not in text
    assert 'DTSTART:20270309T080000Z' in text and 'RECURRENCE-ID:20270310T080000Z' in text and 'DTEND:20270310T081500Z' in text


def test_limit_recurrence_set(alice, cal, uid):
    text = event(uid, 'Weekly', '20270301T100000Z', '20270301T110000Z', 'RRULE:FREQ=WEEKLY;COUNT=6' + ''.join(
        '\nEND:VEVENT\nBEGIN:VEVENT\nUID:%s\nDTSTAMP:20270101T000000Z\nRECURRENCE-ID:%sT100000Z\nDTSTART:%sT120000Z\nDTEND:%sT130000Z\nSUMMARY:Of %s' % (uid, d, d, d, d)
        for d in ('20270308', '20270322')))
    assert alice.put(cal + uid + '.ics', text).status == 201
    r = alice.multiget(cal, [cal + uid + '.ics'], '<c:calendar-data><c:limit-recurrence-set start="20270308T000000Z" end="20270309T000000Z"/></c:calendar-data>')
    got = r.entries[0].text('c:calendar-data')
    assert 'RRULE:FREQ=WEEKLY' in got and 'Of 20270308' in got and 'Of 20270322' not in got


def test_parts_of_the_data(alice, filled):
    part = ('<c:calendar-data><c:comp name="VCALENDAR"><c:prop name="VERSION"/><c:comp name="VEVENT"><c:prop name="UID"/><c:prop name="DTSTART" novalue="yes"/>'
            '</c:comp></c:comp></c:calendar-data>')
    got = alice.multiget(filled, [filled + 'series.ics'], part).entries[0].text('c:calendar-data')
    assert got == 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:series\r\nDTSTART;TZID=Europe/Berlin:\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'


def test_other_kinds_of_data_are_not_there(alice, cal, put, uid):
    r = alice.multiget(cal, [put(uid)], '<c:calendar-data content-type="application/calendar+json"/>')
    assert r.status == 403 and r.condition == 'c:supported-calendar-data', r


def test_characters_that_xml_has_a_meaning_for(alice, cal, put, uid):
    path = put(uid, 'a <b> & "c" ]]> \U0001f600 \u00e4')
    assert alice.multiget(cal, [path]).entries[0].text('c:calendar-data') == alice.get(path).text


# ---- calendar-multiget ----

def test_multiget(alice, filled, bob):
    missing = [filled + 'missing.ics', alice.calendar + 'elsewhere.ics', bob.calendar + 'x.ics', '/nonsense', 'http://elsewhere.example/x.ics']
    r = alice.multiget(filled, [filled + 'single.ics', filled + 'single.ics', filled + 'own.ics'] + missing)
    by = {}
    for e in r.entries:
        by.setdefault(e.href, []).append(e)
    assert len(by[filled + 'single.ics']) == 1 and 'Lunch' in by[filled + 'single.ics'][0].text('c:calendar-data')
    assert by[filled + 'own.ics'][0].text('d:getetag') == alice.get(filled + 'own.ics').etag
    for href in missing:
        assert by[href][0].status in (403, 404) and not by[href][0].props, href
    assert by[filled + 'missing.ics'][0].status == 404


def test_multiget_of_many(alice, filled):
    hrefs = [filled + 'gone-%d.ics' % i for i in range(300)] + [filled + 'single.ics']
    r = alice.multiget(filled, hrefs)
    assert len(r.entries) == 301 and sum(1 for e in r.entries if e.status == 404) == 300


def test_multiget_without_hrefs(alice, cal):
    assert alice.multiget(cal, []).status in (207, 400)


# ---- free-busy-query ----

def busy(client, path, start, end, depth=1):
    return client.report(path, '<c:free-busy-query %s><c:time-range start="%s" end="%s"/></c:free-busy-query>' % (DECL, start, end), depth)


def test_free_busy(alice, filled, put):
    put('away', 'Away', '20270302T103000Z', '20270302T120000Z', 'X-MICROSOFT-CDO-BUSYSTATUS:OOF')
    put('free', 'Free', '20270302T060000Z', '20270302T070000Z', 'TRANSP:TRANSPARENT')
    r = busy(alice, filled, '20270301T000000Z', '20270321T000000Z')
    assert r.status == 200 and r.header('Content-Type').startswith('text/calendar')
    lines = r.text.split('\r\n')
    assert 'BEGIN:VFREEBUSY' in lines and 'DTSTART:20270301T000000Z' in lines and 'DTEND:20270321T000000Z' in lines
    got = [x for x in lines if x.startswith('FREEBUSY')]
    assert 'FREEBUSY;FBTYPE=BUSY:20270302T100000Z/20270302T103000Z' in got       # away weighs more than busy
    assert 'FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270302T103000Z/20270302T120000Z' in got
    assert 'FREEBUSY;FBTYPE=BUSY:20270310T080000Z/20270310T081500Z' in got
    assert 'FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270320T100000Z/20270320T110000Z' in got
    assert 'FREEBUSY;FBTYPE=BUSY:20270319T200000Z/20270319T210000Z' in got       # New York in summer time already
    assert not any('20270305T' in x and '21' not in x[30:] for x in got) and not any('20270302T06' in x for x in got)
    for private in ('Lunch', 'Café', 'UID:single'):
        assert private not in r.text


@pytest.mark.parametrize('partstat', ['ACCEPTED', 'DECLINED'])
def test_what_was_declined_takes_no_time(alice, cal, put, uid, partstat):
    put(uid, extra='ORGANIZER:mailto:bob@contoso.example\nATTENDEE;PARTSTAT=%s:mailto:Alice@Contoso.example' % partstat)
    r = busy(alice, cal, '20270302T000000Z', '20270303T000000Z')
    assert ('FREEBUSY;FBTYPE=BUSY:20270302T100000Z/20270302T110000Z' in r.text) == (partstat == 'ACCEPTED'), r.text


def test_free_busy_of_nothing(alice, cal):
    r = busy(alice, cal, '20270301T000000Z', '20270302T000000Z')
    assert r.status == 200 and 'BEGIN:VFREEBUSY' in r.text and 'FREEBUSY;' not in r.text


@pytest.mark.parametrize('start,end', [('20270302T000000Z', '20270301T000000Z'), ('nonsense', '20270301T000000Z'), ('20270301T000000Z', '')])
def test_free_busy_of_no_range(alice, cal, start, end):
    assert busy(alice, cal, start, end).status in (400, 403)


# ---- sync-collection ----

def test_sync(alice, cal, put, uid):
    first = alice.sync(cal)
    assert first.entries == [] and first.sync_token
    a, b = put(uid + 'a'), put(uid + 'b')
    second = alice.sync(cal, first.sync_token)
    assert set(second.by_href) == {a, b} and second.by_href[a].text('d:getetag') == alice.get(a).etag
    assert alice.sync(cal, second.sync_token).entries == []
    alice.put(a, event(uid + 'a', 'Changed'))
    alice.delete(b)
    third = alice.sync(cal, second.sync_token)
    assert third.by_href[a].text('d:getetag') == alice.get(a).etag and third.by_href[b].status == 404 and len(third.entries) == 2
    again = alice.sync(cal, first.sync_token)  # an older token, any time: what is, and what is gone
    assert set(again.by_href) <= {a, b} and again.by_href[a].text('d:getetag') == alice.get(a).etag
    assert set(alice.sync(cal).by_href) == {a}  # nothing of what is gone in a first sync
    data = alice.sync(cal, first.sync_token, props=('d:getetag', 'c:calendar-data'))
    assert 'Changed' in data.by_href[a].text('c:calendar-data')
    prop = alice.propfind(cal, ['d:sync-token']).entries[0].text('d:sync-token')
    assert prop == third.sync_token


def test_sync_in_pages(alice, cal, put, uid):
    token = alice.sync(cal).sync_token
    paths = {put('%s%02d' % (uid, i)) for i in range(11)}
    seen, pages = set(), 0
    while True:
        r = alice.sync(cal, token, limit=4)
        token, pages = r.sync_token, pages + 1
        more = [e for e in r.entries if e.href == cal]
        seen |= {e.href for e in r.entries if e.href != cal}
        assert len(r.entries) - len(more) <= 4
        if not more:
            break
        assert more[0].status == 507 and q('d:number-of-matches-within-limits') in [x.tag for x in more[0].error]
        assert pages < 10
    assert seen == paths and pages == 3
    assert alice.sync(cal, token).entries == []
    # a first sync in pages
    seen, token = set(), ''
    for _ in range(5):
        r = alice.sync(cal, token, limit=5)
        seen |= {e.href for e in r.entries if e.href != cal}
        token = r.sync_token
    assert seen == paths


@pytest.mark.parametrize('token', ['nonsense', 'data:,', 'data:,nonsense-1', 'http://elsewhere.example/sync/1', 'data:,0000000000000000-99999999', '&lt;&gt;'])
def test_tokens_that_are_not_ours(alice, cal, token):
    r = alice.sync(cal, token)
    assert r.status == 403 and r.condition == 'd:valid-sync-token', r


def test_a_token_of_another_calendar(alice, cal):
    other = cal.rstrip('/') + '-other/'
    alice.request('MKCALENDAR', other)
    try:
        assert alice.sync(other, alice.sync(cal).sync_token).condition == 'd:valid-sync-token'
    finally:
        alice.delete(other)


def test_sync_levels_and_depths(alice, cal):
    body = '<d:sync-collection %s><d:sync-token/>%s<d:prop><d:getetag/></d:prop></d:sync-collection>'
    for level in ('', '<d:sync-level>1</d:sync-level>', '<d:sync-level>infinite</d:sync-level>'):
        assert alice.report(cal, body % (DECL, level)).status == 207
    assert alice.report(cal, body % (DECL, '<d:sync-level>2</d:sync-level>')).status == 400
    assert alice.report(cal, body % (DECL, '<d:sync-level>1</d:sync-level>'), 'infinity').status == 400
    r = alice.report(alice.home, body % (DECL, '<d:sync-level>1</d:sync-level>'))
    assert r.status == 403 and r.condition == 'd:supported-report'


def test_two_clients_have_two_tokens(alice, gateway, cal, put, uid):
    from dav import Client
    phone = Client(gateway.url, 'alice@contoso.example')
    t1, t2 = alice.sync(cal).sync_token, phone.sync(cal).sync_token
    path = put(uid)
    assert set(alice.sync(cal, t1).by_href) == {path} == set(phone.sync(cal, t2).by_href)


# ---- about principals ----

def test_expand_property(alice):
    r = alice.report(alice.home, '<d:expand-property %s><d:property name="owner"><d:property name="displayname"/>'
                     '<d:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav"/></d:property><d:property name="nothing"/></d:expand-property>' % DECL, 0)
    e = r.entries[0]
    inner = e.ok('d:owner').element.find(q('d:response'))
    assert inner.findtext(q('d:href')) == alice.principal
    assert inner.find('.//' + q('c:calendar-home-set')).findtext(q('d:href')) == alice.home
    assert e.props[q('d:nothing')].status == 404


def test_expand_property_asks_for_proxies(alice):
    """macOS does; what is not there is simply 404."""
    r = alice.report(alice.principal, '<d:expand-property %s><d:property name="calendar-proxy-write-for" namespace="http://calendarserver.org/ns/"><d:property name="displayname"/>'
                     '</d:property></d:expand-property>' % DECL, 0)
    assert r.status == 207, r


def search(client, text, prop='d:displayname', kind=''):
    return client.report('/dav/principals/', '<d:principal-property-search %s%s><d:property-search><d:prop><%s/></d:prop><d:match>%s</d:match></d:property-search>'
                         '<d:prop><d:displayname/><c:calendar-user-address-set/></d:prop></d:principal-property-search>' % (DECL, kind, prop, text), 0)


def test_principal_property_search(alice):
    r = search(alice, 'ALICE', 'c:calendar-user-address-set')
    assert alice.principal in r.by_href
    assert 'mailto:alice@contoso.example' in r.by_href[alice.principal].ok('c:calendar-user-address-set').hrefs
    assert search(alice, 'nobody-is-called-so').entries == []


def test_principal_search_property_set(alice):
    r = alice.report('/dav/principals/', '<d:principal-search-property-set xmlns:d="DAV:"/>', 0)
    assert r.status == 200 and r.xml.tag == q('d:principal-search-property-set')
    found = {p.tag for p in r.xml.iter()}
    assert q('d:displayname') in found and q('c:calendar-user-address-set') in found


def test_principal_match(alice):
    r = alice.report('/dav/principals/', '<d:principal-match %s><d:self/><d:prop><d:displayname/></d:prop></d:principal-match>' % DECL, 0)
    assert set(r.by_href) == {alice.principal}


def test_acl_principal_prop_set(alice, cal):
    r = alice.report(cal, '<d:acl-principal-prop-set %s><d:prop><d:displayname/></d:prop></d:acl-principal-prop-set>' % DECL, 0)
    assert alice.principal in r.by_href


def test_reports_that_are_not_there(alice, cal):
    for body in ('<d:version-tree xmlns:d="DAV:"/>', '<x:nonsense %s/>' % DECL):
        r = alice.report(cal, body, 0)
        assert r.status == 403 and r.condition == 'd:supported-report', r
    assert alice.request('REPORT', cal).status == 400


def test_minimal_reports(alice, cal, put, uid):
    path = put(uid)
    r = alice.multiget(cal, [path], '<x:nothing/>', Prefer='return=minimal')
    assert set(r.entries[0].props) == {q('d:getetag')}

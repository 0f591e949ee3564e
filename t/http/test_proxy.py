# SPDX-License-Identifier: Apache-2.0
"""Acting for others: delegates as calendar-proxy-read and -write, and other people's calendars found rather than typed."""
import pytest
from dav import DECL, Client, event, q
from outlook import NS, Outlook

DELEGATES = '<m:GetDelegate IncludePermissions="true"><m:Mailbox><t:EmailAddress>%s@contoso.example</t:EmailAddress></m:Mailbox></m:GetDelegate>'
FOR = ['cs:calendar-proxy-read-for', 'cs:calendar-proxy-write-for']

# of the fixtures `exchange` and `people`
GENERATIONS = ['2019', '2010_SP2', '2007_SP1']


def delegates(lab, who='alice'):
    root = Outlook(lab, who, 'Exchange2007_SP1').call(DELEGATES % who)
    return {d.findtext('t:UserId/t:PrimarySmtpAddress', None, NS).split('@')[0]:
            d.findtext('t:DelegatePermissions/t:CalendarFolderPermissionLevel', None, NS) for d in root.iter('{%s}DelegateUser' % NS['m'])}


def names(hrefs):
    return [h.split('/')[3].split('@')[0] for h in hrefs]


def members(client, group):
    return sorted(names(client.propfind(client.principal + 'calendar-proxy-%s/' % group, ['d:group-member-set']).entries[0].ok('d:group-member-set').hrefs))


def set_members(client, group, *who):
    hrefs = ''.join('<d:href>/dav/principals/%s@contoso.example/</d:href>' % w for w in who)
    return client.proppatch(client.principal + 'calendar-proxy-%s/' % group, '<d:group-member-set>%s</d:group-member-set>' % hrefs)


def acts_for(client):
    entry = client.propfind(client.principal, FOR).entries[0]
    return [sorted(names(entry.ok(f).hrefs)) for f in FOR]


def test_the_two_groups_of_a_principal(people):
    alice = people['alice']
    listed = alice.propfind(alice.principal, ['d:resourcetype', 'd:displayname', 'd:principal-URL'], 1).by_href
    assert set(listed) == {alice.principal, alice.principal + 'calendar-proxy-read/', alice.principal + 'calendar-proxy-write/'}
    for group in ('read', 'write'):
        path = alice.principal + 'calendar-proxy-%s/' % group
        assert {q('d:collection'), q('d:principal'), q('cs:calendar-proxy-' + group)} == set(listed[path].ok('d:resourcetype').children)
        assert listed[path].ok('d:principal-URL').hrefs == [path]
        assert members(alice, group) == []
        assert alice.proppatch(path, '<a:calendar-color>#fff</a:calendar-color>').entries[0].props[q('a:calendar-color')].status == 403
    assert alice.propfind(alice.principal + 'calendar-proxy-execute/').status == 404
    assert 'calendar-proxy' in alice.request('OPTIONS', alice.principal).header('DAV')


def test_members_are_delegates_and_readers(people, exchange):
    alice, bob, carol = people['alice'], people['bob'], people['carol']
    assert set_members(alice, 'write', 'bob').status == 207
    assert set_members(alice, 'read', 'carol', 'dave').status == 207
    assert members(alice, 'write') == ['bob'] and members(alice, 'read') == ['carol', 'dave']
    assert delegates(exchange) == {'bob': 'Editor'}
    alice.put(alice.calendar + 'a.ics', event('a', 'Hers'))
    assert bob.put(alice.calendar + 'b.ics', event('b')).status == 201
    assert carol.get(alice.calendar + 'a.ics').status == 200 and carol.put(alice.calendar + 'c.ics', event('c')).status == 403
    # from one group into the other, in either order, and out
    assert set_members(alice, 'write', 'carol').status == 207
    assert members(alice, 'write') == ['carol'] and members(alice, 'read') == ['dave'] and delegates(exchange) == {'carol': 'Editor'}
    assert set_members(alice, 'read', 'dave', 'carol').status == 207
    assert members(alice, 'write') == [] and members(alice, 'read') == ['carol', 'dave'] and delegates(exchange) == {}
    assert set_members(alice, 'read').status == 207 and members(alice, 'read') == []
    assert carol.get(alice.calendar + 'a.ics').status in (403, 404) and bob.get(alice.calendar + 'a.ics').status in (403, 404)
    # what Outlook does is seen here
    exchange.share('alice', 'dave', 'Editor')
    assert members(alice, 'write') == ['dave']


@pytest.mark.parametrize('href', ['/dav/principals/nobody@contoso.example/', '/dav/calendars/bob@contoso.example/', 'mailto:bob@contoso.example', '/dav/principals/alice@contoso.example/'])
def test_a_member_that_is_none_changes_nothing(people, exchange, href):
    alice = people['alice']
    set_members(alice, 'write', 'bob')
    for group in ('read', 'write'):
        r = alice.proppatch(alice.principal + 'calendar-proxy-%s/' % group,
                            '<d:group-member-set><d:href>/dav/principals/carol@contoso.example/</d:href><d:href>%s</d:href></d:group-member-set>' % href)
        assert r.entries[0].props[q('d:group-member-set')].status == 403 and (b'recognized-principal' in r.body or b'allowed-principal' in r.body), r
    assert members(alice, 'write') == ['bob'] and members(alice, 'read') == [] and delegates(exchange) == {'bob': 'Editor'}


def test_the_groups_of_others_are_their_own_affair(people):
    alice, bob = people['alice'], people['bob']
    set_members(alice, 'write', 'bob')
    path = alice.principal + 'calendar-proxy-write/'
    assert bob.propfind(path, ['d:group-member-set', 'd:resourcetype']).entries[0].props[q('d:group-member-set')].status == 403
    r = bob.proppatch(path, '<d:group-member-set/>')
    assert r.condition == 'd:need-privileges' and members(alice, 'write') == ['bob']


def test_visited_calendars_are_remembered(people, exchange):
    alice, bob = people['alice'], people['dave']
    exchange.share('alice', 'dave', 'Reviewer')
    exchange.share('carol', 'dave', 'Editor')
    assert acts_for(bob) == [[], []]
    for owner in ('alice', 'carol', 'bob'):  # bob shows nothing but his busy time
        bob.propfind(people[owner].calendar)
    assert acts_for(bob) == [['alice'], ['carol']]
    groups = bob.propfind(bob.principal, ['d:group-membership']).entries[0].ok('d:group-membership').hrefs
    assert sorted(groups) == [alice.principal + 'calendar-proxy-read/', people['carol'].principal + 'calendar-proxy-write/']
    exchange.share('alice', 'dave', 'None')
    assert acts_for(bob) == [[], ['carol']]
    assert acts_for(alice) == [[], []]
    # nobody learns for whom others act
    assert bob.propfind(alice.principal, FOR).entries[0].ok(FOR[0]).hrefs == []


def test_opened_in_outlook(people, exchange):
    if exchange.version == '2007_SP1':
        pytest.skip('Exchange 2007 does not search associated items')
    exchange.share('carol', 'bob', 'Reviewer', link=1)
    exchange.share('alice', 'bob', 'Editor', link=1)
    bob = people['bob']
    assert acts_for(bob) == [['carol'], ['alice']]
    exchange.reset_calls()
    assert acts_for(bob) == [['carol'], ['alice']]
    # found anew in three calls: the folder of shortcuts, the shortcuts, all calendars at once
    assert exchange.calls()['total'] <= 3, exchange.calls()


def test_as_apple_calendar_asks(people, exchange):
    alice, bob = people['alice'], people['bob']
    exchange.share('alice', 'bob', 'Editor')
    bob.propfind(alice.calendar)
    r = bob.report(bob.principal, '<d:expand-property %s><d:property name="calendar-proxy-write-for" namespace="http://calendarserver.org/ns/">'
                   '<d:property name="displayname"/><d:property name="principal-URL"/>'
                   '<d:property name="calendar-user-address-set" namespace="urn:ietf:params:xml:ns:caldav"/>'
                   '<d:property name="calendar-home-set" namespace="urn:ietf:params:xml:ns:caldav"/></d:property>'
                   '<d:property name="calendar-proxy-read-for" namespace="http://calendarserver.org/ns/"><d:property name="displayname"/></d:property>'
                   '</d:expand-property>' % DECL)
    assert r.status == 207, r
    inner = r.xml.find('.//%s/%s' % (q('cs:calendar-proxy-write-for'), q('d:response')))
    assert inner.findtext(q('d:href')) == alice.principal
    assert inner.findtext('.//%s/%s' % (q('c:calendar-home-set'), q('d:href'))) == alice.home
    assert inner.findtext('.//%s/%s' % (q('c:calendar-user-address-set'), q('d:href'))) == 'mailto:alice@contoso.example'
    set_members(alice, 'write', 'bob', 'carol')
    r = alice.report(alice.principal + 'calendar-proxy-write/', '<d:expand-property %s><d:property name="group-member-set"><d:property name="displayname"/>'
                     '</d:property></d:expand-property>' % DECL)
    shown = r.xml.findall('.//%s/%s' % (q('d:group-member-set'), q('d:response')))
    assert sorted(names(e.findtext(q('d:href')) for e in shown)) == ['bob', 'carol']


def test_many_delegates_cost_no_more_than_few(exchange, people, make_gateway):
    """sabre 154: slow with many delegates."""
    g = make_gateway(exchange=exchange.ews_url)
    bob, alice = Client(g.url, 'bob'), Client(g.url, 'alice')
    for n in range(1, 41):
        exchange.share('user%02d' % n, 'bob', 'Reviewer')
        exchange.share('alice', 'user%02d' % n, 'Reviewer')
        bob.propfind('/dav/calendars/user%02d@contoso.example/' % n)
    alice.propfind(alice.home, ['d:displayname'])
    exchange.reset_calls()
    assert len(acts_for(bob)[0]) == 40
    assert len(members(alice, 'read')) == 40
    # each of the two processes finds out once which version a server of 2007 speaks
    assert exchange.calls()['total'] <= 11, exchange.calls()
    exchange.reset_calls()
    for _ in range(5):
        assert len(acts_for(bob)[0]) == 40 and len(members(alice, 'read')) == 40
    assert exchange.calls()['total'] == 0

# SPDX-License-Identifier: Apache-2.0
"""Calendars that lie elsewhere, listed in one's own home: others' (ExcalSharedCalendars home) and public ones (ExchangePublicFolders On)."""
from dav import event
from outlook import Outlook

# of the fixtures `exchange` and `people`
GENERATIONS = ['2019', '2010_SP2']
LOCATION = 'ExcalSharedCalendars home\nExchangePublicFolders On'


def listing(client):
    return client.propfind(client.home, ['d:displayname', 'd:owner', 'd:resourcetype', 'd:sync-token'], 1).by_href


def test_an_opened_calendar_is_in_the_home(people, exchange):
    alice, bob = people['alice'], people['bob']
    alice.put(alice.calendar + 'a.ics', event('a', 'Hers'))
    exchange.share('alice', 'bob', 'Editor', link=1)
    path = bob.home + 'alice@contoso.example%3Acalendar/'
    entry = listing(bob)[path]
    assert entry.text('d:displayname').startswith('Calendar (') and entry.ok('d:owner').hrefs == [alice.principal]
    assert entry.text('d:sync-token')
    got = bob.sync(path)
    assert [e.href for e in got.entries] == [path + 'a.ics']
    assert 'SUMMARY:Hers' in bob.get(path + 'a.ics').text
    assert bob.put(path + 'b.ics', event('b', 'His')).status == 201 and 'SUMMARY:His' in alice.get(alice.calendar + 'b.ics').text
    # one log for both ways to it
    assert len(bob.sync(alice.calendar, got.sync_token).entries) == 1
    assert bob.proppatch(path, '<d:displayname>Boss</d:displayname>').status == 207
    assert listing(bob)[path].text('d:displayname') == 'Boss' and listing(alice)[alice.calendar].text('d:displayname') == 'Calendar'
    assert bob.delete(path).status == 403
    exchange.share('alice', 'bob', 'None')
    assert path not in listing(bob) and bob.get(path + 'a.ics').status == 404
    # a calendar merely looked at is not put into the list
    exchange.share('carol', 'bob', 'Reviewer')
    bob.propfind(people['carol'].calendar)
    assert not [h for h in listing(bob) if 'carol' in h]


def public(client):
    return {e.text('d:displayname'): h for h, e in listing(client).items() if 'public' in h}


def test_public_calendars(people, exchange):
    alice, bob = people['alice'], people['bob']
    found = public(alice)
    assert found and set(found) == set(public(bob))
    name, path = next((n, p) for n, p in found.items() if 'All Staff' in n)
    exchange.reset_calls()
    assert alice.put(path + 'party.ics', event('party', 'Party')).status == 201
    calls = exchange.calls()['by_operation']
    assert 'SyncFolderItems' not in calls
    seen = bob.sync(public(bob)[name])
    assert 'party.ics' in [e.href.split('/')[-1] for e in seen.entries]
    assert 'SUMMARY:Party' in bob.get(public(bob)[name] + 'party.ics').text
    # a second look finds no change; a change and a deletion reach the other's client
    assert bob.sync(path.replace(alice.home, bob.home), seen.sync_token).entries == []
    assert alice.put(path + 'party.ics', event('party', 'Bigger party')).status == 204
    again = bob.sync(public(bob)[name], seen.sync_token)
    assert [e.status for e in again.entries] == [None]
    assert alice.delete(path + 'party.ics').status == 204
    gone = bob.sync(public(bob)[name], again.sync_token)
    assert [e.status for e in gone.entries] == [404]
    assert alice.delete(path).status == 403

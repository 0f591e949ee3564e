# SPDX-License-Identifier: Apache-2.0
"""SyncFolderItems: pages, orders, deletions, states."""
import pytest

from ewsclient import Ews, EwsError, appointment, id_xml, series


def fill(ews, count, name='n'):
    inner = ''.join('<t:CalendarItem>%s</t:CalendarItem>' % appointment('%s%d' % (name, i)) for i in range(count))
    messages = ews.all('<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items>%s</m:Items></m:CreateItem>' % inner)
    assert {c for _, c in messages} == {'NoError'}
    return [(e.get('Id'), e.get('ChangeKey')) for m, _ in messages for e in m.iter('{*}ItemId')]


def everything(ews, state=None, most=512):
    changes, complete = [], False
    while not complete:
        state, part, complete = ews.sync(state, most)
        assert len(part) <= most
        changes += part
    return state, [(kind, i) for kind, i, _ in changes]


@pytest.fixture(params=['2019', '2007_SP1'])
def ews(request, lab, lab_2007):
    return Ews(lab) if request.param == '2019' else Ews(lab_2007, version='Exchange2007_SP1')


def test_first_and_next(ews):
    items = fill(ews, 5)
    state, changes = everything(ews)
    assert sorted(changes) == sorted(('Create', i) for i, _ in items)
    state, changes = everything(ews, state)
    assert changes == []
    ews.update(items[0], ('item:Subject', '<t:Subject>x</t:Subject>'))
    ews.delete(items[1])
    new = ews.create(appointment())
    state2, changes = everything(ews, state)
    assert sorted(changes) == sorted([('Update', items[0][0]), ('Delete', items[1][0]), ('Create', new[0])])
    assert everything(ews, state)[1] == changes, 'a state can be used again'
    assert everything(ews, state2)[1] == []


def test_order(lab, lab_2007):
    new, old = Ews(lab), Ews(lab_2007, version='Exchange2007_SP1')
    a, b = fill(new, 3), fill(old, 3)
    assert [i for _, i in everything(new)[1]] == [i for i, _ in reversed(a)]
    assert [i for _, i in everything(old)[1]] == [i for i, _ in b]


@pytest.mark.parametrize('most', [1, 7, 50])
def test_pages(ews, most):
    items = fill(ews, 50)
    state, changes = everything(ews, most=most)
    assert sorted(changes) == sorted(('Create', i) for i, _ in items)
    assert everything(ews, state)[1] == []


def test_at_most_512(alice):
    fill(alice, 600)
    state, changes, complete = alice.sync()
    assert len(changes) == 512 and not complete
    state, changes, complete = alice.sync(state)
    assert len(changes) == 88 and complete


def test_changes_between_pages_are_not_lost(ews):
    items = fill(ews, 30)
    state, seen = None, {}
    for step in range(100):
        state, changes, complete = ews.sync(state, 4)
        for kind, item, element in changes:
            if kind == 'Delete':
                seen.pop(item, None)
            else:
                seen[item] = element.find('.//{*}ItemId').get('ChangeKey')
        if step < 6:
            items[step] = ews.update(items[step], ('item:Subject', '<t:Subject>again</t:Subject>'))
            items[29 - step] = ews.update(items[29 - step], ('item:Subject', '<t:Subject>again</t:Subject>'))
            gone = items.pop(15)
            ews.delete(gone)
            items.append(ews.create(appointment()))
            items[10:10] = []
        if complete and step > 6:
            break
    assert seen == dict(items)


def test_masters_only(alice):
    master = alice.create(series())
    state, changes = everything(alice)
    assert changes == [('Create', master[0])]
    alice.update((master[0], 2), ('item:Subject', '<t:Subject>x</t:Subject>'), element='OccurrenceItemId', resolution='AlwaysOverwrite')
    state, changes = everything(alice, state)
    assert changes == [('Update', master[0])]
    alice.delete((master[0], 3), element='OccurrenceItemId')
    assert everything(alice, state)[1] == [('Update', master[0])]


def test_what_moves_out_is_deleted(alice):
    item = alice.create(appointment())
    state, _ = everything(alice)
    alice.delete(item, kind='MoveToDeletedItems')
    assert everything(alice, state)[1] == [('Delete', item[0])]


def test_ignore(alice):
    items = fill(alice, 2)
    m = alice.call('<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>'
                   '<t:DistinguishedFolderId Id="calendar"/></m:SyncFolderId><m:Ignore>%s</m:Ignore><m:MaxChangesReturned>10'
                   '</m:MaxChangesReturned></m:SyncFolderItems>' % id_xml(items[0]))
    assert [e.get('Id') for e in m.iter('{*}ItemId')] == [items[1][0]]


def test_bad_states(lab, lab_2007, alice):
    state, _, _ = alice.sync()
    old_state, _, _ = Ews(lab_2007, version='Exchange2007_SP1').sync()
    for bad in ('AAAA', 'nonsense', state[:-4], old_state, state[:40] + ('A' if state[40] != 'A' else 'B') + state[41:]):
        with pytest.raises(EwsError) as e:
            alice.sync(bad)
        assert e.value.code == 'ErrorInvalidSyncStateData'
    with pytest.raises(EwsError) as e:
        alice.sync(state, folder='tasks')
    assert e.value.code == 'ErrorInvalidSyncStateData'
    with pytest.raises(EwsError) as e:
        Ews(lab, 'bob').sync(state)
    assert e.value.code == 'ErrorInvalidSyncStateData'


def test_a_state_survives_a_restart(lab):
    alice = Ews(lab)
    fill(alice, 3)
    state, _ = everything(alice)
    lab.restart()
    alice = Ews(lab)
    new = alice.create(appointment())
    assert everything(alice, state)[1] == [('Create', new[0])]


def test_a_missing_folder(alice):
    with pytest.raises(EwsError) as e:
        alice.sync(folder='voicemail')
    assert e.value.code == 'ErrorSyncFolderNotFound'

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What Evolution's windows ask of evolution-data-server, by its own library: a line of JSON in, a line of JSON out.
The first argument is the user, the second the password; sources are named by the files of the configuration."""
import json
import sys

import gi

gi.require_version('EDataServer', '1.2')
gi.require_version('ECal', '2.0')
gi.require_version('ICalGLib', '3.0')
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # noqa: E402

WITHOUT_WAITING = 0xffffffff
KINDS = {'calendar': ECal.ClientSourceType.EVENTS, 'tasks': ECal.ClientSourceType.TASKS}
registry = EDataServer.SourceRegistry.new_sync(None)
open_clients = {}


def connect(name):
    """The client of a source; the password is given as the prompt would give it."""
    if name in open_clients:
        return open_clients[name]
    source = registry.ref_source(name)
    client = ECal.Client.connect_sync(source, KINDS[name], WITHOUT_WAITING, None)
    login = EDataServer.NamedParameters.new()
    login.set('username', sys.argv[1])
    login.set('password', sys.argv[2])
    loop = GLib.MainLoop()

    def look():
        if source.get_connection_status() != EDataServer.SourceConnectionStatus.CONNECTED:
            return True
        loop.quit()
        return False
    source.connect('credentials-required', lambda s, *_: s.invoke_authenticate(login, None, None))
    GLib.timeout_add(50, look)
    GLib.timeout_add_seconds(30, loop.quit)
    loop.run()
    open_clients[name] = client
    return client


def answer(source, op, *args):
    client = connect(source)
    if op == 'readonly':
        return client.is_readonly()
    if op == 'list':
        client.refresh_sync(None)
        return [c.as_ical_string() for c in client.get_object_list_sync('#t', None)[1]]
    if op == 'create':
        return client.create_object_sync(ICalGLib.Component.new_from_string(args[0]), ECal.OperationFlags.NONE, None)[1]
    if op == 'modify':
        return client.modify_object_sync(ICalGLib.Component.new_from_string(args[0]), ECal.ObjModType.ALL, ECal.OperationFlags.NONE, None)
    if op == 'remove':
        return client.remove_object_sync(args[0], None, ECal.ObjModType.ALL, ECal.OperationFlags.NONE, None)
    if op == 'busy':
        found = client.get_free_busy_sync(args[0], args[1], [args[2]], None)
        return [c.get_icalcomponent().as_ical_string() for c in found[1]]
    raise ValueError(op)


for line in sys.stdin:
    try:
        result = [answer(*json.loads(line))]
    except GLib.Error as e:
        result = [None, e.message]
    print(json.dumps(result), flush=True)

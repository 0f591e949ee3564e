# SPDX-License-Identifier: Apache-2.0
"""Thunderbird without a screen, by the remote control that is built into it (Marionette): subscribes calendars and does in them
what its windows do, with the same objects: transactions, invitations, the alarm service, free/busy times."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

from gateway import free_port, wait_port

PROGRAM = '/usr/lib/thunderbird/thunderbird'

# Nothing but loopback can be reached, nothing asks, nothing updates itself.
SETTINGS = {
    'network.proxy.type': 1, 'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': 9, 'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': 9, 'network.proxy.no_proxies_on': 'localhost,127.0.0.1', 'network.captive-portal-service.enabled': False,
    'network.connectivity-service.enabled': False, 'network.dns.disableIPv6': True, 'app.update.auto': False, 'extensions.update.enabled': False,
    'datareporting.policy.dataSubmissionEnabled': False, 'toolkit.telemetry.enabled': False, 'services.settings.server': 'http://127.0.0.1:9/',
    'mail.provider.suppress_dialog_on_startup': True, 'mail.spotlight.firstRunDone': True, 'mailnews.start_page.enabled': False,
    'mail.shell.checkDefaultClient': False, 'mail.inappnotifications.enabled': False, 'calendar.timezone.local': 'Europe/Berlin',
    'calendar.timezone.useSystemTimezone': False, 'calendar.registry.calmgr-seeded': True, 'signon.rememberSignons': True,
    'calendar.alarms.show': False, 'calendar.alarms.playsound': False,
}

PRELUDE = '''
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
const { CalEvent } = ChromeUtils.importESModule("resource:///modules/CalEvent.sys.mjs");
const { CalTodo } = ChromeUtils.importESModule("resource:///modules/CalTodo.sys.mjs");
const { CalAttendee } = ChromeUtils.importESModule("resource:///modules/CalAttendee.sys.mjs");
const Trn = ChromeUtils.importESModule("resource:///modules/CalTransactionManager.sys.mjs");
const timers = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
const pause = ms => new Promise(done => timers.setTimeout(done, ms));
const calendar = id => cal.manager.getCalendarById(id);
// the CalDAV calendar behind the cache
const source = id => { const w = calendar(id).wrappedJSObject; return (w.mUncachedCalendar || w).wrappedJSObject; };
const busy = id => Boolean(calendar(id).wrappedJSObject.mPendingSync);
const settle = async id => { for (let calm = 0; calm < 4; calm = busy(id) ? 0 : calm + 1) await pause(50); };
const commit = async (id, transaction) => { await settle(id); await Trn.CalTransactionManager.getInstance().commit(transaction); await settle(id); return transaction.item; };
const add = (id, item) => commit(id, new Trn.CalAddTransaction(item, calendar(id), null, null));
const vanished = async (id, uid) => { while (await calendar(id).getItem(uid)) await pause(100); };
// a change after which the server has the item no more (a declined meeting) is shown, but its promise is never kept
const modify = (id, item, old) => Promise.race([commit(id, new Trn.CalModifyTransaction(item, calendar(id), old, null)), vanished(id, item.id)]);
const remove = (id, item) => commit(id, new Trn.CalDeleteTransaction(item, calendar(id), null, null));
const byUid = async (id, uid) => { const found = await calendar(id).getItem(uid); if (!found) throw new Error("no item " + uid); return found; };
const occurrence = (item, start) => item.recurrenceInfo.getOccurrenceFor(cal.createDateTime(start).getInTimezone(item.startDate.timezone));
const person = (address, status, role, organizer) => { const a = new CalAttendee(); a.id = "mailto:" + address; a.participationStatus = status;
  a.role = role; a.rsvp = status == "NEEDS-ACTION" ? "TRUE" : "FALSE"; a.isOrganizer = Boolean(organizer); return a; };
// where a clash would ask the person, it is told that the other side's version stays
cal.provider.promptOverwrite = () => false;
'''


class ScriptError(Exception):
    pass


class Thunderbird:
    """start() … stop(); run(script, *args) runs the body of an async function with `args`, in the program itself."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='thunderbird-')
        self.proc = self.conn = None
        self.pending, self.count = b'', 0

    def start(self):
        port = free_port()
        with open(os.path.join(self.dir, 'user.js'), 'w') as f:
            for name, value in dict(SETTINGS, **{'marionette.port': port}).items():
                f.write('user_pref(%s, %s);\n' % (json.dumps(name), json.dumps(value)))
        env = dict(os.environ, HOME=self.dir, XDG_RUNTIME_DIR=self.dir, MOZ_HEADLESS='1', MOZ_CRASHREPORTER_DISABLE='1')
        self.out = open(os.path.join(self.dir, 'out'), 'w')
        self.proc = subprocess.Popen([PROGRAM, '--headless', '--no-remote', '--profile', self.dir, '--marionette', '--remote-allow-system-access'],
                                     env=env, cwd=self.dir, stdout=self.out, stderr=subprocess.STDOUT, start_new_session=True)
        if not wait_port(port, self.proc, 120):
            said = open(os.path.join(self.dir, 'out')).read()[-2000:]
            self.stop()
            raise RuntimeError('Thunderbird did not start: ' + said)
        self.conn = socket.create_connection(('127.0.0.1', port), 30)
        self.conn.settimeout(180)
        self.message()
        self.command('WebDriver:NewSession', capabilities={'alwaysMatch': {}})
        self.command('Marionette:SetContext', value='chrome')
        self.command('WebDriver:SetTimeouts', script=120000)
        return self

    def stop(self):
        if self.conn:
            try:
                self.command('Marionette:Quit', flags=['eForceQuit'])
            except (OSError, RuntimeError):
                pass  # it may be gone before it answers
            self.conn.close()
            self.conn = None
        if self.proc and self.proc.poll() is None:
            try:
                self.proc.wait(15)
            except subprocess.TimeoutExpired:
                self.proc.terminate()
                try:
                    self.proc.wait(15)
                except subprocess.TimeoutExpired:
                    self.proc.kill()
                    self.proc.wait()
        self.proc = None
        self.out.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    # ---- the protocol: a length, a colon, JSON ----

    def message(self):
        while b':' not in self.pending:
            self.receive()
        length, _, rest = self.pending.partition(b':')
        self.pending = rest
        while len(self.pending) < int(length):
            self.receive()
        text, self.pending = self.pending[:int(length)], self.pending[int(length):]
        return json.loads(text)

    def receive(self):
        data = self.conn.recv(1 << 16)
        if not data:
            raise RuntimeError('Thunderbird closed the connection')
        self.pending += data

    def command(self, name, **params):
        self.count += 1
        text = json.dumps([0, self.count, name, params]).encode()
        self.conn.sendall(b'%d:%s' % (len(text), text))
        while True:
            kind, number, error, result = self.message()
            if kind == 1 and number == self.count:
                if error:
                    raise RuntimeError('%s: %s' % (name, error.get('message')))
                return result

    def run(self, script, *args):
        whole = ('const done = arguments[arguments.length - 1], args = Array.from(arguments).slice(0, -1); (async () => {%s%s})()'
                 '.then(v => done([v === undefined ? null : v]), e => done([null, String(e) + " " + (e && e.stack || "")]));' % (PRELUDE, script))
        answer = self.command('WebDriver:ExecuteAsyncScript', script=whole, args=list(args), sandbox='system', newSandbox=True)['value']
        if len(answer) > 1:
            raise ScriptError(answer[1][:1500])
        return answer[0]

    # ---- calendars ----

    def detect(self, user, password, location):
        """What "New Calendar > On the Network" offers for a location: [{uri, name, readOnly}]; the password is remembered."""
        return self.run('''const found = await cal.provider.detection.detect(args[0], args[1], args[2], true, [], {}); const out = [];
            for (const [provider, calendars] of found) for (const c of calendars) if (provider.type == "caldav")
              out.push({uri: c.uri.spec, name: c.name, readOnly: c.readOnly});
            return out;''', user, password, location)

    def subscribe(self, url, user):
        """Register a calendar; the id, once it is read."""
        key = self.run('''const c = cal.manager.createCalendar("caldav", Services.io.newURI(args[0])); c.id = cal.getUUID(); c.name = args[0];
            c.setProperty("username", args[1]); c.setProperty("cache.enabled", true); c.setProperty("refreshInterval", 0);
            cal.manager.registerCalendar(c); c.refresh(); return c.id;''', url, user)
        self.run('''for (let i = 0; i < 600 && !(source(args[0]).checkedServerInfo && source(args[0]).mFirstRefreshDone); i++) await pause(50);
            await settle(args[0]);''', key)
        return Calendar(self, key, url)


class Calendar:
    """A calendar in Thunderbird. Items are told by UID; `occurrence` is the original start in UTC, `20270309T090000Z`."""

    def __init__(self, program, key, url):
        self.program, self.key, self.url = program, key, url

    def run(self, script, *args):
        return self.program.run('const id = args.shift();' + script, self.key, *args)

    def about(self):
        return self.run('''const s = source(id), c = calendar(id); return {readOnly: c.readOnly, disabled: Boolean(c.getProperty("disabled")), types: s.mSupportedItemTypes,
            autoScheduling: s.hasAutoScheduling, freeBusy: s.hasFreeBusy, organizer: c.getProperty("organizerId"), status: c.getProperty("currentStatus")};''')

    def unsubscribe(self):
        self.run('await settle(id); cal.manager.unregisterCalendar(calendar(id));')

    def refresh(self):
        self.run('await settle(id); calendar(id).refresh(); await pause(20); await settle(id);')

    def text(self, uid):
        """The item as iCalendar, None when the calendar does not show it."""
        return self.run('const item = await calendar(id).getItem(args[0]); return item ? cal.item.serialize(item) : null;', uid)

    def wait(self, uid, wanted, seconds=30):
        """Refresh until wanted(text) holds; the text."""
        end = time.time() + seconds
        while True:
            self.refresh()
            text = self.text(uid)
            if wanted(text):
                return text
            assert time.time() < end, text
            time.sleep(0.3)

    def add(self, component, attendees=()):
        """Add a VEVENT or VTODO; with attendees it is an invitation of the calendar's owner."""
        return self.run('''const item = args[0].startsWith("BEGIN:VTODO") ? new CalTodo(args[0]) : new CalEvent(args[0]);
            if (args[1].length) { const me = calendar(id).getProperty("organizerId").replace(/^mailto:/i, "");
              item.organizer = person(me, "ACCEPTED", "CHAIR", true); item.addAttendee(person(me, "ACCEPTED", "CHAIR"));
              for (const a of args[1]) item.addAttendee(person(a, "NEEDS-ACTION", "REQ-PARTICIPANT")); }
            await add(id, item);''', component, list(attendees))

    def change(self, uid, script, occurrence=None):
        """Change an item, or one occurrence: the script works on `item`, a copy."""
        self.run('''const whole = await byUid(id, args[0]), old = args[1] ? occurrence(whole, args[1]) : whole, item = old.clone();
            %s
            await modify(id, item, old);''' % script, uid, occurrence)

    def answer(self, uid, status, occurrence=None):
        """What the buttons of an invitation do: ACCEPTED, TENTATIVE, DECLINED."""
        self.change(uid, '''const mine = cal.itip.getInvitedAttendee(item, calendar(id)); if (!mine) throw new Error("not invited");
            const other = mine.clone(); item.removeAttendee(mine); other.participationStatus = "%s"; item.addAttendee(other);''' % status, occurrence)

    def remove(self, uid, occurrence=None):
        if occurrence:
            self.run('''const old = await byUid(id, args[0]), item = old.clone(); item.recurrenceInfo.removeOccurrenceAt(occurrence(old, args[1]).recurrenceId);
                await modify(id, item, old);''', uid, occurrence)
        else:
            self.run('await remove(id, await byUid(id, args[0]));', uid)

    def free_busy(self, address, start, end):
        """[(type, start, end)] as the grid of "Invite Attendees" asks for it; None when there is no answer for that address."""
        return self.run('''const answer = await new Promise(done => cal.freeBusyService.getFreeBusyIntervals("MAILTO:" + args[0], cal.createDateTime(args[1]), cal.createDateTime(args[2]),
              Ci.calIFreeBusyInterval.BUSY_ALL, {QueryInterface: ChromeUtils.generateQI(["calIGenericOperationListener"]),
                onResult(operation, intervals) { if (!operation || !operation.isPending) done(intervals || []); }}));
            const kinds = Object.entries({BUSY: "BUSY", BUSY_UNAVAILABLE: "UNAVAILABLE", BUSY_TENTATIVE: "TENTATIVE", FREE: "FREE", UNKNOWN: "UNKNOWN"});
            return answer.map(i => [(kinds.find(([k]) => Ci.calIFreeBusyInterval[k] == i.freeBusyType) || [0, String(i.freeBusyType)])[1],
              i.interval.start.icalString, i.interval.end.icalString]);''', address, start, end)

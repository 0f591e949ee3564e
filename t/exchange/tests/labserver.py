# SPDX-License-Identifier: Apache-2.0
"""Starts and stops the Exchange simulator for tests, the demo and benchmarks, and speaks to its
controls. It listens on loopback only and stops just the process it started."""
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
EXCHANGE = os.path.dirname(HERE)
TOP = os.path.dirname(os.path.dirname(EXCHANGE))


def build_dir():
    return os.environ.get('EXCAL_BUILD') or os.path.join(TOP, os.environ.get('BUILD', 'build'))


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Lab:
    """directory: where its state lives (default: a new one, removed by stop())."""

    def __init__(self, directory=None, port=None, version='2019', auth='basic,ntlm', module=None):
        self.own_dir = directory is None
        self.dir = directory or tempfile.mkdtemp(prefix='lab-')
        self.port = port or free_port()
        self.version, self.auth = version, auth
        self.module = module or os.path.join(build_dir(), 'exchange/mod_lab.so')
        self.proc = None

    @property
    def url(self):
        return 'http://127.0.0.1:%d' % self.port

    @property
    def ews_url(self):
        return self.url + '/EWS/Exchange.asmx'

    def environment(self):
        """With EXCAL_SANITIZED the module was built for AddressSanitizer, which httpd must load first."""
        env = dict(os.environ)
        if env.get('EXCAL_SANITIZED'):
            lib = subprocess.check_output(['gcc', '-print-file-name=libasan.so'], text=True).strip()
            env.update(LAB_PRELOAD=os.path.realpath(lib), UBSAN_OPTIONS='print_stacktrace=1:halt_on_error=1',
                       ASAN_OPTIONS='detect_leaks=0:abort_on_error=1:log_path=%s/asan' % self.dir)
        return env

    def crashes(self):
        """What a healthy run has none of: sanitizer reports and children that died."""
        found = [open(f, errors='replace').read() for f in glob.glob(os.path.join(self.dir, 'asan.*'))]
        return found + [line for line in self.error_log().splitlines() if 'exit signal' in line or 'runtime error' in line]

    def start(self):
        os.makedirs(self.dir, exist_ok=True)
        args = [os.path.join(EXCHANGE, 'lab'), '--port', str(self.port), '--dir', self.dir, '--module', self.module,
                '--version', self.version, '--auth', self.auth]
        self.proc = subprocess.Popen(args, cwd='/', start_new_session=True, env=self.environment())
        for _ in range(1200):
            try:
                self.control('GET', 'calls')
                time.sleep(0.1)
                if self.proc.poll() is None:  # else somebody else's server answered on that port
                    return self
                break
            except (OSError, urllib.error.URLError):
                if self.proc.poll() is not None:
                    break
                time.sleep(0.05)
        log = self.error_log()
        self.stop()
        raise RuntimeError('the simulator did not start:\n' + log[-3000:])

    def stop(self):
        if self.proc and self.proc.poll() is None:
            self.proc.send_signal(signal.SIGTERM)
            try:
                self.proc.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.proc.pid, signal.SIGKILL)
                self.proc.wait()
        self.proc = None
        if self.own_dir:
            shutil.rmtree(self.dir, ignore_errors=True)

    def restart(self):
        own, self.own_dir = self.own_dir, False
        self.stop()
        self.own_dir = own
        return self.start()

    def error_log(self):
        path = os.path.join(self.dir, 'error.log')
        return open(path, errors='replace').read() if os.path.exists(path) else ''

    # --- controls ---------------------------------------------------------------------------

    def control(self, method, path, body=None, **query):
        url = '%s/lab/%s' % (self.url, path)
        if query:
            url += '?' + urllib.parse.urlencode(query)
        data = None if body is None else json.dumps(body).encode()
        if method == 'POST' and data is None:
            data = b''
        request = urllib.request.Request(url, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            raise RuntimeError('%s %s: %d %s' % (method, path, e.code, e.read().decode(errors='replace'))) from e

    def calls(self):
        """{'total': n, 'by_operation': {...}, 'connections': n, 'unauthenticated': n}"""
        return self.control('GET', 'calls')

    def reset_calls(self):
        return self.control('POST', 'calls/reset')

    def reset(self):
        """Empties all mailboxes; settings stay."""
        return self.control('POST', 'reset')

    def seed(self, mailbox, events, **query):
        return self.control('POST', 'seed', mailbox=mailbox, events=events, **query)

    def share(self, owner, user, level='Reviewer', **query):
        """Gives user (or 'default', 'anonymous') a level on a folder (folder=, else the calendar) of owner."""
        return self.control('POST', 'share', owner=owner, user=user, level=level, **query)

    def full_access(self, owner, user, on=1):
        return self.control('POST', 'fullaccess', owner=owner, user=user, on=on)

    def settings(self, **changes):
        """Merges settings (version=, auth=, latency_ms=, faults=, record=, tokens=); returns all."""
        return self.control('POST', 'settings', changes) if changes else self.control('GET', 'settings')

    def default_settings(self):
        """Back to the settings of the start, no faults."""
        return self.control('DELETE', 'settings')

    def faults(self, *faults):
        """faults(dict(operation='GetItem', kind='503', times=1), ...); without any: none."""
        return self.settings(faults=list(faults))

    def outbox(self):
        """Every mail that was sent since the reset, oldest first: [{'from', 'to', 'class', 'subject', ...}]."""
        return self.control('GET', 'outbox')

    def deliver(self, to, sender, ics, method=None):
        """A meeting message from outside: iCalendar with REQUEST, CANCEL, REPLY or COUNTER."""
        body = {'to': to, 'from': sender, 'ics': ics}
        if method:
            body['method'] = method
        return self.control('POST', 'deliver', body)

    def empty_outbox(self):
        return self.control('DELETE', 'outbox')

    def requests(self):
        """The last bodies, [{'operation': ..., 'body': ...}], when record was set."""
        return self.control('GET', 'requests')

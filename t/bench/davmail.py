# SPDX-License-Identifier: Apache-2.0
"""DavMail (Debian's package) in front of the simulator, on a port of its own."""
import os
import shutil
import subprocess
import tempfile

from gateway import free_port, wait_port

JAR = '/usr/share/davmail/davmail.jar'

SETTINGS = '''davmail.server=true
davmail.mode=EWS
davmail.enableEws=true
davmail.url=%(url)s
davmail.caldavPort=%(port)d
davmail.imapPort=
davmail.ldapPort=
davmail.popPort=
davmail.smtpPort=
davmail.bindAddress=127.0.0.1
davmail.allowRemote=false
davmail.disableUpdateCheck=true
davmail.enableKerberos=false
davmail.caldavPastDelay=0
davmail.caldavAutoSchedule=false
davmail.logFilePath=%(dir)s/davmail.log
log4j.rootLogger=WARN
log4j.logger.davmail=WARN
log4j.logger.org.apache.http.wire=WARN
log4j.logger.org.apache.http=WARN
'''


def missing():
    """Why it cannot run here; None when it can."""
    if not os.path.exists(JAR):
        return 'the package davmail is not installed'
    if not shutil.which('java'):
        return 'there is no java'
    return None


class DavMail:
    """more: further settings, or others than those above."""

    def __init__(self, exchange, more=''):
        self.more = more
        self.dir = tempfile.mkdtemp(prefix='davmail-')
        self.port = free_port()
        self.exchange = exchange
        self.proc = None

    @property
    def url(self):
        return 'http://127.0.0.1:%d' % self.port

    def start(self):
        conf = os.path.join(self.dir, 'davmail.properties')
        with open(conf, 'w') as f:
            f.write(SETTINGS % dict(url=self.exchange, port=self.port, dir=self.dir) + self.more)
        self.out = open(os.path.join(self.dir, 'out'), 'w')
        self.proc = subprocess.Popen(['java', '-jar', JAR, '-server', conf], cwd=self.dir, stdout=self.out, stderr=subprocess.STDOUT,
                                     start_new_session=True)
        if not wait_port(self.port, self.proc):
            self.stop()
            raise RuntimeError('DavMail did not start')
        return self

    def pids(self):
        return [self.proc.pid]

    def stop(self):
        if self.proc and self.proc.poll() is None:
            self.proc.terminate()
            try:
                self.proc.wait(20)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()
        self.proc = None
        shutil.rmtree(self.dir, ignore_errors=True)

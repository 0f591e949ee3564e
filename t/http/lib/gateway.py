# SPDX-License-Identifier: Apache-2.0
"""A real httpd with the module in it, for tests, the demo and benchmarks: its configuration, its
start and its end. It listens on loopback only and stops just the processes it started."""
import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
MODULES = next((d for d in ('/usr/lib/apache2/modules', '/usr/lib64/httpd/modules', '/usr/lib/httpd/modules') if os.path.isdir(d)),
               '/usr/lib/apache2/modules')
HTTPD = next((p for p in ('/usr/sbin/apache2', '/usr/sbin/httpd') if os.path.exists(p)), 'httpd')


def build_dir():
    return os.environ.get('EXCAL_BUILD') or os.path.join(TOP, os.environ.get('BUILD', 'build'))


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def wait_port(port, proc, seconds=60):
    for _ in range(int(seconds * 20)):
        try:
            socket.create_connection(('127.0.0.1', port), 1).close()
            # somebody else's server on that port is not ours
            time.sleep(0.1)
            return proc.poll() is None
        except OSError:
            if proc.poll() is not None:
                return False
            time.sleep(0.05)
    return False


DIED = re.compile(rb'exit signal|Segmentation|child .* exited abnormally|runtime error:')

CONFIG = '''# made for one run; see t/http/lib/gateway.py
ServerRoot {dir}
DefaultRuntimeDir {dir}
PidFile {dir}/httpd.pid
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
{identity}
LoadModule mpm_{mpm}_module {modules}/mod_mpm_{mpm}.so
{loads}
TypesConfig /dev/null
LoadModule excal_module {module}
ErrorLog {dir}/error.log
LogLevel warn excal:debug
LogFormat "%h %u \\"%r\\" %>s %B %{{excal-op}}n %{{excal-calls}}n %{{excal-time}}n %{{excal-code}}n" gateway
CustomLog {dir}/access.log gateway
Mutex file:{dir} default
KeepAlive On
Timeout 120
LimitXMLRequestBody 0
{mpm_conf}
{http2}
DocumentRoot {dir}/www
ExcalCache {cache}
ExcalCacheSize 256M
{server}
<Location "/">
    AuthType Basic
    AuthName "Exchange calendar"
    AuthBasicProvider excal
    Require valid-user
    ExchangeGateway On
    ExchangeURL {exchange}
    ExchangeMailDomain contoso.example
{location}
</Location>
'''

LOADS = ['authn_core', 'authz_core', 'authz_user', 'auth_basic', 'authn_file', 'env', 'setenvif', 'headers', 'filter', 'deflate', 'mime',
         'alias', 'dir', 'socache_shmcb', 'status']


class Gateway:
    """exchange: the EWS URL; location/server: further directives inside <Location> / for the server."""

    def __init__(self, exchange, directory=None, port=None, mpm='event', http2=False, location='', server='', cache=None,
                 sanitized=None, processes=2):
        self.own_dir = directory is None
        self.dir = directory or tempfile.mkdtemp(prefix='excal-')
        self.port = port or free_port()
        self.exchange, self.mpm, self.http2 = exchange, mpm, http2
        self.location, self.server = location, server
        self.cache = cache or 'lmdb:%s/cache' % self.dir
        self.sanitized = sanitized if sanitized is not None else bool(os.environ.get('EXCAL_SANITIZED'))
        self.processes = processes
        self.proc = None
        self.died, self.log_read = [], 0

    @property
    def url(self):
        return 'http://127.0.0.1:%d' % self.port

    def write_config(self):
        os.makedirs(os.path.join(self.dir, 'www'), exist_ok=True)
        os.makedirs(os.path.join(self.dir, 'cache'), exist_ok=True)
        os.chmod(self.dir, 0o755)
        identity = ''
        if os.getuid() == 0:
            user = pwd.getpwnam('www-data')
            identity = 'User www-data\nGroup %s' % grp.getgrgid(user.pw_gid).gr_name
            os.chown(os.path.join(self.dir, 'cache'), user.pw_uid, user.pw_gid)
        loads = list(LOADS) + (['http2'] if self.http2 else [])
        if self.mpm == 'prefork':
            mpm_conf = 'StartServers 4\nMinSpareServers 2\nMaxSpareServers 8\nMaxRequestWorkers 16'
        else:
            mpm_conf = 'StartServers %d\nThreadsPerChild 16\nMinSpareThreads 1\nMaxSpareThreads 64\nMaxRequestWorkers 64' % self.processes
        text = CONFIG.format(
            dir=self.dir, port=self.port, identity=identity, mpm=self.mpm, modules=MODULES,
            module=os.path.join(build_dir(), 'mod_excal.so'), mpm_conf=mpm_conf, cache=self.cache, exchange=self.exchange,
            loads='\n'.join('LoadModule %s_module %s/mod_%s.so' % (m, MODULES, m) for m in loads
                            if os.path.exists('%s/mod_%s.so' % (MODULES, m))),
            http2='Protocols h2c http/1.1' if self.http2 else '', server=self.server,
            location='\n'.join('    ' + line for line in self.location.strip().split('\n')))
        path = os.path.join(self.dir, 'httpd.conf')
        with open(path, 'w') as f:
            f.write(text)
        return path

    def environment(self):
        env = dict(os.environ, LC_ALL='C.UTF-8')
        if self.sanitized:
            lib = subprocess.check_output(['gcc', '-print-file-name=libasan.so'], text=True).strip()
            env.update(LD_PRELOAD=os.path.realpath(lib), UBSAN_OPTIONS='print_stacktrace=1:halt_on_error=1',
                       # httpd keeps its pools to the end and unloads modules: leaks are looked for elsewhere
                       ASAN_OPTIONS='detect_leaks=0:abort_on_error=1:handle_segv=2:handle_sigbus=2:log_path=%s/asan' % self.dir)
        return env

    def start(self):
        conf = self.write_config()
        self.out = open(os.path.join(self.dir, 'httpd.out'), 'w')
        self.proc = subprocess.Popen([HTTPD, '-f', conf, '-DFOREGROUND'], env=self.environment(), cwd='/', stdout=self.out,
                                     stderr=subprocess.STDOUT, start_new_session=True)
        if not wait_port(self.port, self.proc):
            log = self.error_log()
            self.stop()
            raise RuntimeError('httpd did not start:\n%s\n%s' % (open(os.path.join(self.dir, 'httpd.out')).read(), log[-3000:]))
        return self

    def graceful(self):
        """A graceful restart; returns when the new children serve."""
        before = self.error_log().count('resuming normal operations')
        self.proc.send_signal(signal.SIGUSR1)
        for _ in range(400):
            if self.error_log().count('resuming normal operations') > before:
                return
            time.sleep(0.05)
        raise RuntimeError('no graceful restart')

    def stop(self):
        if self.proc and self.proc.poll() is None:
            # the event MPM's children close their sockets at SIGTERM without waiting for the thread that is closing
            # the last connection, and crash when they meet: that is httpd's, and not what is tested
            time.sleep(0.2)
            self.proc.terminate()
            try:
                self.proc.wait(30)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()
        self.proc = None

    def restart(self):
        self.stop()
        return self.start()

    def error_log(self):
        path = os.path.join(self.dir, 'error.log')
        return open(path, errors='replace').read() if os.path.exists(path) else ''

    def access_log(self):
        path = os.path.join(self.dir, 'access.log')
        return open(path, errors='replace').read() if os.path.exists(path) else ''

    def crashes(self):
        """What must never be in a log: a child that died, a sanitizer's report. Of a long log only what is new is read."""
        path = os.path.join(self.dir, 'error.log')
        if os.path.exists(path):
            with open(path, 'rb') as f:
                f.seek(self.log_read)
                new = f.read()
            new = new[:new.rfind(b'\n') + 1]  # a line that is still being written waits
            self.log_read += len(new)
            self.died += [line.decode('utf-8', 'replace') for line in new.split(b'\n') if DIED.search(line)]
        reports = [n for n in sorted(os.listdir(self.dir)) if n.startswith('asan')]
        return self.died + [open(os.path.join(self.dir, n), errors='replace').read() for n in reports]

    def remove(self):
        self.stop()
        if self.own_dir:
            shutil.rmtree(self.dir, ignore_errors=True)

# SPDX-License-Identifier: Apache-2.0
"""What `make install` puts on a Debian machine: the files, `a2enmod excal`, and every snippet as httpd reads it."""
import os
import re
import shutil
import subprocess

import pytest
from gateway import HTTPD, MODULES, TOP, build_dir, free_port

DEBIAN = '/etc/apache2'
pytestmark = [
    pytest.mark.skipif(not os.path.isdir(DEBIAN + '/mods-available'), reason='not a Debian layout of apache2'),
    pytest.mark.skipif(bool(os.environ.get('EXCAL_SANITIZED')), reason='the sanitized module is not the one that is installed'),
]


def run(*command, **env):
    out = subprocess.run(command, capture_output=True, text=True, check=False, cwd=TOP, env=dict(os.environ, **env))
    assert out.returncode == 0, '%s\n%s%s' % (' '.join(command), out.stdout, out.stderr)
    return out.stdout + out.stderr


@pytest.fixture(scope='module')
def machine(tmp_path_factory):
    """A copy of Debian's configuration with the module installed and enabled, and a certificate."""
    root = str(tmp_path_factory.mktemp('machine'))
    env = {k: '' for k in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')}
    run('make', '-s', 'install', 'DESTDIR=' + root, 'BUILD=' + os.path.relpath(build_dir(), TOP), **env)
    etc = os.path.join(root, 'apache2')
    shutil.copytree(DEBIAN, etc, symlinks=True)
    for name in os.listdir(root + DEBIAN + '/mods-available'):
        shutil.copy(os.path.join(root + DEBIAN + '/mods-available', name), os.path.join(etc, 'mods-available', name))
    for link in os.listdir(etc + '/sites-enabled'):
        os.unlink(os.path.join(etc, 'sites-enabled', link))
    run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=calendar.example.com', '-days', '2',
        '-keyout', root + '/key.pem', '-out', root + '/cert.pem')
    load = os.path.join(etc, 'mods-available/excal.load')
    text = open(load).read()
    assert 'LoadModule excal_module %s/mod_excal.so' % MODULES in text
    with open(load, 'w') as f:
        f.write(text.replace(MODULES, root + MODULES))
    with open(os.path.join(etc, 'ports.conf'), 'w') as f:
        f.write('Listen 127.0.0.1:%d\n' % free_port())
    return root, etc


def config_test(root, etc, name, modules):
    env = dict(APACHE_CONFDIR=etc)
    run('/usr/sbin/a2enmod', '-q', 'excal', 'auth_basic', 'authz_user', *modules, **env)
    text = open(os.path.join(root, 'usr/share/doc/mod_excal/snippets', name)).read()
    text = re.sub(r'/etc/ssl/certs/\S+', root + '/cert.pem', text)
    text = re.sub(r'/etc/ssl/private/\S+', root + '/key.pem', text)
    with open(os.open(root + '/secret', os.O_CREAT | os.O_WRONLY, 0o600), 'w') as f:
        f.write('excal\n')
    text = text.replace('/etc/apache2/excal.secret', root + '/secret')
    with open(os.path.join(etc, 'sites-enabled/one.conf'), 'w') as f:
        f.write(text)
    log = os.path.join(root, 'log')
    os.makedirs(log, exist_ok=True)
    return run(HTTPD, '-t', '-d', etc, '-f', etc + '/apache2.conf', APACHE_CONFDIR=etc, APACHE_RUN_USER='www-data', APACHE_RUN_GROUP='www-data',
               APACHE_PID_FILE=root + '/pid', APACHE_RUN_DIR=root, APACHE_LOCK_DIR=root, APACHE_LOG_DIR=log)


@pytest.mark.parametrize('name,modules', [
    ('site.conf', ['ssl', 'http2']),
    ('reverse-proxy.conf', ['ssl', 'proxy', 'proxy_http', 'headers']),
    ('cluster.conf', ['socache_redis']),
])
def test_snippet(machine, name, modules):
    root, etc = machine
    assert 'Syntax OK' in config_test(root, etc, name, modules)


def test_kerberos_snippet(machine):
    root, etc = machine
    if not os.path.exists(etc + '/mods-available/auth_gssapi.load'):
        pytest.skip('libapache2-mod-auth-gssapi is not installed')
    assert 'Syntax OK' in config_test(root, etc, 'kerberos.conf', ['ssl', 'auth_gssapi'])


def test_second_install_keeps_the_configuration(machine):
    root, _ = machine
    conf = root + DEBIAN + '/mods-available/excal.conf'
    with open(conf, 'a') as f:
        f.write('# the administrator was here\n')
    env = {k: '' for k in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')}
    run('make', '-s', 'install', 'DESTDIR=' + root, 'BUILD=' + os.path.relpath(build_dir(), TOP), **env)
    assert 'the administrator was here' in open(conf).read()

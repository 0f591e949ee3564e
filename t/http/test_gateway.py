# SPDX-License-Identifier: Apache-2.0
"""What the module itself does around the front: sign-in, life cycle, limits, status, log."""
import gzip
import http.client
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from dav import Client, event
from gateway import HTTPD, Gateway
from labserver import Lab


@pytest.fixture
def own_lab():
    """A simulator that may be stopped and broken."""
    lab = Lab()
    lab.start()
    yield lab
    lab.stop()


def plain(url, method, path, headers=None):
    conn = http.client.HTTPConnection(url.split('//')[1], timeout=60)
    conn.request(method, path, None, headers or {})
    r = conn.getresponse()
    body = r.read()
    conn.close()
    return r, body


def status(client):
    text = client.get('/excal/status?auto').text
    return dict(line.split(': ', 1) for line in text.splitlines() if ': ' in line)


# ---- sign-in ----

def test_login_forms_are_one_account(gateway):
    for login in ('dave', 'dave@contoso.example', 'CONTOSO\\dave', 'Dave@Contoso.Example'):
        c = Client(gateway.url, login)
        r = c.propfind('/dav/', ['d:current-user-principal'])
        assert r.status == 207, (login, r)
        assert '/dav/principals/dave@contoso.example/' in r.text, login


def test_missing_and_wrong_login(gateway):
    r = Client(gateway.url).propfind('/dav/')
    assert r.status == 401 and r.header('WWW-Authenticate') == 'Basic realm="Exchange calendar"'
    for user, password in (('erin', 'wrong'), ('nobody', 'excal'), ('erin', ''), ('', 'excal'), ('erin', 'x' * 5000), ('e\nrin', 'excal')):
        r = Client(gateway.url, user, password).propfind('/dav/')
        assert r.status == 401, (user, password[:10], r)


def test_wrong_password_sees_no_cached_data(gateway):
    good = Client(gateway.url, 'user30')
    path = good.calendar + '%s.ics' % uuid.uuid4().hex
    assert good.put(path, event(uuid.uuid4().hex)).status == 201
    assert good.get(path).status == 200
    bad = Client(gateway.url, 'user30', 'Excal')
    assert bad.get(path).status == 401
    assert good.get(path).status == 200


def test_sign_in_is_remembered(make_gateway, lab):
    c = Client(make_gateway(location='ExchangeFreshness 1h\nExchangeHomeFreshness 1h').url, 'user31')
    c.propfind(c.calendar, ['cs:getctag'])
    before = lab.calls()['total']
    for _ in range(5):
        assert c.propfind(c.calendar, ['cs:getctag']).status == 207
    assert lab.calls()['total'] == before


def test_sign_in_is_forgotten_in_time(make_gateway, lab):
    c = Client(make_gateway(location='ExchangeFreshness 1h\nExchangeHomeFreshness 1h\nExchangeCredentialCache 1s').url, 'user32')
    c.propfind(c.calendar, ['cs:getctag'])
    time.sleep(1.2)
    lab.faults(dict(operation='*', kind='401', times=50))
    try:
        assert c.propfind(c.calendar, ['cs:getctag']).status == 401, 'the password had changed meanwhile'
    finally:
        lab.faults()


def test_hammering_is_not_passed_on(make_gateway, lab):
    g = make_gateway()
    answers = [Client(g.url, 'user33', 'bad%d' % i).propfind('/dav/') for i in range(12)]
    assert [a.status for a in answers[:10]] == [401] * 10
    assert [a.status for a in answers[10:]] == [429] * 2
    assert 0 < int(answers[-1].header('Retry-After')) <= 60
    before = lab.calls()
    assert Client(g.url, 'user33', 'bad99').propfind('/dav/').status == 429
    assert lab.calls() == before
    assert Client(g.url, 'user34').propfind('/dav/').status == 207, 'others sign in as ever'


def test_first_requests_side_by_side_ask_once(make_gateway, lab):
    g = make_gateway()
    c = Client(g.url, 'user35')
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: c.propfind('/dav/', ['d:current-user-principal']).status, range(8)))
    assert answers == [207] * 8
    assert int(status(c)['SignInsAsked']) == 1


def test_nothing_secret_in_log_and_cache(make_gateway):
    g = make_gateway(server='LogLevel excal:trace8')
    secret = 'not-the-p4ssword'
    assert Client(g.url, 'user36', secret).propfind('/dav/').status == 401
    assert Client(g.url, 'user36').propfind('/dav/').status == 207
    for base, _, names in os.walk(g.dir):
        for name in names:
            data = open(os.path.join(base, name), 'rb').read()
            assert secret.encode() not in data, name
            assert b'dXNlcjM2O' not in data, name  # user36: in base64


# ---- impersonation ----

@pytest.fixture
def local_users():
    """A second section that replaces Exchange's sign-in by httpd's own: carol with the password `local`."""
    with tempfile.TemporaryDirectory() as d:
        users, secret = os.path.join(d, 'users'), os.path.join(d, 'secret')
        hashed = subprocess.run(['openssl', 'passwd', '-apr1', 'local'], capture_output=True, text=True, check=True).stdout
        for path, text in ((users, ''.join(u + ':' + hashed for u in ('carol', 'CONTOSO\\carol', 'FABRIKAM\\carol', 'FABRIKAM\\carol@contoso.example'))), (secret, 'excal\n')):
            with open(path, 'w') as f:
                f.write(text)
        os.chmod(d, 0o755)
        os.chmod(users, 0o644)
        os.chmod(secret, 0o600)
        yield '</Location>\n<Location "/">\nAuthBasicProvider file\nAuthUserFile %s\n' % users, secret


@pytest.fixture
def impersonating(make_gateway, local_users):
    section, secret = local_users
    return lambda: make_gateway(location='%sExchangeImpersonation On\nExchangeServiceAccount svc %s' % (section, secret))


def test_impersonation(impersonating):
    g = impersonating()
    c = Client(g.url, 'carol', 'local')
    r = c.propfind('/dav/', ['d:current-user-principal'])
    assert r.status == 207 and '/dav/principals/carol@contoso.example/' in r.text, r
    path = c.calendar + '%s.ics' % uuid.uuid4().hex
    assert c.put(path, event(uuid.uuid4().hex, 'For Carol')).status == 201
    assert Client(g.url, 'carol', 'excal').propfind('/dav/').status == 401, "Exchange's password is not httpd's"


def test_impersonation_knows_domains(impersonating):
    """The same name in two domains is two people: only that of the mail domain is completed."""
    g = impersonating()
    r = Client(g.url, 'CONTOSO\\carol', 'local').propfind('/dav/', ['d:current-user-principal'])
    assert r.status == 207 and '/dav/principals/carol@contoso.example/' in r.text, r
    for login in ('FABRIKAM\\carol', 'FABRIKAM\\carol@contoso.example'):
        r = Client(g.url, login, 'local').propfind('/dav/', ['d:current-user-principal'])
        assert r.status == 403 and b'carol@' not in r.body, r


def test_impersonated_event_is_hers(impersonating, gateway):
    c = Client(impersonating().url, 'carol', 'local')
    path = c.calendar + '%s.ics' % uuid.uuid4().hex
    assert c.put(path, event(uuid.uuid4().hex, 'For Carol')).status == 201
    assert Client(gateway.url, 'carol').get(path).status == 200
    alice = Client(gateway.url, 'alice')
    assert alice.get(path.replace('carol', 'alice')).status == 404


def test_foreign_sign_in_without_impersonation(make_gateway, local_users):
    g = make_gateway(location=local_users[0])
    assert Client(g.url, 'carol', 'local').propfind('/dav/').status == 500
    assert 'ExchangeImpersonation' in g.error_log()


# ---- Exchange is away ----

def test_exchange_away(make_gateway, own_lab):
    g = make_gateway(exchange=own_lab.ews_url, location='ExchangeConnectTimeout 2s')
    c = Client(g.url, 'alice')
    assert c.propfind(c.calendar, ['cs:getctag']).status == 207
    own_lab.stop()
    r = c.propfind(c.calendar, ['cs:getctag'])
    assert r.status == 503 and int(r.header('Retry-After')) > 0, r
    r = Client(g.url, 'bob').propfind('/dav/')
    assert r.status == 503 and int(r.header('Retry-After')) > 0, 'not 401: the client would forget its password'
    for _ in range(6):
        c.propfind(c.calendar, ['cs:getctag'])
    begin = time.time()
    assert c.propfind(c.calendar, ['cs:getctag']).status == 503
    assert time.time() - begin < 1
    assert 'does not answer' in g.error_log()


def test_deadline(make_gateway, own_lab):
    g = make_gateway(exchange=own_lab.ews_url, location='ExchangeTimeout 2s')
    c = Client(g.url, 'alice')
    assert c.propfind(c.calendar, ['cs:getctag']).status == 207
    own_lab.faults(dict(operation='SyncFolderItems', kind='hang', times=1))
    begin = time.time()
    r = c.propfind(c.calendar, ['cs:getctag'])
    assert r.status == 503 and r.header('Retry-After'), r
    assert 1.5 < time.time() - begin < 6


def test_slow_upload_is_not_the_deadline(make_gateway):
    g = make_gateway(location='ExchangeTimeout 1s')
    c = Client(g.url, 'user45')
    assert c.propfind(c.calendar).status == 207
    uid = uuid.uuid4().hex
    text = event(uid).encode()
    conn = http.client.HTTPConnection('127.0.0.1', g.port, timeout=30)
    conn.putrequest('PUT', c.calendar + uid + '.ics')
    for name, value in (('Authorization', 'Basic dXNlcjQ1OmV4Y2Fs'), ('Content-Type', 'text/calendar'), ('Content-Length', str(len(text)))):
        conn.putheader(name, value)
    conn.endheaders(text[:50])
    time.sleep(1.5)
    conn.send(text[50:])
    assert conn.getresponse().status == 201
    conn.close()


def test_back_off_is_honoured(make_gateway, own_lab):
    g = make_gateway(exchange=own_lab.ews_url)
    alice, bob = Client(g.url, 'alice'), Client(g.url, 'bob')
    for c in (alice, bob):
        assert c.propfind(c.calendar, ['cs:getctag']).status == 207
    own_lab.faults(dict(operation='SyncFolderItems', kind='busy', times=1))
    r = alice.propfind(alice.calendar, ['cs:getctag'])
    assert r.status == 503 and int(r.header('Retry-After')) > 0, r
    before = own_lab.calls()['total']
    assert alice.propfind(alice.calendar, ['cs:getctag']).status == 503
    assert own_lab.calls()['total'] == before, 'Exchange had asked for quiet'
    assert bob.propfind(bob.calendar, ['cs:getctag']).status == 207, 'and for the quiet of one account only'


# ---- URLs ----

def test_well_known_needs_no_login(gateway):
    for method in ('GET', 'PROPFIND', 'OPTIONS', 'HEAD'):
        r, _ = plain(gateway.url, method, '/.well-known/caldav')
        assert r.status == 301 and r.getheader('Location').endswith('/dav/'), method


def test_core_answers_nothing_itself(gateway, alice):
    r = alice.request('TRACE', '/dav/')
    assert r.status == 405
    r = alice.request('OPTIONS', alice.calendar)
    assert r.status == 200 and r.header('DAV').startswith('1, ')
    assert alice.get('/index.html').status == 404


def test_davmail_layout(alice):
    r = alice.propfind('/users/alice@contoso.example/calendar/', ['d:resourcetype'])
    assert r.status == 207 and '/users/alice@contoso.example/calendar/' in r.by_href


# ---- entity tags and compression ----

def test_one_tag_however_it_travels(make_gateway):
    g = make_gateway(server='AddOutputFilterByType DEFLATE text/calendar application/xml')
    c = Client(g.url, 'user37')
    path = c.calendar + '%s.ics' % uuid.uuid4().hex
    assert c.put(path, event(uuid.uuid4().hex, 'Lunch ' * 200)).status == 201
    tag = c.get(path).etag
    r = c.get(path, Accept_Encoding='gzip')
    assert r.header('Content-Encoding') == 'gzip' and gzip.decompress(r.body).startswith(b'BEGIN:VCALENDAR')
    assert r.etag == tag
    assert tag in c.propfind(path, ['d:getetag']).text.replace('&quot;', '"')
    marked = tag[:-1] + '-gzip"'  # a proxy's compressor on the way
    assert c.get(path, If_None_Match=marked).status == 304
    assert c.put(path, event(path.split('/')[-1][:-4], 'Dinner'), If_Match='"other-gzip"').status == 412
    assert c.delete(path, If_Match=marked).status == 204


# ---- life cycle ----

def test_graceful_restart_keeps_everything(make_gateway, lab):
    g = make_gateway(location='ExchangeFreshness 1h\nExchangeHomeFreshness 1h')
    c = Client(g.url, 'user38')
    token = c.sync(c.calendar).sync_token
    asked = status(c)['SignInsAsked']
    before = lab.calls()['total']
    for _ in range(2):
        g.graceful()
        assert c.sync(c.calendar, token).sync_token == token
    assert lab.calls()['total'] == before
    assert status(c)['SignInsAsked'] == asked


def test_graceful_restart_under_load(make_gateway):
    g = make_gateway()
    c = Client(g.url, 'user39')
    c.propfind(c.calendar)

    def work(n):
        return [c.propfind(c.calendar, ['cs:getctag']).status for _ in range(25)]
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(work, n) for n in range(4)]
        g.graceful()
        time.sleep(0.3)
        g.graceful()
        for r in running:
            assert set(r.result()) == {207}


@pytest.mark.parametrize('mpm', ['event', 'prefork'])
@pytest.mark.parametrize('sent', [signal.SIGHUP, signal.SIGTERM], ids=['restart', 'stop'])
def test_sudden_end_under_load(make_gateway, own_lab, mpm, sent):
    """Children that are told to die at once, in the middle of calls, die without a crash."""
    g = make_gateway(exchange=own_lab.ews_url, mpm=mpm)
    c = Client(g.url, 'alice')
    c.propfind(c.calendar)
    own_lab.settings(latency_ms=10)
    end = threading.Event()

    def work():
        while not end.is_set():
            try:
                c.propfind(c.calendar, ['cs:getctag'])
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    time.sleep(0.8)
    g.proc.send_signal(sent)
    time.sleep(0.8)
    end.set()
    for t in threads:
        t.join()
    g.stop()
    assert not g.crashes()


@pytest.mark.parametrize('settings', [dict(mpm='prefork'), dict(mpm='worker'), dict(http2=True), dict(cache='socache:shmcb')],
                         ids=['prefork', 'worker', 'h2', 'socache'])
def test_core_elsewhere(make_gateway, settings):
    c = Client(make_gateway(**settings).url, 'user40')
    uid = uuid.uuid4().hex
    path = c.calendar + uid + '.ics'
    assert c.put(path, event(uid)).status == 201
    assert any(h == path for h in c.sync(c.calendar).by_href)
    r = c.get(path)
    assert r.status == 200 and uid in r.text
    assert c.multiget(c.calendar, [path]).by_href[path].ok('c:calendar-data') is not None
    assert c.delete(path, If_Match=r.etag).status == 204
    assert c.get(path).status == 404


def test_http2_for_real(make_gateway):
    g = make_gateway(http2=True)
    out = subprocess.run(['curl', '-s', '--http2-prior-knowledge', '-u', 'user41:excal', '-X', 'PROPFIND', '-H', 'Depth: 1', '-o', '/dev/null', '-w',
                          '%{http_version} %{http_code}', g.url + '/dav/calendars/user41@contoso.example/'], capture_output=True, text=True, check=True)
    assert out.stdout == '2 207'


def test_cache_directory_is_made(make_gateway):
    with tempfile.TemporaryDirectory() as d:
        os.chmod(d, 0o755)
        g = make_gateway(cache='lmdb:%s/one/two' % d)
        c = Client(g.url, 'user44')
        assert c.propfind(c.calendar).status == 207
        assert os.listdir(d + '/one/two') and os.stat(d + '/one/two').st_mode & 0o77 == 0
        assert 'cannot be opened' not in g.error_log()
        g.stop()


def test_lost_cache_costs_one_full_sync(make_gateway):
    g = make_gateway()
    c = Client(g.url, 'user42')
    uid = uuid.uuid4().hex
    c.put(c.calendar + uid + '.ics', event(uid))
    token = c.sync(c.calendar).sync_token
    g.stop()
    for name in os.listdir(os.path.join(g.dir, 'cache')):
        os.unlink(os.path.join(g.dir, 'cache', name))
    g.start()
    r = c.sync(c.calendar, token)
    assert r.status == 403 and r.condition == 'd:valid-sync-token', r
    assert c.calendar + uid + '.ics' in c.sync(c.calendar).by_href


# ---- status and log ----

def test_status_page(gateway, alice):
    alice.propfind(alice.calendar, ['cs:getctag'])
    figures = status(alice)
    assert int(figures['Requests']) > 0 and 'Calls SyncFolderItems' in figures and figures['Store'] == 'lmdb'
    metrics = alice.get('/excal/status?metrics').text
    assert re.search(r'^excal_calls_total\{operation="SyncFolderItems"\} \d+$', metrics, re.M)
    for line in metrics.splitlines():
        assert re.match(r'(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"\})? [-+.e\d]+)$', line), line
    assert b'</html>' in alice.get('/excal/status').body
    assert alice.request('POST', '/excal/status', 'x').status == 405


def test_notes_for_the_access_log(make_gateway):
    g = make_gateway()
    c = Client(g.url, 'user43')
    c.sync(c.calendar)
    c.get(c.calendar + 'nothing.ics')
    for _ in range(50):
        # a child writes its line when it is done with the request: the order may be another
        lines = sorted((line for line in g.access_log().splitlines() if 'user43' in line), key=lambda line: '"GET' in line)
        if len(lines) == 2:
            break
        time.sleep(0.1)
    lines.sort(key=lambda line: 'REPORT' not in line)  # each is written after its answer was sent, so in any order
    assert re.search(r'"REPORT \S+ HTTP/1.1" 207 \d+ sync-collection \d+ \d+ -$', lines[0]), lines
    assert re.search(r'"GET \S+ HTTP/1.1" 404 \d+ GET \d+ \d+ -$', lines[1]), lines
    assert int(lines[0].split()[-3]) >= 2


def test_one_line_for_a_failed_request(make_gateway, own_lab):
    g = make_gateway(exchange=own_lab.ews_url, server='LogLevel excal:warn')
    c = Client(g.url, 'alice')
    c.propfind(c.calendar, ['cs:getctag'])
    own_lab.faults(dict(operation='SyncFolderItems', kind='busy', times=1))
    assert c.propfind(c.calendar, ['cs:getctag']).status == 503
    failed = [line for line in g.error_log().splitlines() if ':error]' in line and 'PROPFIND' in line]
    assert len(failed) == 1 and 'alice' in failed[0] and 'ErrorServerBusy' in failed[0], g.error_log()


# ---- configuration errors ----

def config_test(tmp_path, location='', server=''):
    g = Gateway('http://127.0.0.1:1/', directory=str(tmp_path / 'gw'), location=location, server=server)
    os.makedirs(g.dir, exist_ok=True)
    out = subprocess.run([HTTPD, '-t', '-f', g.write_config()], capture_output=True, text=True, check=False, env=g.environment())
    return out.returncode, out.stdout + out.stderr


def test_good_configuration(tmp_path):
    code, text = config_test(tmp_path)
    assert code == 0, text


@pytest.mark.parametrize('line', [
    'ExchangeGateway Maybe', 'ExchangeURL mail.example.com', 'ExchangeURL https://a:b@mail.example.com/', 'ExchangeProtocol imap',
    'ExchangeMailDomain exa_mple', 'ExchangeVersion Exchange5.5', 'ExchangeAuth kerberos', 'ExchangeTimeout 0', 'ExchangeTimeout 5 minutes',
    'ExchangeConnections 0', 'ExchangeBatchSize many', 'ExchangeFreshness -1', 'ExchangeTLSVerify 1', 'ExchangeCAFile /no/such/file',
    'ExchangeServiceAccount svc', 'ExchangeServiceAccount svc /no/such/file', 'ExcalBase dav', 'ExcalMaxResourceSize 10T', 'ExcalTerritory Germany',
    'ExcalTimeZone Mars/Olympus', 'ExcalTimeZone ../../etc/passwd', 'ExcalReadOnly', 'ExcalReadOnlyFor alice', 'ExcalReadOnlyFor " "', 'ExchangeScheduling Maybe',
    'ExcalCache lmdb:/tmp'])
def test_bad_configuration(tmp_path, line):
    code, text = config_test(tmp_path, location=line)
    assert code != 0 and line.split()[0] in text, text


@pytest.mark.parametrize('line', ['ExcalCache /var/cache', 'ExcalCache socache:', 'ExcalCache lmdb:relative', 'ExcalCacheSize 1'])
def test_bad_server_configuration(tmp_path, line):
    code, text = config_test(tmp_path, server=line)
    assert code != 0 and line.split()[0] in text, text


def test_password_file_that_others_read(tmp_path):
    secret = tmp_path / 'secret'
    secret.write_text('excal\n')
    secret.chmod(0o644)
    code, text = config_test(tmp_path, location='ExchangeServiceAccount svc %s' % secret)
    assert code != 0 and 'chmod 600' in text, text
    secret.chmod(0o600)
    code, text = config_test(tmp_path, location='ExchangeServiceAccount svc %s' % secret)
    assert code == 0, text

# SPDX-License-Identifier: Apache-2.0
"""The simulator's grammar and Microsoft's schemas say the same about the same documents."""
import os
import pathlib
import random
import re
import subprocess

import pytest
from lxml import etree

import schema_random
from labserver import build_dir

TOP = pathlib.Path(__file__).resolve().parents[3]
JUDGE = pathlib.Path(build_dir()) / "exchange" / "tools" / "grammar_judge"
SHARED = pathlib.Path(os.environ.get("EXCAL_SHARED", TOP.parent / "shared"))
SCHEMAS = SHARED / "exchange" / "schema"
EXAMPLES = SHARED / "exchange" / "ews.md"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"

needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="Microsoft's schemas are not at hand")
GENERATIONS = {"Exchange2007_SP1": "ews-2007sp1", "V2017_07_11": "ews-2019"}

OPERATIONS = """GetFolder FindFolder CreateFolder UpdateFolder DeleteFolder SyncFolderHierarchy
    SyncFolderItems FindItem GetItem CreateItem UpdateItem DeleteItem MoveItem CopyItem SendItem
    GetServerTimeZones ConvertId ResolveNames ExpandDL GetRoomLists GetRooms CreateAttachment
    GetAttachment DeleteAttachment GetUserAvailabilityRequest Subscribe GetEvents GetStreamingEvents
    Unsubscribe GetDelegate AddDelegate UpdateDelegate RemoveDelegate
    GetUserOofSettingsRequest""".split()
HEADERS = """ExchangeImpersonation MailboxCulture TimeZoneContext DateTimePrecision
    SerializedSecurityContext""".split()


class Judge:
    def __init__(self):
        self.process = subprocess.Popen([str(JUDGE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, xml, version="V2017_07_11"):
        """"ok", "unknown", or "line position violation"."""
        if isinstance(xml, str):
            xml = xml.encode()
        self.process.stdin.write(b"%s %d\n" % (version.encode(), len(xml)))
        self.process.stdin.write(xml)
        self.process.stdin.flush()
        return self.process.stdout.readline().decode().rstrip("\n")

    def close(self):
        self.process.stdin.close()
        return self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def judge():
    one = Judge()
    yield one
    assert one.close() == 0


@pytest.fixture(scope="module")
def schemas():
    return {version: etree.XMLSchema(etree.parse(str(SCHEMAS / folder / "ews.xsd")))
            for version, folder in GENERATIONS.items()}


def wrap(inner):
    """Give the prefixes m and t to a fragment."""
    return re.sub(r"^<(\w+:\w+)", r'<\1 xmlns:m="%s" xmlns:t="%s"' % (MESSAGES, TYPES), inner.strip(), count=1)


def violation(verdict):
    return verdict.split(" ", 2)[2]


# --- with words of our own, without the schemas ---------------------------------------------------

GET = '<m:GetFolder>\n <m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>\n %s\n</m:GetFolder>'


def test_a_good_request_is_good(judge):
    assert judge(wrap(GET % '<m:FolderIds><t:FolderId Id="AA=="/></m:FolderIds>')) == "ok"


@pytest.mark.parametrize("ids, where, words", [
    ('<m:FolderIds><t:FolderId/></m:FolderIds>', "3 16", "The required attribute 'Id' is missing."),
    ('<m:FolderIds><t:DistinguishedFolderId Id="kalender"/></m:FolderIds>', "3 16",
     "The 'Id' attribute is invalid - The value 'kalender' is invalid according to its datatype "
     f"'{TYPES}:DistinguishedFolderIdNameType' - The Enumeration constraint failed."),
    ('<m:FolderIds><t:FolderId Id="A" Key="B"/></m:FolderIds>', "3 16",
     "The 'Key' attribute is not declared."),
    ('<m:FolderIds/>', "3 3",
     f"The element 'FolderIds' in namespace '{MESSAGES}' has incomplete content. List of possible "
     f"elements expected: 'FolderId, DistinguishedFolderId' in namespace '{TYPES}'."),
    ('<m:FolderIds><t:ItemId Id="A"/></m:FolderIds>', "3 16",
     f"The element 'FolderIds' in namespace '{MESSAGES}' has invalid child element 'ItemId' in "
     f"namespace '{TYPES}'. List of possible elements expected: 'FolderId, DistinguishedFolderId' "
     f"in namespace '{TYPES}'."),
    ('', "4 3",
     f"The element 'GetFolder' in namespace '{MESSAGES}' has incomplete content. List of possible "
     f"elements expected: 'FolderIds' in namespace '{MESSAGES}'."),
    ('<m:FolderIds>text<t:FolderId Id="A"/></m:FolderIds>', "3 3",
     f"The element 'FolderIds' in namespace '{MESSAGES}' cannot contain text. List of possible "
     f"elements expected: 'FolderId, DistinguishedFolderId' in namespace '{TYPES}'."),
    ('<m:FolderIds><t:FolderId Id="A"><t:X/></t:FolderId></m:FolderIds>', "3 35",
     f"The element 'FolderId' in namespace '{TYPES}' cannot contain child element 'X' in namespace "
     f"'{TYPES}' because the parent element's content model is empty."),
])
def test_violations_are_told_as_dot_net_tells_them(judge, ids, where, words):
    verdict = judge(wrap(GET % ids))
    assert verdict == f"{where} {words}"


def test_the_position_counts_characters_and_skips_what_is_no_tag(judge):
    xml = ('<?xml version="1.0"?><!-- <m:GetFolder> ä --><m:GetFolder xmlns:m="%s" xmlns:t="%s">'
           '<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>\n<m:FolderIds>'
           '<!-- é> -->äö</m:FolderIds></m:GetFolder>' % (MESSAGES, TYPES))
    assert judge(xml).startswith("2 2 The element 'FolderIds'")
    xml = xml.replace("äö", "<!-- éé --><t:Id/>")
    assert judge(xml).startswith("2 %d " % (len("<m:FolderIds><!-- é> --><!-- éé --><") + 1))


@pytest.mark.parametrize("value, fits", [
    ("2024-05-06T09:00:00", True), ("2024-05-06T09:00:00Z", True), ("2024-05-06", False), ("", False)])
def test_dates_of_items(judge, value, fits):
    item = ('<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Start>%s'
            '</t:Start></t:CalendarItem></m:Items></m:CreateItem>' % value)
    verdict = judge(wrap(item))
    assert (verdict == "ok") == fits
    if not fits:
        assert violation(verdict) == (
            f"The '{TYPES}:Start' element is invalid - The value '{value}' is invalid according to its "
            f"datatype 'http://www.w3.org/2001/XMLSchema:dateTime' - The string '{value}' is not a valid "
            "DateTime value.")


@pytest.mark.parametrize("version, knows", [
    ("Exchange2007_SP1", False), ("Exchange2010", True), ("Exchange2013_SP1", True)])
def test_generations_know_what_they_know(judge, version, knows):
    item = ('<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem>'
            '<t:StartTimeZone Id="UTC"/></t:CalendarItem></m:Items></m:CreateItem>')
    assert (judge(wrap(item), version) == "ok") == knows
    assert (judge(wrap('<m:GetServerTimeZones/>'), version) == "ok") == knows


def test_the_generation_of_each_addition(judge):
    weekly = ('<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Recurrence>'
              '<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek>'
              '<t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence><t:NoEndRecurrence>'
              '<t:StartDate>2024-05-06</t:StartDate></t:NoEndRecurrence></t:Recurrence></t:CalendarItem>'
              '</m:Items></m:CreateItem>')
    busy = ('<m:CreateItem><m:Items><t:CalendarItem><t:LegacyFreeBusyStatus>WorkingElsewhere'
            '</t:LegacyFreeBusyStatus></t:CalendarItem></m:Items></m:CreateItem>')
    stream = ('<m:Subscribe><m:StreamingSubscriptionRequest><t:FolderIds><t:FolderId Id="A"/></t:FolderIds>'
              '<t:EventTypes><t:EventType>CreatedEvent</t:EventType></t:EventTypes>'
              '</m:StreamingSubscriptionRequest></m:Subscribe>')
    assert judge(wrap(weekly), "Exchange2010") != "ok"
    assert judge(wrap(weekly), "Exchange2010_SP1") == "ok"
    assert judge(wrap(busy), "Exchange2010_SP2") != "ok"
    assert judge(wrap(busy), "Exchange2013") == "ok"
    assert judge(wrap(stream), "Exchange2010") != "ok"
    assert judge(wrap(stream), "Exchange2010_SP1") == "ok"


def test_unknown_operations_are_unknown(judge):
    assert judge(wrap('<m:FlyToTheMoon/>')) == "unknown"
    assert judge("<GetFolder/>").startswith("1 2 The ':GetFolder' element is not declared")


# --- against Microsoft's schemas --------------------------------------------------------------------

def examples():
    """The XML blocks of the fact sheet that are labelled as valid, with their generations."""
    if not EXAMPLES.is_file():
        return
    for text in (EXAMPLES.read_text(), (EXAMPLES.parent / "timezones.md").read_text()):
        for label, block in re.findall(r"```xml([^\n]*)\n(.*?)```", text, flags=re.S):
            yield block, ["V2017_07_11"] + (["Exchange2007_SP1"] if "2007" in label else [])


@needs_schemas
def test_the_examples_of_the_fact_sheet_are_judged_right(judge):
    requests = 0
    for block, versions in examples():
        xml = wrap(block)
        for version in versions:
            verdict = judge(xml, version)
            if verdict == "unknown":
                continue
            requests += 1
            assert verdict == "ok", block
    assert requests > 60


def agree(judge, schemas, xml, version):
    ours = judge(xml, version)
    theirs = schemas[version].validate(etree.fromstring(xml))
    assert ours != "broken"
    if (ours == "ok") != theirs:
        pytest.fail("%s\nours: %s\ntheirs: %s\n%s" % (
            version, ours, schemas[version].error_log, xml.decode()))
    return theirs


@needs_schemas
@pytest.mark.parametrize("version", GENERATIONS)
@pytest.mark.parametrize("seed", range(4))
def test_random_and_damaged_documents_get_the_same_verdict(judge, schemas, version, seed):
    rng = random.Random(seed * 1000 + len(version))
    schema = schema_random.Schema(
        SCHEMAS / GENERATIONS[version] / name for name in ("types.xsd", "messages.xsd"))
    writer = schema_random.Writer(schema, rng)
    names = ["{%s}%s" % (MESSAGES, n) for n in OPERATIONS] + ["{%s}%s" % (TYPES, n) for n in HEADERS]
    names = [n for n in names if n in schema.elements]
    if version == "Exchange2007_SP1":
        # its ConnectingSID is a sequence, where all later servers have a choice
        names.remove("{%s}ExchangeImpersonation" % TYPES)
    valid = damaged = 0
    for name in names:
        for _ in range(6):
            root = writer.document(name)
            good = agree(judge, schemas, etree.tostring(root), version)
            valid += good
            for _ in range(8):
                damaged += not agree(judge, schemas, etree.tostring(schema_random.damage(root, rng)), version)
    assert valid > 3 * len(names)
    assert damaged > 10 * len(names)


@needs_schemas
def test_damaged_examples_get_the_same_verdict(judge, schemas):
    rng = random.Random(7)
    for block, versions in examples():
        root = etree.fromstring(wrap(block))
        if judge(wrap(block)) == "unknown":
            continue
        for _ in range(20):
            xml = etree.tostring(schema_random.damage(root, rng))
            if "RequestServerVersion" in root.tag or "ExchangeImpersonation" in root.tag:
                continue
            for version in versions:
                agree(judge, schemas, xml, version)

/* SPDX-License-Identifier: Apache-2.0 */
/* cal/filter, cal/filter_range, cal/collation: calendar-query's conditions (RFC 4791 7.8, 9.7, 9.9). */
#include <stdio.h>

#include "cal/view/collation.h"
#include "view_fixture.h"

/* ---- objects ---- */

#define NEW_YORK                                                                                                  \
    "BEGIN:VTIMEZONE\nTZID:US/Eastern\nBEGIN:STANDARD\nDTSTART:20001026T020000\n"                                  \
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZNAME:EST\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\n"    \
    "BEGIN:DAYLIGHT\nDTSTART:20000404T020000\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4\nTZNAME:EDT\n"                  \
    "TZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
#define EVENT(uid, rest) "BEGIN:VEVENT\nUID:" uid "\nDTSTAMP:20060101T000000Z\n" rest "END:VEVENT\n"
#define TASK(uid, rest)  "BEGIN:VTODO\nUID:" uid "\nDTSTAMP:20060101T000000Z\n" rest "END:VTODO\n"

/* noon in New York, an hour */
#define ONE NEW_YORK EVENT("one", "DTSTART;TZID=US/Eastern:20060102T120000\nDURATION:PT1H\nSUMMARY:Planning meeting\n")
/* five days at noon; the third moved to two o'clock, with another name */
#define FIVE NEW_YORK                                                                                              \
    EVENT("five", "DTSTART;TZID=US/Eastern:20060102T120000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\nSUMMARY:Stand-up\n") \
    EVENT("five", "RECURRENCE-ID;TZID=US/Eastern:20060104T120000\nDTSTART;TZID=US/Eastern:20060104T140000\nDURATION:PT1H\nSUMMARY:Stand-up, late\n")
#define MEETING NEW_YORK                                                                                           \
    EVENT("meeting", "DTSTART;TZID=US/Eastern:20060104T100000\nDURATION:PT1H\nORGANIZER:mailto:cyrus@example.com\n"  \
          "ATTENDEE;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:cyrus@example.com\n"                                        \
          "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:lisa@example.com\nSUMMARY:Interview\\, second round\nSTATUS:TENTATIVE\n" \
          "CATEGORIES:Work,Café\nX-ABC-GUID:E1CX5Dr-0007ym-Hz\n")
#define DUE_TODO  TASK("due", "DUE;VALUE=DATE:20060104\nSTATUS:NEEDS-ACTION\nSUMMARY:Task 1\n")
#define DONE_TODO TASK("done", "DUE;VALUE=DATE:20060104\nCOMPLETED:20060103T183000Z\nSTATUS:COMPLETED\nSUMMARY:Task 2\n")
#define ALARM_TODO TASK("alarm", "DTSTART:20060101T140000Z\nDUE:20060106T100000Z\nSUMMARY:Task 3\n"                  \
                        "BEGIN:VALARM\nACTION:AUDIO\nTRIGGER;RELATED=START:-PT10M\nEND:VALARM\n")
#define CANCELLED_TODO TASK("cancelled", "DUE:20060106T100000Z\nSTATUS:CANCELLED\nSUMMARY:Task 4\n")
#define BUSY "BEGIN:VFREEBUSY\nUID:busy\nDTSTAMP:20050125T090000Z\nDTSTART:20060101T000000Z\nDTEND:20060108T000000Z\n" \
             "FREEBUSY:20050531T230000Z/20050601T010000Z\nEND:VFREEBUSY\n"
#define PERIODS "BEGIN:VFREEBUSY\nUID:busy\nDTSTAMP:20050125T090000Z\nFREEBUSY;FBTYPE=BUSY-TENTATIVE:20060102T100000Z/20060102T120000Z\n" \
                "FREEBUSY:20060103T100000Z/PT2H\nEND:VFREEBUSY\n"

typedef struct case_t {
    const char *object, *filter;
    int want;
    const char *zone;
} case_t;

static const case_t cases[] = {
    /* 7.8.1: by time of the event; 7.8.2 and 7.8.3 select the same objects */
    { ONE, "VCALENDAR(VEVENT<20060104T000000Z,20060105T000000Z>)", 0, NULL },
    { FIVE, "VCALENDAR(VEVENT<20060104T000000Z,20060105T000000Z>)", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT<20060104T000000Z,20060105T000000Z>)", 1, NULL },
    /* 7.8.5: tasks by their alarm */
    { ALARM_TODO, "VCALENDAR(VTODO(VALARM<20060101T100000Z,20060107T100000Z>))", 1, NULL },
    { DUE_TODO, "VCALENDAR(VTODO(VALARM<20060101T100000Z,20060107T100000Z>))", 0, NULL },
    /* 7.8.6: by UID */
    { MEETING, "VCALENDAR(VEVENT(.UID~o'meeting'))", 1, NULL },
    { ONE, "VCALENDAR(VEVENT(.UID~o'meeting'))", 0, NULL },
    /* 7.8.7: by PARTSTAT of one attendee: value and parameter of the same property */
    { MEETING, "VCALENDAR(VEVENT(.ATTENDEE~a'MAILTO:lisa@example.com'{PARTSTAT~a'needs-action'}))", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT(.ATTENDEE~a'mailto:cyrus@example.com'{PARTSTAT~a'NEEDS-ACTION'}))", 0, NULL },
    { MEETING, "VCALENDAR(VEVENT(.ATTENDEE~a'lisa'{ROLE!}))", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT(.ATTENDEE~a'cyrus'{ROLE!}))", 0, NULL },
    { MEETING, "VCALENDAR(VEVENT(.ATTENDEE{ROLE~a'chair' PARTSTAT~o'ACCEPTED'}))", 1, NULL },
    /* 7.8.8: only events; 7.8.9: tasks that are neither done nor cancelled */
    { DUE_TODO, "VCALENDAR(VEVENT)", 0, NULL },
    { MEETING, "VCALENDAR(VEVENT)", 1, NULL },
    { DUE_TODO, "VCALENDAR(VTODO(.COMPLETED! .STATUS~-a'CANCELLED'))", 1, NULL },
    { DONE_TODO, "VCALENDAR(VTODO(.COMPLETED! .STATUS~-a'CANCELLED'))", 0, NULL },
    { CANCELLED_TODO, "VCALENDAR(VTODO(.COMPLETED! .STATUS~-a'CANCELLED'))", 0, NULL },
    /* 7.8.10: a property of somebody's own */
    { MEETING, "VCALENDAR(VEVENT(.X-ABC-GUID~o'ABC'))", 0, NULL },
    { MEETING, "VCALENDAR(VEVENT(.X-ABC-GUID~a'e1cx5dr'))", 1, NULL },
    { ONE, "VCALENDAR(VEVENT(.X-ABC-GUID!))", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT(.X-ABC-GUID!))", 0, NULL },

    /* is-not-defined of components */
    { MEETING, "VCALENDAR(VTODO!)", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT!)", 0, NULL },
    { MEETING, "VCALENDAR(VEVENT(VALARM!))", 1, NULL },
    { ALARM_TODO, "VCALENDAR(VTODO(VALARM!))", 0, NULL },
    { MEETING, "VCALENDAR", 1, NULL },
    { MEETING, "VCALENDAR(.VERSION~o'2.0' .PRODID~o'test')", 1, NULL },
    { MEETING, "VCALENDAR(.METHOD)", 0, NULL },
    { MEETING, "VCALENDAR(VTIMEZONE(.TZID~o'US/Eastern'))", 1, NULL },

    /* text: value as text, not as it is escaped; each category; the collations */
    { MEETING, "VCALENDAR(VEVENT(.SUMMARY~a'interview, SECOND'))", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT(.SUMMARY~o'interview'))", 0, NULL },
    { MEETING, "VCALENDAR(VEVENT(.CATEGORIES~a'work'))", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT(.CATEGORIES~a'CAFÉ'))", 0, NULL },
    { MEETING, "VCALENDAR(VEVENT(.CATEGORIES~u'CAFÉ'))", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT(.SUMMARY~-a'lunch'))", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT(.LOCATION~-a'lunch'))", 0, NULL }, /* there is none that could differ */
    { MEETING, "VCALENDAR(VEVENT(.summary~a'second' .StAtUs~a'tent'))", 1, NULL },
    { MEETING, "VCALENDAR(VEVENT(.SUMMARY~a'second' .STATUS~a'confirmed'))", 0, NULL },

    /* recurrence: time and text have to be of the same component */
    { FIVE, "VCALENDAR(VEVENT<20060104T190000Z,20060104T200000Z>)", 1, NULL },  /* where the third was moved to */
    { FIVE, "VCALENDAR(VEVENT<20060104T170000Z,20060104T180000Z>)", 0, NULL },  /* where it was */
    { FIVE, "VCALENDAR(VEVENT<20060104T190000Z,20060104T200000Z>(.SUMMARY~a'late'))", 1, NULL },
    { FIVE, "VCALENDAR(VEVENT<20060103T170000Z,20060103T180000Z>(.SUMMARY~a'late'))", 0, NULL },
    { FIVE, "VCALENDAR(VEVENT<20060106T170000Z,20060106T180000Z>)", 1, NULL },  /* the fifth */
    { FIVE, "VCALENDAR(VEVENT<20060107T000000Z,>)", 0, NULL },
    { FIVE, "VCALENDAR(VEVENT<,20060102T170000Z>)", 0, NULL },
    { FIVE, "VCALENDAR(VEVENT<,20060102T170001Z>)", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRRULE:FREQ=DAILY\nEXDATE:20060104T120000Z,20060105T120000Z\n"),
      "VCALENDAR(VEVENT<20060104T000000Z,20060106T000000Z>)", 0, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20060104\n"),
      "VCALENDAR(VEVENT<20060104T000000Z,20060105T000000Z>)", 0, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRRULE:FREQ=WEEKLY\n"),
      "VCALENDAR(VEVENT<20991231T000000Z,>)", 1, NULL },                          /* no end */
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRRULE:FREQ=WEEKLY;UNTIL=20060116T120000Z\n"),
      "VCALENDAR(VEVENT<20060116T120000Z,20060117T000000Z>)", 1, NULL },          /* UNTIL is inclusive */
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRRULE:FREQ=WEEKLY;UNTIL=20060116T115959Z\n"),
      "VCALENDAR(VEVENT<20060116T120000Z,20060117T000000Z>)", 0, NULL },
    { EVENT("x", "DTSTART;VALUE=DATE:20060102\nRRULE:FREQ=WEEKLY;UNTIL=20060116\n"),
      "VCALENDAR(VEVENT<20060116T120000Z,20060117T000000Z>)", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRDATE:20060110T080000Z,20060111T080000Z\n"),
      "VCALENDAR(VEVENT<20060111T083000Z,20060111T084000Z>)", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRDATE;VALUE=PERIOD:20060110T080000Z/PT5H\n"),
      "VCALENDAR(VEVENT<20060110T120000Z,20060110T123000Z>)", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRDATE;VALUE=PERIOD:20060110T080000Z/PT5H\n"),
      "VCALENDAR(VEVENT<20060110T133000Z,20060110T140000Z>)", 0, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060104T130000Z\nRRULE:FREQ=MONTHLY\n"),
      "VCALENDAR(VEVENT<20260104T110000Z,20260104T120000Z>)", 1, NULL },          /* begun days before the range */
    { EVENT("x", "RECURRENCE-ID:20060105T120000Z\nDTSTART:20060106T120000Z\nDTEND:20060106T130000Z\n"),
      "VCALENDAR(VEVENT<20060106T000000Z,20060107T000000Z>)", 1, NULL },          /* an override without its master */
    { NEW_YORK EVENT("x", "DTSTART;TZID=US/Eastern:20060330T120000\nDURATION:PT1H\nRRULE:FREQ=DAILY\n"),
      "VCALENDAR(VEVENT<20060404T160000Z,20060404T160001Z>)", 1, NULL },          /* noon is noon on both sides of the change */
    { NEW_YORK EVENT("x", "DTSTART;TZID=US/Eastern:20060330T120000\nDURATION:PT1H\nRRULE:FREQ=DAILY\n"),
      "VCALENDAR(VEVENT<20060404T170000Z,20060404T175959Z>)", 0, NULL },

    /* VEVENT's rows of 9.9: with an end, with a length of nothing, with neither, and a DATE */
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\n"), "VCALENDAR(VEVENT<20060102T130000Z,20060102T140000Z>)", 0, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\n"), "VCALENDAR(VEVENT<20060102T110000Z,20060102T120000Z>)", 0, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\n"), "VCALENDAR(VEVENT<20060102T125959Z,20060102T140000Z>)", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDURATION:PT0S\n"), "VCALENDAR(VEVENT<20060102T120000Z,20060102T140000Z>)", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDURATION:PT0S\n"), "VCALENDAR(VEVENT<20060102T110000Z,20060102T120000Z>)", 0, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\n"), "VCALENDAR(VEVENT<20060102T120000Z,20060102T120001Z>)", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\n"), "VCALENDAR(VEVENT<20060102T120001Z,20060102T130000Z>)", 0, NULL },
    { EVENT("x", "DTSTART;VALUE=DATE:20060102\n"), "VCALENDAR(VEVENT<20060102T230000Z,20060102T233000Z>)", 1, NULL },
    { EVENT("x", "DTSTART;VALUE=DATE:20060102\n"), "VCALENDAR(VEVENT<20060103T000000Z,20060103T233000Z>)", 0, NULL },
    { EVENT("x", "DTSTART;VALUE=DATE:20060102\nDTEND;VALUE=DATE:20060102\n"), "VCALENDAR(VEVENT<20060102T230000Z,20060102T233000Z>)", 1, NULL },

    /* floating times and dates lie in the given zone */
    { EVENT("x", "DTSTART:20060102T120000\nDTEND:20060102T130000\n"), "VCALENDAR(VEVENT<20060102T120000Z,20060102T130000Z>)", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000\nDTEND:20060102T130000\n"), "VCALENDAR(VEVENT<20060102T120000Z,20060102T130000Z>)", 0, "America/New_York" },
    { EVENT("x", "DTSTART:20060102T120000\nDTEND:20060102T130000\n"), "VCALENDAR(VEVENT<20060102T170000Z,20060102T180000Z>)", 1, "America/New_York" },
    { EVENT("x", "DTSTART;VALUE=DATE:20060102\n"), "VCALENDAR(VEVENT<20060103T040000Z,20060103T050000Z>)", 1, "America/New_York" },
    { EVENT("x", "DTSTART;VALUE=DATE:20060102\n"), "VCALENDAR(VEVENT<20060101T110000Z,20060101T120000Z>)", 1, "Pacific/Auckland" },
    { EVENT("x", "DTSTART;VALUE=DATE:20060102\n"), "VCALENDAR(VEVENT<20060102T110000Z,20060103T110000Z>)", 0, "Pacific/Auckland" },

    /* VTODO's rows, in the order of the table */
    { TASK("x", "DTSTART:20060102T120000Z\nDURATION:PT1H\n"), "VCALENDAR(VTODO<20060102T130000Z,20060102T140000Z>)", 1, NULL },
    { TASK("x", "DTSTART:20060102T120000Z\nDURATION:PT1H\n"), "VCALENDAR(VTODO<20060102T110000Z,20060102T120000Z>)", 0, NULL },
    { TASK("x", "DTSTART:20060102T120000Z\nDUE:20060102T130000Z\n"), "VCALENDAR(VTODO<20060102T130000Z,20060102T140000Z>)", 0, NULL },
    { TASK("x", "DTSTART:20060102T120000Z\nDUE:20060102T130000Z\n"), "VCALENDAR(VTODO<20060102T100000Z,20060102T120001Z>)", 1, NULL },
    { TASK("x", "DTSTART:20060102T120000Z\n"), "VCALENDAR(VTODO<20060102T120000Z,20060102T120001Z>)", 1, NULL },
    { TASK("x", "DTSTART:20060102T120000Z\n"), "VCALENDAR(VTODO<20060102T120001Z,20060102T130000Z>)", 0, NULL },
    { TASK("x", "DUE:20060102T120000Z\n"), "VCALENDAR(VTODO<20060102T110000Z,20060102T120000Z>)", 1, NULL },
    { TASK("x", "DUE:20060102T120000Z\n"), "VCALENDAR(VTODO<20060102T120000Z,20060102T130000Z>)", 0, NULL },
    { TASK("x", "CREATED:20060102T120000Z\nCOMPLETED:20060104T120000Z\n"), "VCALENDAR(VTODO<20060103T000000Z,20060103T010000Z>)", 1, NULL },
    { TASK("x", "CREATED:20060102T120000Z\nCOMPLETED:20060104T120000Z\n"), "VCALENDAR(VTODO<20060105T000000Z,20060106T010000Z>)", 0, NULL },
    { TASK("x", "COMPLETED:20060104T120000Z\n"), "VCALENDAR(VTODO<20060104T100000Z,20060104T120000Z>)", 1, NULL },
    { TASK("x", "COMPLETED:20060104T120000Z\n"), "VCALENDAR(VTODO<20060104T120001Z,20060105T120000Z>)", 0, NULL },
    { TASK("x", "CREATED:20060104T120000Z\n"), "VCALENDAR(VTODO<20070104T120001Z,20070105T120000Z>)", 1, NULL },
    { TASK("x", "CREATED:20060104T120000Z\n"), "VCALENDAR(VTODO<20050104T120001Z,20050105T120000Z>)", 0, NULL },
    { TASK("x", "SUMMARY:some day\n"), "VCALENDAR(VTODO<20050104T120001Z,20050105T120000Z>)", 1, NULL },
    { TASK("x", "DTSTART:20060102T120000Z\nDUE:20060102T130000Z\nRRULE:FREQ=DAILY;COUNT=10\n"), "VCALENDAR(VTODO<20060108T100000Z,20060108T140000Z>)", 1, NULL },
    { TASK("x", "DTSTART:20060102T120000Z\nDUE:20060102T130000Z\nRRULE:FREQ=DAILY;COUNT=10\n"), "VCALENDAR(VTODO<20060112T000000Z,20060113T000000Z>)", 0, NULL },

    /* VJOURNAL */
    { "BEGIN:VJOURNAL\nUID:x\nDTSTAMP:20060101T000000Z\nDTSTART;VALUE=DATE:20060102\nEND:VJOURNAL\n", "VCALENDAR(VJOURNAL<20060102T230000Z,20060103T230000Z>)", 1, NULL },
    { "BEGIN:VJOURNAL\nUID:x\nDTSTAMP:20060101T000000Z\nDTSTART:20060102T120000Z\nEND:VJOURNAL\n", "VCALENDAR(VJOURNAL<20060102T120001Z,20060103T230000Z>)", 0, NULL },
    { "BEGIN:VJOURNAL\nUID:x\nDTSTAMP:20060101T000000Z\nDTSTART:20060102T120000Z\nEND:VJOURNAL\n", "VCALENDAR(VJOURNAL<20060102T120000Z,20060103T230000Z>)", 1, NULL },
    { "BEGIN:VJOURNAL\nUID:x\nDTSTAMP:20060101T000000Z\nEND:VJOURNAL\n", "VCALENDAR(VJOURNAL<20060102T120000Z,20060103T230000Z>)", 0, NULL },

    /* VFREEBUSY: its span, else its periods */
    { BUSY, "VCALENDAR(VFREEBUSY<20060108T000000Z,20060109T000000Z>)", 1, NULL },
    { BUSY, "VCALENDAR(VFREEBUSY<20060108T000001Z,20060109T000000Z>)", 0, NULL },
    { PERIODS, "VCALENDAR(VFREEBUSY<20060103T113000Z,20060103T115900Z>)", 1, NULL },
    { PERIODS, "VCALENDAR(VFREEBUSY<20060102T120000Z,20060103T100000Z>)", 0, NULL },

    /* VALARM: relative to start and end, absolute, repeated, of each instance */
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-PT15M\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20060102T114500Z,20060102T114501Z>))", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-PT15M\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20060102T114501Z,20060102T130000Z>))", 0, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER;RELATED=END:PT5M\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20060102T130500Z,20060102T130600Z>))", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER;VALUE=DATE-TIME:20051224T180000Z\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20051224T000000Z,20051225T000000Z>))", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-PT15M\nREPEAT:2\nDURATION:PT5M\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20060102T115200Z,20060102T115600Z>))", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-PT15M\nREPEAT:2\nDURATION:PT5M\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20060102T115600Z,20060102T130000Z>))", 0, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-PT15M\nREPEAT:2\nDURATION:PT5M\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20060102T115100Z,20060102T115400Z>))", 0, NULL }, /* between two */
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRRULE:FREQ=WEEKLY\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-P2D\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20060114T000000Z,20060115T000000Z>))", 1, NULL },
    { EVENT("x", "DTSTART:20060102T120000Z\nDTEND:20060102T130000Z\nRRULE:FREQ=WEEKLY\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-P2D\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20060116T000000Z,20060117T000000Z>))", 0, NULL },
    { EVENT("x", "DTSTART;VALUE=DATE:20060102\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-PT15M\nEND:VALARM\n"),
      "VCALENDAR(VEVENT(VALARM<20060101T234500Z,20060102T000000Z>))", 1, NULL },
    { TASK("x", "DUE:20060102T120000Z\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER;RELATED=END:-PT1H\nEND:VALARM\n"),
      "VCALENDAR(VTODO(VALARM<20060102T110000Z,20060102T111000Z>))", 1, NULL },
    { TASK("x", "SUMMARY:no date\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:a\nTRIGGER:-PT1H\nEND:VALARM\n"),
      "VCALENDAR(VTODO(VALARM<,>))", 0, NULL },

    /* time-range of properties */
    { DONE_TODO, "VCALENDAR(VTODO(.COMPLETED<20060103T183000Z,20060103T183001Z>))", 1, NULL },
    { DONE_TODO, "VCALENDAR(VTODO(.COMPLETED<20060103T183001Z,>))", 0, NULL },
    { DONE_TODO, "VCALENDAR(VTODO(.DUE<20060104T120000Z,20060104T130000Z>))", 1, NULL }, /* a DATE is the whole day */
    { DONE_TODO, "VCALENDAR(VTODO(.DUE<20060105T000000Z,>))", 0, NULL },
    { ONE, "VCALENDAR(VEVENT(.DTSTART<20060102T170000Z,20060102T170001Z>))", 1, NULL },
    { ONE, "VCALENDAR(VEVENT(.LAST-MODIFIED<20060102T170000Z,20060102T170001Z>))", 0, NULL },
    { PERIODS, "VCALENDAR(VFREEBUSY(.FREEBUSY<20060103T113000Z,20060103T115900Z>))", 1, NULL },
};

START_TEST(filters_match)
{
    const case_t *c = &cases[_i];
    int matches = -1;
    xc_error_t *err = xc_filter_match(&matches, filter_of(c->filter), object_of(c->object), c->zone ? xc_zone_find(c->zone) : NULL, pool);
    ck_assert_msg(!err, "%s: %s", c->filter, err ? err->message : "");
    ck_assert_msg(matches == c->want, "%s is %d for\n%s", c->filter, matches, c->object);
}
END_TEST

/* ---- checks ---- */

static const struct {
    const char *filter;
    xc_cond_e cond;
} bad[] = {
    { "VEVENT", XC_COND_VALID_FILTER },
    { "VCALENDAR(VCALENDAR)", XC_COND_VALID_FILTER },
    { "VCALENDAR(VEVENT!<20060101T000000Z,>)", XC_COND_VALID_FILTER },
    { "VCALENDAR(VEVENT<20060102T000000Z,20060101T000000Z>)", XC_COND_VALID_FILTER },
    { "VCALENDAR(VEVENT<20060102T000000Z,20060102T000000Z>)", XC_COND_VALID_FILTER },
    { "VCALENDAR<20060101T000000Z,>", XC_COND_SUPPORTED_FILTER },
    { "VCALENDAR(VTIMEZONE<20060101T000000Z,>)", XC_COND_SUPPORTED_FILTER },
    { "VCALENDAR(VEVENT(.SUMMARY<20060101T000000Z,>))", XC_COND_SUPPORTED_FILTER },
    { "VCALENDAR(VEVENT(.DTSTART<20060102T000000Z,20060101T000000Z>))", XC_COND_VALID_FILTER },
    { "VCALENDAR(VEVENT(.SUMMARY!~a'x'))", XC_COND_VALID_FILTER },
    { "VCALENDAR(VEVENT(.ATTENDEE{ROLE!~a'x'}))", XC_COND_VALID_FILTER },
    { "VCALENDAR(A(A(A(A(A(A(A(A(A)))))))))", XC_COND_VALID_FILTER },
};

START_TEST(filters_without_sense_are_refused)
{
    int matches;
    xc_error_t *err = xc_filter_check(filter_of(bad[_i].filter), pool);
    ck_assert_msg(err && err->cond == bad[_i].cond, "%s: %s", bad[_i].filter, err ? err->message : "accepted");
    err = xc_filter_match(&matches, filter_of(bad[_i].filter), object_of(ONE), NULL, pool);
    ck_assert_msg(err && err->cond == bad[_i].cond && !matches, "%s", bad[_i].filter);
}
END_TEST

START_TEST(range_and_components_are_known_beforehand)
{
    xc_range_t r = xc_filter_range(filter_of("VCALENDAR(VEVENT<20060101T000000Z,>)"));
    ck_assert(r.set && r.start == instant("20060101T000000Z") && r.end == XC_TIME_MAX);
    ck_assert(!xc_filter_range(filter_of("VCALENDAR(VEVENT(VALARM<20060101T000000Z,>))")).set);
    ck_assert(!xc_filter_range(filter_of("VCALENDAR(VTODO<20060101T000000Z,>)")).set);
    ck_assert(!xc_filter_range(filter_of("VCALENDAR")).set);
    ck_assert_int_eq(xc_filter_components(filter_of("VCALENDAR(VEVENT)")), XC_COMP_VEVENT);
    ck_assert_int_eq(xc_filter_components(filter_of("VCALENDAR(VEVENT VTODO)")), 0);
    ck_assert_int_eq(xc_filter_components(filter_of("VCALENDAR(VEVENT! VTODO!)")) & (XC_COMP_VEVENT | XC_COMP_VTODO), 0);
    ck_assert_int_ne(xc_filter_components(filter_of("VCALENDAR")) & XC_COMP_VTODO, 0);
    ck_assert_int_ne(xc_filter_components(filter_of("VCALENDAR(VTIMEZONE)")) & XC_COMP_VEVENT, 0);
}
END_TEST

/* ---- collations ---- */

START_TEST(collations)
{
    xc_collation_e c;
    ck_assert_int_eq(xc_collation_parse("i;octet", &c), 0);
    ck_assert_int_eq(c, XC_COLLATION_OCTET);
    ck_assert_int_eq(xc_collation_parse("default", &c), 0);
    ck_assert_int_eq(c, XC_COLLATION_ASCII_CASEMAP);
    ck_assert_int_ne(xc_collation_parse("i;basic", &c), 0);
    ck_assert(xc_collation_contains(XC_COLLATION_ASCII_CASEMAP, "Straße", "STRAß", pool));
    ck_assert(!xc_collation_contains(XC_COLLATION_ASCII_CASEMAP, "ÄRGER", "ärger", pool));
    ck_assert(xc_collation_contains(XC_COLLATION_UNICODE_CASEMAP, "ÄRGER", "ärger", pool));
    ck_assert(xc_collation_contains(XC_COLLATION_UNICODE_CASEMAP, "A\xcc\x88rger", "\xc3\xa4rger", pool)); /* combined and not */
    ck_assert(xc_collation_contains(XC_COLLATION_UNICODE_CASEMAP, "\xef\xbd\x81\xef\xbd\x82", "Ab", pool)); /* full-width letters */
    ck_assert(xc_collation_contains(XC_COLLATION_UNICODE_CASEMAP, "МОСКВА", "москва", pool));
    ck_assert(xc_collation_contains(XC_COLLATION_UNICODE_CASEMAP, "\xff\xfe broken", "broken", pool));       /* no UTF-8 */
    ck_assert(!xc_collation_contains(XC_COLLATION_OCTET, "abc", "B", pool));
    for (int i = XC_COLLATION_ASCII_CASEMAP; i <= XC_COLLATION_UNICODE_CASEMAP; i++) {
        ck_assert(xc_collation_contains((xc_collation_e)i, "", "", pool));
        ck_assert(xc_collation_contains((xc_collation_e)i, "abc", "", pool));
        ck_assert(!xc_collation_contains((xc_collation_e)i, "ab", "abc", pool));
    }
}
END_TEST

/* ---- bounds ---- */

static const char *const heavy[] = {
    EVENT("x", "DTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\n"),
    EVENT("x", "DTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\n"),
    EVENT("x", "DTSTART:19700101T000000Z\nDURATION:P3650D\nRRULE:FREQ=MINUTELY\n"),
    EVENT("x", "DTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,1,2,3,4,5,6,7,8,9;BYSECOND=0,1,2,3,4;COUNT=900000\n"),
    EVENT("x", "DTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=HOURLY;COUNT=2000000000\n"),
    EVENT("x", "DTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\nBEGIN:VALARM\nACTION:AUDIO\nTRIGGER:-PT1H\nREPEAT:2000000000\nDURATION:P9999D\nEND:VALARM\n"),
};

START_TEST(heavy_series_are_bounded)
{
    static const char *const filters[] = { "VCALENDAR(VEVENT<20260101T000000Z,20260101T000100Z>)", "VCALENDAR(VEVENT<20990101T000000Z,>)",
                                           "VCALENDAR(VEVENT(VALARM<20260101T000000Z,20260101T000100Z>))", "VCALENDAR(VEVENT<,19600101T000000Z>)" };
    xc_object_t *obj = object_of(heavy[_i]);
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        int matches;
        apr_time_t begun = apr_time_now();
        xc_error_t *err = xc_filter_match(&matches, filter_of(filters[i]), obj, NULL, pool);
        ck_assert_msg(!err || err->cond == XC_COND_MAX_INSTANCES, "%s", err ? err->message : "");
        ck_assert_msg(apr_time_now() - begun < apr_time_from_sec(2), "%s takes %" APR_TIME_T_FMT " us", filters[i], apr_time_now() - begun);
    }
}
END_TEST

/* What calendar-query costs: a month of a calendar of 1,000 events of the usual kinds. */
START_TEST(cost_of_a_thousand_objects)
{
    apr_array_header_t *objects = apr_array_make(pool, 1000, sizeof(xc_object_t *));
    for (int i = 0; i < 1000; i++) {
        const char *day = apr_psprintf(pool, "%04d%02d%02d", 2020 + i % 7, 1 + i % 12, 1 + i % 28);
        const char *lines = i % 5 == 0 ? apr_psprintf(pool, "DTSTART;TZID=Europe/Berlin:%sT100000\nDTEND;TZID=Europe/Berlin:%sT110000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH\n", day, day)
                            : i % 5 == 1 ? apr_psprintf(pool, "DTSTART;VALUE=DATE:%s\n", day)
                                         : apr_psprintf(pool, "DTSTART;TZID=America/New_York:%sT100000\nDURATION:PT30M\n", day);
        APR_ARRAY_PUSH(objects, xc_object_t *) = object_of(apr_psprintf(pool, "BEGIN:VEVENT\nUID:u%d\nDTSTAMP:20200101T000000Z\nSUMMARY:Event %d\n%sEND:VEVENT\n", i, i, lines));
    }
    xc_comp_filter_t *filter = filter_of("VCALENDAR(VEVENT<20260301T000000Z,20260401T000000Z>)");
    int found = 0;
    apr_time_t begun = apr_time_now();
    for (int i = 0; i < objects->nelts; i++) {
        int matches;
        ck_assert_ptr_null(xc_filter_match(&matches, filter, APR_ARRAY_IDX(objects, i, xc_object_t *), NULL, pool));
        found += matches;
    }
    printf("time-range over 1,000 parsed objects: %.2f ms, %d match\n", (double)(apr_time_now() - begun) / 1000, found);
    ck_assert_int_eq(found, 188); /* 178 series that have begun, 10 single days of March 2026 */
}
END_TEST

int main(void)
{
    view_init();
    Suite *s = suite_create("filter");
    TCase *t = tcase_create("filter");
    tcase_add_checked_fixture(t, view_setup, view_teardown);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, filters_match, 0, (int)(sizeof(cases) / sizeof(cases[0])));
    tcase_add_loop_test(t, filters_without_sense_are_refused, 0, (int)(sizeof(bad) / sizeof(bad[0])));
    tcase_add_test(t, range_and_components_are_known_beforehand);
    tcase_add_test(t, collations);
    tcase_add_loop_test(t, heavy_series_are_bounded, 0, (int)(sizeof(heavy) / sizeof(heavy[0])));
    tcase_add_test(t, cost_of_a_thousand_objects);
    suite_add_tcase(s, t);
    return run_suite(s);
}

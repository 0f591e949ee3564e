/* SPDX-License-Identifier: Apache-2.0 */
/* Chance, and the words that calendars are made of. */
#include "seed/seed_words.h"

#include <apr_strings.h>

apr_uint64_t lab_chance_next(lab_chance_t *chance)
{
    apr_uint64_t z = chance->state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

int lab_chance_between(lab_chance_t *chance, int low, int high)
{
    return low + (int)(lab_chance_next(chance) % (apr_uint64_t)(high - low + 1));
}

int lab_chance_percent(lab_chance_t *chance, int percent)
{
    return lab_chance_between(chance, 1, 100) <= percent;
}

apr_uint64_t lab_chance_hash(apr_uint64_t start, const char *text)
{
    apr_uint64_t h = start ^ 0xcbf29ce484222325ULL;

    for (; *text != '\0'; text++) {
        h = (h ^ (unsigned char)*text) * 0x100000001b3ULL;
    }
    return h;
}

const char *lab_chance_word(lab_chance_t *chance, const char *const *words)
{
    int n = 0;

    while (words[n] != NULL) {
        n++;
    }
    return words[lab_chance_between(chance, 0, n - 1)];
}

lab_words_t lab_seed_single_subjects = {"Dentist",
                                        "Haircut",
                                        "Call the bank",
                                        "Pick up the car",
                                        "Flight to Zürich",
                                        "Focus time",
                                        "Prepare the offer for Übersee GmbH",
                                        "Lunch with Zoë",
                                        "Déjeuner à la Brasserie",
                                        "Interview: C developer",
                                        "健康診断",
                                        "Встреча с юристом",
                                        "Parents' evening",
                                        "Concert 🎻 at the Philharmonic",
                                        "Write the quarterly report",
                                        "Deadline: budget, draft 2; send it",
                                        "Backup check \\\\server\\share",
                                        "Train to Kraków & hotel <late check-in>",
                                        NULL};

lab_words_t lab_seed_meeting_subjects = {"Project X: status",
                                         "Budget review",
                                         "Kick-off: new branch in São Paulo",
                                         "Contract negotiation",
                                         "Design review",
                                         "Customer visit",
                                         "Planning for the 3rd quarter",
                                         "Post-mortem of Tuesday's outage",
                                         "Vorstellungsgespräch",
                                         "Steering committee",
                                         "Demo for sales",
                                         "1:1",
                                         NULL};

lab_words_t lab_seed_series_subjects = {
    "Stand-up",   "Staff meeting", "Jour fixe",
    "Team lunch", "Yoga",          "Release planning",
    "Salary run", "Board meeting", "Réunion de service",
    "Timesheet",  "Tennis 🎾",      "Backup tapes",
    NULL};

lab_words_t lab_seed_allday_subjects = {
    "Holiday",    "Conference in Malmö", "Training", "Day off",  "Moving house",
    "Trade fair", "Working from home",   "On call",  "Feiertag", "Maintenance window",
    NULL};

lab_words_t lab_seed_birthday_names = {
    "Birthday: Anna",   "Birthday: Grandma", "Anniversary", "Geburtstag Jürgen",
    "Birthday: Łukasz", "Company birthday",  NULL};

lab_words_t lab_seed_locations = {"Room 4.17",
                                  "Café Central, Herrengasse 14, Wien",
                                  "Phone",
                                  "https://meet.partner.example/j/81-77?pwd=a%2Bb",
                                  "Main street 1; back door",
                                  "Canteen",
                                  "東京駅",
                                  "Building B, 2nd floor, \"Fjord\"",
                                  NULL};

lab_words_t lab_seed_categories = {"Work",      "Private",   "Travel", "Red category",
                                   "Family",    "Projekt Ä", "Health", "Green category",
                                   "Customers", NULL};

lab_words_t lab_seed_sentences = {
    "Please bring the figures of last month.",
    "The agenda follows on Friday.",
    "Dial-in: +49 30 5550100, code 4711#.",
    "Parking is in the yard; ring at \"Contoso\".",
    "Bitte pünktlich – es gibt viel zu besprechen.",
    "Notes from the last time: 5 < 6 & 7 > 3.",
    "On prendra une décision à la fin.",
    "Bring the passport and the card, it cannot be moved again.",
    "См. приложение.",
    NULL};

/* where the people that one meets live; the mailbox's own zone is the usual one */
lab_words_t lab_seed_zones = {"Eastern Standard Time",
                              "Pacific Standard Time",
                              "GMT Standard Time",
                              "India Standard Time",
                              "Tokyo Standard Time",
                              "AUS Eastern Standard Time",
                              "E. South America Standard Time",
                              "Cen. Australia Standard Time",
                              "US Mountain Standard Time",
                              NULL};

/* Escape what HTML would read as its own. */
static const char *escape_html(const char *text, apr_pool_t *pool)
{
    const char *out = "";

    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<': out = apr_pstrcat(pool, out, "&lt;", NULL); break;
        case '>': out = apr_pstrcat(pool, out, "&gt;", NULL); break;
        case '&': out = apr_pstrcat(pool, out, "&amp;", NULL); break;
        default: out = apr_psprintf(pool, "%s%c", out, *text);
        }
    }
    return out;
}

const char *lab_seed_body(lab_chance_t *chance, int is_html, apr_pool_t *pool)
{
    const char *body = is_html ? "<html><head><meta http-equiv=\"Content-Type\" "
                                 "content=\"text/html; charset=utf-8\"></head><body>"
                               : "";
    int i, n = lab_chance_between(chance, 1, 4);

    for (i = 0; i < n; i++) {
        const char *sentence = lab_chance_word(chance, lab_seed_sentences);

        body = is_html ? apr_pstrcat(pool, body, "<p>", escape_html(sentence, pool),
                                     "</p>\r\n", NULL)
                       : apr_pstrcat(pool, body, sentence, "\r\n", NULL);
    }
    return is_html ? apr_pstrcat(pool, body, "</body></html>", NULL) : body;
}

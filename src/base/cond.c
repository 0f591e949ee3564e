/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cond.h"

#include <stddef.h>

static const struct {
    const char *ns, *name;
    int status;
} conditions[XC_COND_COUNT] = {
    [XC_COND_NONE] = {NULL, NULL, 500},
#define XC_COND_ROW(sym, ns_, name_, status_) [XC_COND_##sym] = {ns_, name_, status_},
    XC_CONDITIONS(XC_COND_ROW)
#undef XC_COND_ROW
};

static unsigned row_of(xc_cond_e cond)
{
    return (unsigned)cond < (unsigned)XC_COND_COUNT ? (unsigned)cond : (unsigned)XC_COND_NONE;
}

const char *xc_cond_ns(xc_cond_e cond)
{
    return conditions[row_of(cond)].ns;
}

const char *xc_cond_name(xc_cond_e cond)
{
    return conditions[row_of(cond)].name;
}

int xc_cond_status(xc_cond_e cond)
{
    return conditions[row_of(cond)].status;
}

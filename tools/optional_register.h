/*-------------------------------------------------------------------------
 *
 * optional_register.h
 *		The register, for commands that can do without
 *
 *-------------------------------------------------------------------------
 */
#ifndef OPTIONAL_REGISTER_H
#define OPTIONAL_REGISTER_H

#include "options.h"
#include "register.h"

extern bool optional_register_read(Options *options, Register **reg);

#endif							/* OPTIONAL_REGISTER_H */

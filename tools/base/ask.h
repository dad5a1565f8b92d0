/*-------------------------------------------------------------------------
 *
 * base/ask.h
 *		Ask at a terminal before something is done
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_ASK_H
#define BASE_ASK_H

#include "base/status.h"

/*
 * May it be done?  Prints the question, such as "Take back these 3 patches?",
 * and reads "y" or "yes"; anything else, and the end of the input, is a no.
 * With "says_yes", which stands for --yes, nothing is asked.
 *
 * Returns STATUS_DONE for a yes; STATUS_PROBLEM, after a message, for a no;
 * and STATUS_TROUBLE, after a message, if standard input is not a terminal.
 * Signals must not be caught meanwhile.
 */
extern Status ask_yes(bool says_yes, const char *question);

#endif							/* BASE_ASK_H */

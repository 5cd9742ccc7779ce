/*
 * note.h - one line of text that says why something failed, for logs and operators.
 *
 * Messages of services and libraries may contain line breaks and terminal escapes. A note is always
 * one line of printable ASCII.
 */
#ifndef NOTE_H
#define NOTE_H

#define NOTE_SIZE 512 /* bytes with the NUL */

struct note {
	char text[NOTE_SIZE]; /* "" when there is nothing to say */
};

/* Format the text. It is cut to fit, and each byte that is not printable ASCII becomes '?'. */
void note_set(struct note *note, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same; returns `err`, so that a caller notes a failure and returns it in one statement. */
int note_fail(struct note *note, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4), warn_unused_result));

/* The same when the text is still "": the first of several problems is kept. */
void note_first(struct note *note, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Make the text "". */
void note_clear(struct note *note);

#endif

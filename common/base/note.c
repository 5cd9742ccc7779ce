/* note.c - see note.h. */
#include "base/note.h"

#include <stdarg.h>
#include <stdio.h>

static void set(struct note *note, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void set(struct note *note, const char *format, va_list args)
{
	if (vsnprintf(note->text, sizeof(note->text), format, args) < 0)
		note_clear(note);
	for (char *at = note->text; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
}

void note_set(struct note *note, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(note, format, args);
	va_end(args);
}

int note_fail(struct note *note, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(note, format, args);
	va_end(args);
	return err;
}

void note_first(struct note *note, const char *format, ...)
{
	va_list args;

	if (note->text[0])
		return;
	va_start(args, format);
	set(note, format, args);
	va_end(args);
}

void note_clear(struct note *note)
{
	note->text[0] = '\0';
}

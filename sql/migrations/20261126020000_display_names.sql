-- migrate:up

-- Display names lose the characters that common/base/name.h refuses; emoji keep their parts. The
-- pattern matches an emoji that may contain such characters, and keeps it (\1), or one of them.
-- Pictographs are those of Unicode 14, Extended_Pictographic.
with classes (pictographs, hidden) as (values (
	'[\u00A9\u00AE\u203C\u2049\u2122\u2139\u2194-\u2199\u21A9\u21AA\u231A\u231B\u2328\u2388\u23CF'
	'\u23E9-\u23F3\u23F8-\u23FA\u24C2\u25AA\u25AB\u25B6\u25C0\u25FB-\u25FE\u2600-\u2605'
	'\u2607-\u2612\u2614-\u2685\u2690-\u2705\u2708-\u2712\u2714\u2716\u271D\u2721\u2728\u2733'
	'\u2734\u2744\u2747\u274C\u274E\u2753-\u2755\u2757\u2763-\u2767\u2795-\u2797\u27A1\u27B0'
	'\u27BF\u2934\u2935\u2B05-\u2B07\u2B1B\u2B1C\u2B50\u2B55\u3030\u303D\u3297\u3299'
	'\U0001F000-\U0001F0FF\U0001F10D-\U0001F10F\U0001F12F\U0001F16C-\U0001F171\U0001F17E'
	'\U0001F17F\U0001F18E\U0001F191-\U0001F19A\U0001F1AD-\U0001F1E5\U0001F201-\U0001F20F'
	'\U0001F21A\U0001F22F\U0001F232-\U0001F23A\U0001F23C-\U0001F23F\U0001F249-\U0001F3FA'
	'\U0001F400-\U0001F53D\U0001F546-\U0001F64F\U0001F680-\U0001F6FF\U0001F774-\U0001F77F'
	'\U0001F7D5-\U0001F7FF\U0001F80C-\U0001F80F\U0001F848-\U0001F84F\U0001F85A-\U0001F85F'
	'\U0001F888-\U0001F88F\U0001F8AE-\U0001F8FF\U0001F90C-\U0001F93A\U0001F93C-\U0001F945'
	'\U0001F947-\U0001FAFF\U0001FC00-\U0001FFFD]',
	'[\u0001-\u001F\u007F-\u009F\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2'
	'\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u2800\u3164'
	'\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U000110BD\U000110CD\U00013430-\U00013438'
	'\U0001BCA0-\U0001BCA3\U0001D159\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'
)), patterns (pattern) as (
	select format('(%1$s|[0-9#*]\uFE0F\u20E3|%2$s(?:\u200D%2$s)*)|%3$s',
	              '\U0001F3F4[\U000E0030-\U000E0039\U000E0061-\U000E007A]{3,6}\U000E007F',
	              pictographs || '[\U0001F3FB-\U0001F3FF]?[\uFE0E\uFE0F]?', hidden)
	  from classes
), cleaned (uuid, display_name) as (
	select uuid,
	       coalesce(nullif(btrim(normalize(regexp_replace(display_name, pattern, '\1', 'g')),
	                             E' \u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007'
	                             '\u2008\u2009\u200A\u202F\u205F\u3000'), ''),
	                handle)
	  from users, patterns
	 where display_name !~ '^[ -~]*$' -- no name of printable ASCII characters changes
)
update users
   set display_name = cleaned.display_name
  from cleaned
 where cleaned.uuid = users.uuid
   and cleaned.display_name <> users.display_name;

-- migrate:down
-- The former names are not kept.

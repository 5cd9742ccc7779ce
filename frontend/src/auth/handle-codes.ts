/** Error codes of an account whose handle cannot be used. */
export const HANDLE_CODES = [
  'handle_taken',
  'handle_reserved',
  'handle_invalid',
  'handle_missing',
] as const;

export type HandleCode = (typeof HANDLE_CODES)[number];

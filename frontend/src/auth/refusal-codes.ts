/** Error codes of an account that may see nothing of its own, for now. */
export const REFUSAL_CODES = [
  'account_suspended',
  'handle_taken',
  'handle_reserved',
  'handle_invalid',
  'handle_missing',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];
export type HandleCode = Exclude<RefusalCode, 'account_suspended'>;

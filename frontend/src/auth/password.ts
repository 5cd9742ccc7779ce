/*
 * The password of an account whose email is not confirmed yet, from its sign-up or first sign-in
 * until the code is confirmed. It is only in the memory of this tab: a reload forgets it.
 */
let kept: { email: string; password: string } | undefined;

export function keepPassword(email: string, password: string) {
  kept = { email, password };
}

/** The kept password of the account, which is then forgotten. */
export function takePassword(email: string): string | undefined {
  const password = kept?.email === email ? kept.password : undefined;
  kept = undefined;
  return password;
}

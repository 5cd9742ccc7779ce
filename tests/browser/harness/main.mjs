// main.mjs - the stack and the browser that all areas share.
import { after } from 'node:test';

import { stack } from '../../api/harness/main.mjs';
import { newPerson } from '../../api/harness/people.mjs';
import { launch, newVisitor, signIn } from './browser.mjs';

export { stack };

const browser = await launch();
after(() => browser.close());

export const visitor = (options) => newVisitor(browser, stack, options);

// Signing in once is enough for a person; later contexts begin with what the first one kept.
const kept = new Map();

async function signInOnce(user) {
  const page = await visitor();
  await signIn(page, user);
  const state = await page.context().storageState();
  await page.context().close();
  return state;
}

// A page of one of the seeded people.
export async function pageOf(user, options) {
  if (!kept.has(user)) kept.set(user, signInOnce(user));
  return visitor({ ...options, storageState: await kept.get(user) });
}

// A person who is new, with a page. They do not sign in by the form, which has tests of its own:
// the page begins with what the library keeps of a session.
export async function newcomer(options) {
  const person = await newPerson(stack);
  const { userPoolClientId } = stack.config;
  const keep = (name, value) => ({
    name: `CognitoIdentityServiceProvider.${userPoolClientId}.${name}`,
    value,
  });
  const localStorage = [
    keep('LastAuthUser', person.email),
    keep(`${person.email}.accessToken`, person.token),
    keep(`${person.email}.idToken`, person.idToken),
    keep(`${person.email}.clockDrift`, '0'),
  ];
  const storageState = { cookies: [], origins: [{ origin: stack.url, localStorage }] };
  return { person, page: await visitor({ ...options, storageState }) };
}

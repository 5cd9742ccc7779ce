// main.mjs - the stack and the browser that all areas share.
import { after } from 'node:test';

import { stack } from '../../api/harness/main.mjs';
import { newPerson } from '../../api/harness/people.mjs';
import { launch, newVisitor, sessionOf, storageOf } from './browser.mjs';

export { stack };

const browser = await launch();
after(() => browser.close());

export const visitor = (options) => newVisitor(browser, stack, options);

// Each seeded person signs in once; later contexts start with the storage of the first one.
const storages = new Map();

// A page where one of the seeded people is signed in.
export async function pageOf(user, options) {
  if (!storages.has(user)) storages.set(user, storageOf(browser, stack, user));
  return visitor({ ...options, storageState: await storages.get(user) });
}

// A new person with a page where they are signed in. The sign-in form has its own tests, so the
// page starts with a session in the auth library's storage.
export async function newcomer(options) {
  const person = await newPerson(stack);
  const storageState = sessionOf(stack, person);
  return { person, page: await visitor({ ...options, storageState }) };
}

// local.mjs - the constants of a local run (bin/constants) and its seeded people (sql/people.json).
import fs from 'node:fs';

const read = (name) => fs.readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

const constants = new Map(
  [...read('bin/constants').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
);

// The value of a constant, as text.
export function constant(name) {
  if (!constants.has(name)) throw new Error(`bin/constants has no ${name}`);
  return constants.get(name);
}

export const LOCAL_PASSWORD = constant('local_password');

// The seeded people by handle: uuid, cognito_user_id, handle, display_name, email, bio.
export const SEEDED = Object.fromEntries(
  JSON.parse(read('sql/people.json')).map((person) => [person.handle, person]),
);

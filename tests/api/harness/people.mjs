// people.mjs - accounts for tests: signed up at the local Cognito as the front end does it, or
// only present in the table of users.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';

import { assertOk, patiently } from './client.mjs';

export const PASSWORD = 'Mountain-Air-42';

// A handle that nobody has; `start` says who it is when a test fails.
export const newHandle = (start = 'p') => `${start}_${randomBytes(6).toString('hex')}`;

// Call the local Cognito. Returns its answer; throws what it refuses.
async function cognito(stack, operation, input) {
  const response = await fetch(`http://127.0.0.1:${stack.ports.COGNITO}/`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, `${operation}: ${JSON.stringify(answer)}`);
  return answer;
}

// Change or take away an attribute of an account, as an operator.
export function setAttribute(stack, username, Name, Value) {
  const user = { UserPoolId: stack.config.userPoolId, Username: username };
  return cognito(stack, 'AdminUpdateUserAttributes', {
    ...user,
    UserAttributes: [{ Name, Value }],
  });
}

function deleteAttribute(stack, username, name) {
  const user = { UserPoolId: stack.config.userPoolId, Username: username };
  return cognito(stack, 'AdminDeleteUserAttributes', { ...user, UserAttributeNames: [name] });
}

// Sign up and sign in an account that the product has not seen yet.
// attributes: preferred_username, name and email, where undefined leaves one out.
export async function newAccount(stack, attributes = {}) {
  const username = `${newHandle('mail')}@example.org`; // the pool's people sign in with an address
  const handle = newHandle();
  const all = {
    email: username,
    preferred_username: handle,
    name: `Name of ${handle}`,
    ...attributes,
  };
  const listed = (values) =>
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([Name, Value]) => ({ Name, Value }));

  const ClientId = stack.config.userPoolClientId;
  const user = { ClientId, Username: username };
  const UserAttributes = listed({ ...all, email: username });
  await cognito(stack, 'SignUp', { ...user, Password: PASSWORD, UserAttributes });
  await cognito(stack, 'ConfirmSignUp', { ...user, ConfirmationCode: '123456' });
  const session = await cognito(stack, 'InitiateAuth', {
    ClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: username, PASSWORD },
  });
  // Last, for the pool finds an account by this attribute.
  if (all.email === undefined) await deleteAttribute(stack, username, 'email');
  else if (all.email !== username) await setAttribute(stack, username, 'email', all.email);
  const { AccessToken: token, IdToken: idToken } = session.AuthenticationResult;
  return {
    username,
    handle: all.preferred_username,
    name: all.name,
    email: all.email,
    token,
    idToken,
  };
}

// A person who has used the product once, and so has a row of users.
export async function newPerson(stack, attributes) {
  const person = await newAccount(stack, attributes);
  const me = assertOk(
    await patiently(() => stack.ask('GET', '/api/users/me', { token: person.token })),
  );
  return { ...person, uuid: me.uuid };
}

// Two people and a conversation between them, begun by the first.
export async function newPair(stack, text = 'Shall we begin?') {
  const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
  const first = assertOk(await say(stack, ann, { handle: ben.handle }, text));
  return { ann, ben, group: first.message_group_uuid, first };
}

// People who can be written to, but have no account to answer with. Returns their handles.
export async function newRows(stack, count) {
  const handles = Array.from({ length: count }, () => newHandle('row'));
  const values = handles.map((handle) => `('${randomUUID()}', '${handle}', 'Name of ${handle}')`);
  await stack.sql(`insert into users (uuid, handle, display_name) values ${values.join(', ')}`);
  return handles;
}

// Send a message: to = { handle } or { message_group_uuid }.
export function say(stack, from, to, message, options = {}) {
  return stack.ask('POST', '/api/messages', {
    token: from.token,
    json: { message, ...to },
    ...options,
  });
}

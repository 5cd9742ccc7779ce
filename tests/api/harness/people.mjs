// people.mjs - people for tests: accounts that sign up at the local Cognito as the front end does,
// or rows of the table `users` without an account.
import assert from 'node:assert/strict';
import { createSign, randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

import { assertOk, retryWhileBusy } from './client.mjs';
import { ROOT } from './stack.mjs';

export const PASSWORD = 'Mountain-Air-42';

// An unused handle; `start` makes it recognisable in the output of a failed test.
export const newHandle = (start = 'p') => `${start}_${randomBytes(6).toString('hex')}`;

// Call the local Cognito. Returns its answer; throws if the status is not 200.
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

// Set an attribute of an account, as an operator.
export function setAttribute(stack, username, Name, Value) {
  const user = { UserPoolId: stack.config.userPoolId, Username: username };
  return cognito(stack, 'AdminUpdateUserAttributes', {
    ...user,
    UserAttributes: [{ Name, Value }],
  });
}

// Set the password of an account, as an operator; `Permanent: false`: for one sign-in.
export const setPassword = (stack, Username, Password, { Permanent = true } = {}) =>
  cognito(stack, 'AdminSetUserPassword', {
    UserPoolId: stack.config.userPoolId,
    Username,
    Password,
    Permanent,
  });

function deleteAttribute(stack, username, name) {
  const user = { UserPoolId: stack.config.userPoolId, Username: username };
  return cognito(stack, 'AdminDeleteUserAttributes', { ...user, UserAttributeNames: [name] });
}

// Sign up and sign in a new account, which the product does not know yet.
// attributes: preferred_username, name and email; undefined omits one.
export async function newAccount(stack, attributes = {}) {
  const username = `${newHandle('mail')}@example.org`; // accounts sign in with an email address
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
  // Last, because sign-in finds the account by this attribute.
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

// A further access token of an account of newAccount.
export async function signIn(stack, { username }) {
  const session = await cognito(stack, 'InitiateAuth', {
    ClientId: stack.config.userPoolClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: username, PASSWORD },
  });
  return session.AuthenticationResult.AccessToken;
}

// An access token with other claims. The stand-in has one key, which is part of its package.
export function resign(token, claims) {
  const { pem } = createRequire(`${ROOT}package.json`)('cognito-local/lib/keys/cognitoLocal.private.json');
  const [head, payload] = token.split('.');
  const all = { ...JSON.parse(Buffer.from(payload, 'base64url')), ...claims };
  const signed = `${head}.${Buffer.from(JSON.stringify(all)).toString('base64url')}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(pem, 'base64url')}`;
}

// A person who has used the product once and so has a row in `users`.
export async function newPerson(stack, attributes) {
  const person = await newAccount(stack, attributes);
  const me = assertOk(
    await retryWhileBusy(() => stack.ask('GET', '/api/users/me', { token: person.token })),
  );
  return { ...person, uuid: me.uuid };
}

// A person in the group `moderators` of the user pool, with a token that says so.
export async function newModerator(stack) {
  const person = await newPerson(stack);
  await joinModerators(stack, person);
  return { ...person, token: await signIn(stack, person) };
}

export const joinModerators = (stack, { username }) =>
  cognito(stack, 'AdminAddUserToGroup', {
    UserPoolId: stack.config.userPoolId,
    Username: username,
    GroupName: 'moderators',
  });

// Two people and a conversation between them, started by the first.
export async function newPair(stack, text = 'Shall we begin?') {
  const [ann, ben] = [await newPerson(stack), await newPerson(stack)];
  const first = assertOk(await say(stack, ann, { handle: ben.handle }, text));
  return { ann, ben, group: first.message_group_uuid, first };
}

// A conversation that `from` has begun, and that waits for a new person to accept it: { receiver, uuid }.
export async function newRequest(stack, from) {
  const receiver = await newPerson(stack);
  const settings = { token: receiver.token, json: { messages_from: 'requests' } };
  assertOk(await stack.ask('PUT', '/api/users/me/settings', settings));
  const first = assertOk(await say(stack, from, { handle: receiver.handle }, 'May I write to you?'));
  return { receiver, uuid: first.message_group_uuid };
}

// Rows of `users` without an account: they can receive messages, not send any. Returns the handles.
export async function newUserRows(stack, count) {
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

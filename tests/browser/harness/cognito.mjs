// cognito.mjs - a scripted Cognito for pages: what the stand-in lacks. It answers by the operation that the
// header X-Amz-Target names, and records the requests.
import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import http from 'node:http';

import { listen } from '../../api/harness/listen.mjs';
import { answerRequests } from './browser.mjs';

// An error of Cognito: the page gets it with the status 400.
export class Refusal extends Error {
  constructor(type, message = type) {
    super(message);
    this.type = type;
  }
}

const PREFIX = 'AWSCognitoIdentityProviderService.';

export class Cognito {
  // answers: { Operation: (input) => output }, which may throw a Refusal. An operation without an answer
  // fails the request, and check().
  constructor(answers) {
    this.answers = answers;
    this.requests = []; // { operation, input }
    this.faults = [];
  }

  static async start(answers) {
    const cognito = new Cognito(answers);
    cognito.server = http.createServer((request, response) => void cognito.serve(request, response));
    cognito.stop = await listen(cognito.server, 0);
    cognito.url = `http://127.0.0.1:${cognito.server.address().port}/`;
    return cognito;
  }

  async serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status, body } = await this.answer(request.method, request.headers, Buffer.concat(chunks));
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  }

  async answer(method, headers, bytes) {
    try {
      assert.equal(method, 'POST');
      assert.match(headers['content-type'], /^application\/x-amz-json-1\.1/);
      assert.equal(headers.authorization, undefined, 'the operations of people are not signed');
      const target = headers['x-amz-target'] ?? '';
      assert.ok(target.startsWith(PREFIX), target);
      const operation = target.slice(PREFIX.length);
      const input = JSON.parse(bytes);
      this.requests.push({ operation, input });
      assert.ok(this.answers[operation], `no answer to ${operation}`);
      return { status: 200, body: (await this.answers[operation](input)) ?? {} };
    } catch (error) {
      if (error instanceof Refusal)
        return { status: 400, body: { __type: error.type, message: error.message } };
      this.faults.push(error);
      return { status: 500, body: { __type: 'InternalErrorException', message: '' } };
    }
  }

  // Let all pages of a context use it instead of the stand-in, as they use a user pool of AWS.
  async serveTo(page, stack) {
    const context = page.context();
    const config = { ...stack.config, cognitoStandIn: false };
    await context.route('**/config.json', (route) => route.fulfill({ json: config }));
    await answerRequests(context, stack.config.cognitoEndpoint, async (route, sent) => {
      const request = route.request();
      const headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' };
      if (request.method() === 'OPTIONS') {
        await route.fulfill({ status: 200, headers });
        return;
      }
      const answer = await fetch(this.url, {
        method: request.method(),
        headers: {
          'Content-Type': request.headers()['content-type'],
          'X-Amz-Target': request.headers()['x-amz-target'],
        },
        body: sent,
      });
      const body = await answer.text();
      await route.fulfill({ status: answer.status, headers, contentType: 'application/x-amz-json-1.1', body });
    });
  }

  inputsOf(operation) {
    return this.requests.filter((one) => one.operation === operation).map(({ input }) => input);
  }

  // No page asked for something unexpected.
  close() {
    this.stop();
    assert.deepEqual(this.faults, []);
  }
}

// --- a user pool ------------------------------------------------------------------------------------
// SRP 6a as Cognito has it: the 3072-bit group of RFC 5054, SHA-256, and a key derived by HKDF.
const N = BigInt(
  `0x${[
    'FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD',
    'EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED',
    'EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F',
    '83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B',
    'E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510',
    '15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7',
    'ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C',
    'BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF',
  ].join('')}`,
);
const G = 2n;

function power(base, exponent) {
  let result = 1n;
  let square = base % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

// The bytes of a number as Java's BigInteger has them: with a sign.
function bytesOf(number) {
  const hex = number.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

const hash = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const numberOf = (bytes) => BigInt(`0x${bytes.toString('hex')}`);
const sign = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat(parts)).digest();

// The code of an authenticator app (RFC 6238, RFC 4226) for a secret in base32.
export function totp(secret, at = Date.now()) {
  let bits = '';
  for (const letter of secret)
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const start = digest.at(-1) & 15;
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// A code is good a little longer than it is shown.
const isCode = (code, secret) => [0, 30_000].some((ago) => code === totp(secret, Date.now() - ago));

// The answers of a user pool with one account, whose tokens are those of `person` (people.mjs).
// account: { password, secret?, challenges?, sms? }: `challenges` come after the password, in this order.
export class Pool {
  constructor(stack, person, account) {
    this.poolName = stack.config.userPoolId.split('_')[1];
    this.person = person;
    Object.assign(this, { challenges: [], secret: undefined, offered: undefined, revoked: false }, account);
    this.name = JSON.parse(Buffer.from(person.token.split('.')[1], 'base64url')).username;
    this.session = undefined;
    this.rest = [];
  }

  answers() {
    return {
      InitiateAuth: (input) => this.initiate(input),
      RespondToAuthChallenge: (input) => this.respond(input),
      AssociateSoftwareToken: (input) => this.associate(input),
      VerifySoftwareToken: (input) => this.verify(input),
      SetUserMFAPreference: (input) => this.prefer(input),
      GetUser: (input) => this.getUser(input),
      ChangePassword: (input) => this.changePassword(input),
      GlobalSignOut: (input) => this.signOut(input),
      RevokeToken: () => ({}),
    };
  }

  initiate({ AuthFlow, AuthParameters }) {
    if (AuthFlow === 'REFRESH_TOKEN_AUTH') {
      if (this.revoked) throw new Refusal('NotAuthorizedException', 'Refresh Token has been revoked');
      return { AuthenticationResult: { AccessToken: this.person.token, IdToken: this.person.idToken } };
    }
    assert.equal(AuthFlow, 'USER_SRP_AUTH', 'the password is never sent');
    assert.equal(AuthParameters.PASSWORD, undefined);
    const salt = numberOf(randomBytes(16));
    const x = numberOf(
      hash(bytesOf(salt), hash(Buffer.from(`${this.poolName}${this.name}:${this.password}`))),
    );
    const verifier = power(G, x);
    const b = numberOf(randomBytes(32));
    const B = (numberOf(hash(bytesOf(N), bytesOf(G))) * verifier + power(G, b)) % N;
    const A = BigInt(`0x${AuthParameters.SRP_A}`);
    const u = numberOf(hash(bytesOf(A), bytesOf(B)));
    const shared = power((A * power(verifier, u)) % N, b);
    this.key = sign(sign(bytesOf(u), bytesOf(shared)), Buffer.from('Caldera Derived Key\x01')).subarray(0, 16);
    this.block = randomBytes(32).toString('base64');
    return {
      ChallengeName: 'PASSWORD_VERIFIER',
      ChallengeParameters: {
        USERNAME: this.name,
        USER_ID_FOR_SRP: this.name,
        SALT: salt.toString(16),
        SRP_B: B.toString(16),
        SECRET_BLOCK: this.block,
      },
    };
  }

  checkPassword(responses) {
    const expected = sign(
      this.key,
      Buffer.from(this.poolName + this.name),
      Buffer.from(this.block, 'base64'),
      Buffer.from(responses.TIMESTAMP),
    ).toString('base64');
    if (responses.PASSWORD_CLAIM_SIGNATURE !== expected)
      throw new Refusal('NotAuthorizedException', 'Incorrect username or password.');
    this.rest = [...this.challenges, ...(this.secret ? ['SOFTWARE_TOKEN_MFA'] : [])];
  }

  checkCode(code) {
    if (!isCode(code, this.secret)) throw new Refusal('CodeMismatchException', 'Invalid code received for user');
  }

  respond({ ChallengeName, ChallengeResponses, Session }) {
    assert.equal(ChallengeResponses.USERNAME, this.name);
    if (ChallengeName === 'PASSWORD_VERIFIER') this.checkPassword(ChallengeResponses);
    else {
      if (Session !== this.session)
        throw new Refusal('NotAuthorizedException', 'Invalid session for the user, session is expired.');
      assert.equal(ChallengeName, this.rest[0]);
      if (ChallengeName === 'SOFTWARE_TOKEN_MFA') this.checkCode(ChallengeResponses.SOFTWARE_TOKEN_MFA_CODE);
      if (ChallengeName === 'SMS_MFA' && ChallengeResponses.SMS_MFA_CODE !== this.sms)
        throw new Refusal('CodeMismatchException');
      if (ChallengeName === 'SELECT_MFA_TYPE') {
        assert.equal(ChallengeResponses.ANSWER, 'SOFTWARE_TOKEN_MFA');
        assert.equal(this.rest[1], 'SOFTWARE_TOKEN_MFA');
      }
      if (ChallengeName === 'NEW_PASSWORD_REQUIRED') this.password = ChallengeResponses.NEW_PASSWORD;
      this.rest.shift();
      this.challenges = this.challenges.filter((name) => name !== 'NEW_PASSWORD_REQUIRED' && name !== 'MFA_SETUP');
    }
    return this.next();
  }

  next() {
    const [name] = this.rest;
    if (!name)
      return {
        AuthenticationResult: {
          AccessToken: this.person.token,
          IdToken: this.person.idToken,
          RefreshToken: `refresh-${randomBytes(4).toString('hex')}`,
          ExpiresIn: 3600,
          TokenType: 'Bearer',
        },
      };
    this.session = randomBytes(16).toString('hex');
    const parameters = {
      SELECT_MFA_TYPE: { MFAS_CAN_CHOOSE: '["SMS_MFA","SOFTWARE_TOKEN_MFA"]' },
      SMS_MFA: { CODE_DELIVERY_DELIVERY_MEDIUM: 'SMS', CODE_DELIVERY_DESTINATION: '+*******1234' },
      NEW_PASSWORD_REQUIRED: { requiredAttributes: '[]', userAttributes: '{}' },
      MFA_SETUP: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
    };
    return { ChallengeName: name, Session: this.session, ChallengeParameters: parameters[name] ?? {} };
  }

  checkToken({ AccessToken }) {
    assert.equal(AccessToken, this.person.token);
    if (this.revoked) throw new Refusal('NotAuthorizedException', 'Access Token has been revoked');
  }

  associate(input) {
    if (input.Session === undefined) this.checkToken(input);
    else assert.equal(input.Session, this.session);
    if (this.withoutApps)
      throw new Refusal('SoftwareTokenMFANotFoundException', 'Software Token MFA has not been enabled by the userPool');
    this.offered = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    return { SecretCode: this.offered, Session: input.Session && this.session };
  }

  verify(input) {
    if (input.Session === undefined) this.checkToken(input);
    else assert.equal(input.Session, this.session);
    if (!isCode(input.UserCode, this.offered))
      throw new Refusal('EnableSoftwareTokenMFAException', 'Code mismatch');
    // In a sign-in the factor is on at once, else when SetUserMFAPreference says so.
    if (input.Session !== undefined) this.secret = this.offered;
    return { Status: 'SUCCESS', Session: input.Session && this.session };
  }

  prefer(input) {
    this.checkToken(input);
    const { Enabled, PreferredMfa } = input.SoftwareTokenMfaSettings;
    assert.equal(Enabled, PreferredMfa);
    this.secret = Enabled ? this.offered : undefined;
  }

  getUser(input) {
    this.checkToken(input);
    return {
      Username: this.name,
      UserAttributes: [],
      ...(this.secret && { UserMFASettingList: ['SOFTWARE_TOKEN_MFA'], PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA' }),
    };
  }

  changePassword(input) {
    this.checkToken(input);
    if (input.PreviousPassword !== this.password)
      throw new Refusal('NotAuthorizedException', 'Incorrect username or password.');
    if (this.used?.includes(input.ProposedPassword))
      throw new Refusal('PasswordHistoryPolicyViolationException');
    this.password = input.ProposedPassword;
  }

  signOut(input) {
    this.checkToken(input);
    this.revoked = true;
  }
}

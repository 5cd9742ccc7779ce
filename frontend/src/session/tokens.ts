/*
 * Access tokens. The auth library signs in and writes the tokens (names below, as its own); the page
 * reads and refreshes them itself, because every signed-in start needs that and nothing else of it.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
 */
import { alone } from '../base/alone';
import { config } from './config';
import { local } from './local';
import { noteRevoked } from './revoked';

const PREFIX = 'CognitoIdentityServiceProvider.';
/** A token that ends this soon would not survive a request. */
const MARGIN_MS = 5_000;
const TIMEOUT_MS = 20_000;
/** The processes of other tabs see within this time what one tab wrote to localStorage. */
const SEEN_MS = 250;
/** Signing out waits this long for Cognito. */
const REVOKE_MS = 3_000;

const pause = (ms: number) => new Promise((end) => setTimeout(end, ms));

/** `name` is the type of Cognito's error, or NetworkError. */
export class CognitoError extends Error {
  constructor(
    name: string,
    /** Cognito took the request and refused it; repeating it would not help. */
    readonly isRefusal: boolean,
    message = name,
  ) {
    super(message);
    this.name = name;
  }
}

/** Send one request to Cognito. Throws a CognitoError. */
export async function ask<T>(action: string, body: unknown): Promise<T> {
  const { cognitoEndpoint } = await config();
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(cognitoEndpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `AWSCognitoIdentityProviderService.${action}`,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    answer = text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    throw new CognitoError('NetworkError', false);
  }
  if (response.ok) return answer as T;
  const { __type: type, message } = answer as { __type?: string; message?: string };
  const name = type?.split('#').pop() ?? 'NetworkError';
  const isRefusal = response.status < 500 && !/Limit|TooMany|Network/.test(name);
  throw new CognitoError(name, isRefusal, message);
}

// --- the tokens of the account that signed in last ----------------------------------------------------
type Name = 'accessToken' | 'idToken' | 'refreshToken' | 'clockDrift' | 'deviceKey';

async function tokensOf(account: string) {
  const { userPoolClientId: clientId } = await config();
  const name = (item: Name) => `${PREFIX}${clientId}.${account}.${item}`;
  return {
    clientId,
    get: (item: Name) => local.get(name(item)),
    set: (item: Name, value: string | undefined) => {
      if (value !== undefined) local.set(name(item), value);
    },
  };
}

/** Delete the tokens of this browser, and the number on the icon of the installed page. */
export function forgetTokens() {
  for (const key of local.keys()) if (key.startsWith(PREFIX)) local.remove(key);
  if ('clearAppBadge' in navigator) navigator.clearAppBadge().catch(() => {});
}

interface Claims {
  exp?: number;
  iat?: number;
  'cognito:groups'?: string[];
}

/** The claims of a token; none if it cannot be read. */
function claimsOf(token: string): Claims {
  try {
    const payload = (token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    return JSON.parse(atob(payload)) as Claims;
  } catch {
    return {};
  }
}

/** In milliseconds; 0 if it cannot be read. */
const timeIn = (token: string, claim: 'exp' | 'iat') => (claimsOf(token)[claim] ?? 0) * 1000;

/** Whether the account's token names it as a moderator: the server decides by the same. */
export async function isModerator(account: string): Promise<boolean> {
  const token = (await tokensOf(account)).get('accessToken') ?? '';
  return claimsOf(token)['cognito:groups']?.includes('moderators') ?? false;
}

interface Refreshed {
  AuthenticationResult: { AccessToken: string; IdToken?: string; RefreshToken?: string };
}

/**
 * An access token of the account, refreshed if it has expired or is the one that the server `refused`;
 * null if the session has ended. Tabs that need a fresh one refresh once. Throws if Cognito cannot be
 * reached: the session has not ended then.
 */
export async function readToken(account: string, refused?: string): Promise<string | null> {
  const tokens = await tokensOf(account);
  const usable = () => {
    const token = tokens.get('accessToken');
    const now = Date.now() + Number(tokens.get('clockDrift') ?? 0) + MARGIN_MS;
    return token !== null && token !== refused && timeIn(token, 'exp') > now ? token : null;
  };
  const refresh = async () => {
    const ready = usable();
    const refreshToken = tokens.get('refreshToken');
    if (ready !== null || refreshToken === null) return ready;
    const deviceKey = tokens.get('deviceKey');
    try {
      const { AuthenticationResult: fresh } = await ask<Refreshed>('InitiateAuth', {
        ClientId: tokens.clientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: {
          REFRESH_TOKEN: refreshToken,
          ...(deviceKey === null ? {} : { DEVICE_KEY: deviceKey }),
        },
      });
      // Another tab has signed out in the meantime: do not bring the tokens back.
      if (tokens.get('refreshToken') === null) return null;
      tokens.set('accessToken', fresh.AccessToken);
      tokens.set('idToken', fresh.IdToken);
      tokens.set('refreshToken', fresh.RefreshToken);
      tokens.set('clockDrift', String(timeIn(fresh.AccessToken, 'iat') - Date.now()));
      return fresh.AccessToken;
    } catch (error) {
      if (!(error instanceof CognitoError && error.isRefusal)) throw error;
      if (/revoked/i.test(error.message)) noteRevoked();
      return null;
    }
  };
  return (
    usable() ??
    new Promise((resolve, reject) => {
      // The next tab begins when it can see the new tokens; this one need not wait.
      void alone('cruddur:token', async () => {
        const before = tokens.get('accessToken');
        await refresh().then(resolve, reject);
        if (tokens.get('accessToken') !== before) await pause(SEEN_MS);
      });
    })
  );
}

/** Delete the tokens, and let Cognito revoke what came of the refresh token, if it can be reached. */
export async function revokeTokens(account: string): Promise<void> {
  const tokens = await tokensOf(account);
  const refreshToken = tokens.get('refreshToken');
  forgetTokens();
  if (refreshToken === null) return;
  const revoked = ask('RevokeToken', { ClientId: tokens.clientId, Token: refreshToken });
  await Promise.race([revoked.catch(() => {}), pause(REVOKE_MS)]);
}

export async function changeHandle(account: string, handle: string): Promise<void> {
  await ask('UpdateUserAttributes', {
    AccessToken: await readToken(account),
    UserAttributes: [{ Name: 'preferred_username', Value: handle }],
  });
}

/* Why a session has ended: kept until the sign-in page says it. */
import { local } from './local';

const STORAGE_KEY = 'cruddur:revoked';

/** Somebody has signed the account out everywhere. */
export const noteRevoked = () => local.set(STORAGE_KEY, '1');

export const wasRevoked = () => local.get(STORAGE_KEY) !== null;

export const forgetRevoked = () => local.remove(STORAGE_KEY);

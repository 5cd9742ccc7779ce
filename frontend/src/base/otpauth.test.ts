import { expect, test } from 'vitest';

import { groupsOf, modulesPath, otpauthUri } from './otpauth';

test('the address has the account, the secret and the issuer', () => {
  const uri = new URL(otpauthUri('a+b@example.org', 'JBSWY3DPEHPK3PXP'));
  expect(uri.protocol).toBe('otpauth:');
  expect(uri.host).toBe('totp');
  expect(decodeURIComponent(uri.pathname)).toBe('/Cruddur:a+b@example.org');
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: 'JBSWY3DPEHPK3PXP',
    issuer: 'Cruddur',
  });
});

test('the secret is shown in groups of four', () => {
  expect(groupsOf('ABCDEFGHIJ')).toBe('ABCD EFGH IJ');
  expect(groupsOf('')).toBe('');
});

test('each run of dark modules is a rectangle', () => {
  const rows = [
    [true, true, false, true],
    [false, false, false, false],
    [false, true, true, true],
  ];
  expect(modulesPath(rows)).toBe('M0 0h2v1H0zM3 0h1v1H3zM1 2h3v1H1z');
});

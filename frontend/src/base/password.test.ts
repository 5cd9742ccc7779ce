import fs from 'node:fs';

import { i18n } from '@lingui/core';
import { beforeAll, describe, expect, test } from 'vitest';

import { passwordProblem, passwordStrength, POLICY } from './password';

beforeAll(() => i18n.loadAndActivate({ locale: 'en', messages: {} }));

describe('passwordProblem', () => {
  test.each([
    ['', 'At least 8 characters, with upper- and lower-case letters, numbers and symbols.'],
    ['abc', 'It still needs 5 more characters, an upper-case letter, a number and a symbol.'],
    ['Abcdef1', 'It still needs 1 more character and a symbol.'],
    ['ABCDEFG1!', 'It still needs a lower-case letter.'],
    ['Abcdefgh1', 'It still needs a symbol.'],
    [' Mountain-42', 'Use no blank at the start or at the end.'],
    [`Aa1!${'x'.repeat(253)}`, 'Use at most 256 characters.'],
    // Letters of other scripts are no symbols.
    ['Abcdefg1é', 'It still needs a symbol.'],
  ])('%j: %s', (password, problem) => expect(passwordProblem(password)).toBe(problem));

  test.each(Array.from('^$*.[]{}()?"!@#%&/\\,><\':;|_~`=+-'))('%s is a symbol', (symbol) =>
    expect(passwordProblem(`Abcdef1${symbol}`)).toBeUndefined(),
  );

  test('a blank inside is one', () => expect(passwordProblem('Abc def12')).toBeUndefined());
});

test('the pool of a deployment has the same rules', () => {
  const pool = fs.readFileSync(new URL('../../../deploy/lib/people.ts', import.meta.url), 'utf8');
  const policy = /passwordPolicy: {([^}]*)}/.exec(pool)?.[1] ?? '';
  const rules = policy.split(',').flatMap((rule) => rule.trim() || []);
  expect(rules.sort()).toEqual([
    `minLength: ${POLICY.min}`,
    'requireDigits: true',
    'requireLowercase: true',
    'requireSymbols: true',
    'requireUppercase: true',
  ]);
});

describe('passwordStrength', () => {
  test.each([
    ['Aaaaaaa-1', 'Weak'],
    ['Abcdefgh-1', 'Weak'],
    ['Cruddr-26', 'Fair'],
    ['Mountain-A42', 'Good'],
    ['Mountain-Air-42-x', 'Strong'],
  ])('%s is %s', (password, word) => expect(passwordStrength(password)).toMatch(new RegExp(`^${word}`)));
});

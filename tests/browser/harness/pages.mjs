// pages.mjs - the pages of a fresh stack, for pictures: of a visitor, and of a seeded person who is signed in.
import { settled } from './browser.mjs';

export const GROUP = '5ae290ed-55d1-47a0-bc6d-fe2bc2700399';
export const SIZES = { phone: { width: 390, height: 844 }, wide: { width: 1280, height: 800 } };
export const OWNER = 'andrewbrown';

export const ANONYMOUS = {
  welcome: '/',
  signin: '/signin',
  signup: '/signup',
  confirm: '/confirm',
  forgot: '/forgot',
};
export const SIGNED_IN = {
  home: '/',
  following: '/following',
  person: '/@bayko',
  profile: '/@andrewbrown',
  notifications: '/notifications',
  mentions: '/notifications/mentions',
  search: '/search?term=bayko',
  messages: '/messages',
  thread: `/messages/${GROUP}`,
  new: '/messages/new/altbrown',
  settings: '/settings',
  'settings-notifications': '/settings/notifications',
  appearance: '/settings/appearance',
  account: '/settings/account',
  missing: '/nowhere/at/all',
};

// Go to a page, and wait until it is whole.
export async function open(page, address) {
  await page.goto(address);
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await settled(page);
}

// Go from Home to the page of its third crud.
export async function openCrud(page) {
  await open(page, '/');
  const path = await page.locator('[data-path]').nth(2).getAttribute('data-path');
  await open(page, path);
  await page.locator('.crud[data-main]').waitFor();
}

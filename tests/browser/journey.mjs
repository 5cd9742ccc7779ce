// journey.mjs - a new person's way from the address to the first answered message: a picture of each step, and
// how long the product took for it. The time that a person takes to read and to type is not in it.
// Usage: node tests/browser/journey.mjs FOLDER [URL of a running local run]
import fs from 'node:fs';
import path from 'node:path';

import { newHandle, PASSWORD } from '../api/harness/people.mjs';
import { Stack } from '../api/harness/stack.mjs';
import { launch, newVisitor, signIn } from './harness/browser.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const FRIEND = 'bayko';

const [folder = 'journey', url] = process.argv.slice(2);
fs.mkdirSync(folder, { recursive: true });
const stack = url ? { url } : await Stack.start();
const browser = await launch();
const rows = [];

// act(): what the person does; seen(): what is there when the product has answered.
async function step(page, name, act, seen) {
  const start = performance.now();
  await act();
  await seen();
  const ms = Math.round(performance.now() - start);
  rows.push({ name, ms });
  const file = `${String(rows.length).padStart(2, '0')}-${name.replace(/\W+/g, '-').toLowerCase()}.png`;
  await page.screenshot({ path: path.join(folder, file) });
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const heading = (page, name) => page.getByRole('heading', { name, exact: true });
const bubble = (page, text) => page.locator('.message:not([data-state])').filter({ hasText: text });

async function begin(page) {
  const article = page.getByRole('article').first();
  await step(page, 'The address', () => page.goto('/'), () => article.waitFor());
  await step(
    page,
    'Sign up',
    () => page.getByRole('link', { name: 'Sign up' }).click(),
    () => page.getByLabel('Name').waitFor(),
  );
  const name = `Nadia ${newHandle('').slice(1, 7)}`;
  await step(
    page,
    'A handle is proposed',
    async () => {
      await page.getByLabel('Name').fill(name);
      await page.getByLabel('Email').focus();
    },
    () => page.getByText('is free.').first().waitFor(),
  );
  await page.getByLabel('Email').fill(`${newHandle('nadia')}@example.org`);
  await page.getByLabel('Password').fill(PASSWORD);
  await step(
    page,
    'The code is asked for',
    () => button(page, 'Sign up').click(),
    () => heading(page, 'Confirm your email').waitFor(),
  );
  await step(
    page,
    'Signed in and welcome',
    () => page.getByLabel('Code').fill('123456'),
    () => heading(page, 'Introduce yourself').waitFor(),
  );
}

async function introduce(page) {
  await page.getByLabel('About you').fill('New here. I like short things.');
  await step(
    page,
    'People to follow',
    () => button(page, 'Save and continue').click(),
    () => page.locator('.people > li').first().waitFor(),
  );
  await page.locator('.people > li').first().getByRole('button', { name: 'Follow' }).click();
  await step(
    page,
    'The first crud',
    () => button(page, 'Continue').click(),
    () => page.getByRole('textbox', { name: 'Your first crud' }).waitFor(),
  );
  const text = 'Hello, everybody. This is gone tomorrow.';
  await page.getByRole('textbox', { name: 'Your first crud' }).fill(text);
  await step(
    page,
    'It is on Home',
    () => button(page, 'Crud').click(),
    () => page.getByRole('article').filter({ hasText: text }).first().waitFor(),
  );
}

async function talk(page, friend) {
  await step(
    page,
    'Somebody to write to',
    () => page.goto(`/@${FRIEND}`),
    () => page.locator('.profile').waitFor(),
  );
  await step(
    page,
    'An empty conversation',
    () => page.getByRole('link', { name: 'Message', exact: true }).click(),
    () => page.getByPlaceholder('Write a message').waitFor(),
  );
  const question = `Good day! Are you there? ${newHandle('q')}`;
  await page.getByPlaceholder('Write a message').fill(question);
  await step(
    page,
    'The message is sent',
    () => button(page, 'Send').click(),
    () => bubble(page, question).waitFor(),
  );
  const row = friend.locator('.conversation').filter({ hasText: question });
  await step(friend, 'The other person sees it', async () => {}, () => row.waitFor());
  await row.click();
  await bubble(friend, question).waitFor();
  await friend.getByPlaceholder('Write a message').fill('I am. Welcome, Nadia!');
  await step(
    page,
    'The answer is there',
    () => button(friend, 'Send').click(),
    () => bubble(page, 'I am. Welcome, Nadia!').waitFor(),
  );
}

try {
  const friend = await newVisitor(browser, stack, PHONE);
  await signIn(friend, FRIEND);
  await friend.goto('/messages');
  await heading(friend, 'Messages').first().waitFor();
  const page = await newVisitor(browser, stack, PHONE);
  await begin(page);
  await introduce(page);
  await talk(page, friend);
  for (const one of [page, friend]) await one.context().close();
} finally {
  await browser.close();
  await stack.down?.();
}
let sum = 0;
for (const { name, ms } of rows) {
  sum += ms;
  console.log(`${String(sum).padStart(6)} ms  +${String(ms).padStart(5)} ms  ${name}`);
}

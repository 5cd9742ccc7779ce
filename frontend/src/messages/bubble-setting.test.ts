import { i18n } from '@lingui/core';
import { expect, test } from 'vitest';

import { settingOf } from './bubble-setting';

test.each([
  ['en', { Hello: false, שלום: true, 'Hello שלום': true, '12:30': false }],
  ['ar', { Hello: true, مرحبا: false, 'مرحبا 12': false, 'Hello مرحبا': true, '12:30': true }],
])('in %s the time is beside a text that runs against the page', (locale, texts) => {
  i18n.loadAndActivate({ locale, messages: {} });
  for (const [text, beside] of Object.entries(texts))
    expect([text, settingOf(text, '12:30')['data-beside'] ?? false]).toEqual([text, beside]);
});

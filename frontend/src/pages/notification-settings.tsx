/* Of what, and of whom, a person is notified. */
import { i18n } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';

import type { Settings } from '../api/types';
import { SettingsForm } from './settings-form';

const KINDS = {
  notify_replies: msg`Replies to you`,
  notify_mentions: msg`Mentions of you`,
  notify_likes: msg`Likes of your cruds`,
  notify_reposts: msg`Reposts of your cruds`,
  notify_follows: msg`New followers`,
};
const OF = { everyone: msg`Of everyone`, following: msg`Of people I follow`, nobody: msg`Off` };

type Kind = keyof typeof KINDS;
type Of = Settings[Kind];

const kinds = Object.keys(KINDS) as Kind[];
const choices = Object.keys(OF) as Of[];

export default function NotificationSettings() {
  return (
    <SettingsForm>
      {(settings, change) => (
        <>
          <p className="hint">
            {t`What you turn off is not shown and not counted. Notifications that you have stay.`}
          </p>
          {kinds.map((kind) => (
            <div className="setting" key={kind}>
              <label htmlFor={kind}>{i18n._(KINDS[kind])}</label>
              <select
                id={kind}
                value={settings[kind]}
                onChange={({ target }) => change({ [kind]: target.value as Of })}
              >
                {choices.map((of) => (
                  <option key={of} value={of}>
                    {i18n._(OF[of])}
                  </option>
                ))}
              </select>
            </div>
          ))}
        </>
      )}
    </SettingsForm>
  );
}

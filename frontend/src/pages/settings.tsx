/* Settings: one page with parts, each with an address of its own. */
import '../styles/settings.css';

import { i18n } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import { usePeople } from '../api/people-lists';
import type { Settings } from '../api/types';
import { browserLanguage, language, LANGUAGES } from '../base/language';
import { NavLink, useLocation, useParams } from '../base/router';
import { useDocumentTitle } from '../components/document-title';
import { part } from '../components/later';
import { NotFoundPage } from '../components/not-found';
import { PageHead } from '../components/page-head';
import { PeopleList } from '../components/people-list';
import { BlockButton, MuteButton } from '../components/relation';
import { Skeleton } from '../components/skeleton';
import {
  chooseLanguage,
  isNamed,
  type LanguageChoice,
  languageOf,
  type NamedLanguage,
  storedLanguage,
} from '../session/language';
import { chooseTheme, storedTheme, type Theme, THEMES } from '../session/theme';
import { SettingsForm } from './settings-form';

const AccountPart = part(() => import('./account-settings'), <Skeleton />);
const NotificationPart = part(() => import('./notification-settings'), <Skeleton />);

interface Choice<T extends string> {
  value: T;
  label: ReactNode;
  hint?: ReactNode;
}

/** One of several choices, each with a note, or none. */
function Choices<T extends string>({
  name,
  legend,
  choices,
  chosen,
  onChoose,
}: {
  name: string;
  legend: string;
  choices: Choice<T>[];
  chosen: T;
  onChoose: (value: T) => void;
}) {
  return (
    <fieldset className="choices">
      <legend>{legend}</legend>
      {choices.map(({ value, label, hint }) => (
        <div className="choice" key={value}>
          <input
            type="radio"
            id={`${name}-${value}`}
            name={name}
            value={value}
            aria-describedby={hint === undefined ? undefined : `${name}-${value}-note`}
            checked={chosen === value}
            onChange={() => onChoose(value)}
          />
          <label htmlFor={`${name}-${value}`}>{label}</label>
          {hint !== undefined && (
            <p className="hint" id={`${name}-${value}-note`}>
              {hint}
            </p>
          )}
        </div>
      ))}
    </fieldset>
  );
}

// --- privacy --------------------------------------------------------------------------------------
const senders = (): Choice<Settings['messages_from']>[] => [
  { value: 'everyone', label: t`Everyone`, hint: t`All messages arrive in Messages.` },
  {
    value: 'requests',
    label: t`Everyone, strangers as requests`,
    hint: t`First messages of people you don’t follow wait under Requests until you accept them.`,
  },
  { value: 'following', label: t`People I follow`, hint: t`Nobody else can write to you first.` },
  { value: 'nobody', label: t`Nobody`, hint: t`Nobody can write to you first.` },
];

const MessageSettings = () => (
  <SettingsForm>
    {(settings, change) => (
      <>
        <Choices
          name="from"
          legend={t`Who may write to me`}
          choices={senders()}
          chosen={settings.messages_from}
          onChoose={(messages_from) => change({ messages_from })}
        />
        <p className="hint">
          {t`This is about first messages. The conversations that you have go on; to end one, block the person.`}
        </p>
        <fieldset className="choices">
          <legend>{t`Read receipts`}</legend>
          <div className="choice">
            <input
              type="checkbox"
              id="receipts"
              aria-describedby="receipts-note"
              checked={settings.read_receipts}
              onChange={({ target }) => change({ read_receipts: target.checked })}
            />
            <label htmlFor="receipts">{t`Show who has read what`}</label>
            <p className="hint" id="receipts-note">
              {t`Others see how far you have read, and you see how far they have. Turned off, neither of you sees it.`}
            </p>
          </div>
        </fieldset>
      </>
    )}
  </SettingsForm>
);

function PrivacyPart() {
  return (
    <>
      <MessageSettings />
      <section aria-labelledby="blocked">
        <h3 id="blocked">{t`Blocked people`}</h3>
        <p className="hint">
          {t`You don’t see each other’s cruds, and can’t write to each other.`}
        </p>
        <PeopleList
          query={usePeople('/api/users/me/blocks')}
          empty={t`You don’t block anyone`}
          Button={BlockButton}
        />
      </section>
      <section aria-labelledby="muted">
        <h3 id="muted">{t`Muted people`}</h3>
        <p className="hint">
          {t`Nothing of them is in your feeds and notifications. They don’t notice.`}
        </p>
        <PeopleList
          query={usePeople('/api/users/me/mutes')}
          empty={t`You don’t mute anyone`}
          Button={MuteButton}
        />
      </section>
    </>
  );
}

// --- appearance -------------------------------------------------------------------------------------
const themes = (): Choice<Theme>[] => [
  {
    value: 'auto',
    label: i18n._(THEMES.auto),
    hint: t`As your device is set, which may change by itself in the evening.`,
  },
  { value: 'light', label: i18n._(THEMES.light), hint: t`Dark on light, always.` },
  { value: 'dark', label: i18n._(THEMES.dark), hint: t`Light on dark, always.` },
];

/** The name of a language, in the language. */
const LanguageName = ({ of: tag }: { of: NamedLanguage }) => (
  <bdi lang={tag} dir="auto">
    {LANGUAGES[tag]}
  </bdi>
);

function languages(): Choice<LanguageChoice>[] {
  const found = browserLanguage();
  const name = <LanguageName of={isNamed(found) ? found : 'en'} />;
  return [
    {
      value: 'auto',
      label: t`As your browser`,
      hint: <Trans>The first of its languages that Cruddur has: {name}.</Trans>,
    },
    ...Object.keys(LANGUAGES)
      .filter(isNamed)
      .map((tag) => ({ value: tag, label: <LanguageName of={tag} /> })),
  ];
}

/** The choice that has the focus after the page was drawn in another language. */
let focused: LanguageChoice | undefined;

function LanguageChoices() {
  const [chosen, setChosen] = useState(storedLanguage);
  useEffect(() => {
    if (focused !== undefined) document.getElementById(`language-${focused}`)?.focus();
    focused = undefined;
  }, []);
  return (
    <Choices
      name="language"
      legend={t`Language`}
      choices={languages()}
      chosen={chosen}
      onChoose={(choice) => {
        setChosen(choice);
        if (languageOf(choice) !== language()) focused = choice;
        void chooseLanguage(choice);
      }}
    />
  );
}

function AppearancePart() {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <>
      <Choices
        name="theme"
        legend={t`Colours`}
        choices={themes()}
        chosen={theme}
        onChoose={(chosen) => {
          chooseTheme(chosen);
          setTheme(chosen);
        }}
      />
      <LanguageChoices />
      <p className="hint">{t`This is kept on this device.`}</p>
    </>
  );
}

// --- the page ---------------------------------------------------------------------------------------
const PARTS = {
  privacy: { title: msg`Privacy`, path: '/settings', Part: PrivacyPart },
  notifications: {
    title: msg`Notifications`,
    path: '/settings/notifications',
    Part: NotificationPart,
  },
  appearance: { title: msg`Appearance`, path: '/settings/appearance', Part: AppearancePart },
  account: { title: msg`Account`, path: '/settings/account', Part: AccountPart },
};

const isPart = (name: string): name is keyof typeof PARTS => Object.hasOwn(PARTS, name);

/** On a narrow phone the parts scroll sideways: the current one is in view. */
function PartLinks({ shown }: { shown: keyof typeof PARTS }) {
  const links = useRef<HTMLElement>(null);
  useEffect(() => {
    links.current
      ?.querySelector('[aria-current]')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown]);
  return (
    <nav ref={links} className="tabs settings-parts" aria-label={t`Settings`}>
      {Object.entries(PARTS).map(([name, { title, path }]) => (
        <NavLink key={name} to={path} end replace>
          {i18n._(title)}
        </NavLink>
      ))}
    </nav>
  );
}

/** `/settings/account#password`: the section of that name, as soon as it is there. */
function useSection() {
  const { hash, key } = useLocation();
  useEffect(() => {
    const id = hash.slice(1);
    if (id === '') return;
    const show = () => {
      const section = document.getElementById(id);
      section?.scrollIntoView();
      section?.focus({ preventScroll: true });
      return section !== null;
    };
    if (show()) return;
    const observer = new MutationObserver(() => {
      if (show()) observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [hash, key]);
}

export default function SettingsPage() {
  const { part: name = 'privacy' } = useParams();
  useSection();
  const settings = t`Settings`;
  useDocumentTitle(isPart(name) ? `${i18n._(PARTS[name].title)} · ${settings}` : settings);
  if (!isPart(name)) return <NotFoundPage />;
  const { title, Part } = PARTS[name];
  return (
    <div className="column">
      <PageHead title={settings} />
      <PartLinks shown={name} />
      <div className="settings">
        <h2 className="unseen">{i18n._(title)}</h2>
        <Part />
      </div>
    </div>
  );
}

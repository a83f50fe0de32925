import '../ui/styles';
import { StrictMode, useEffect, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { Provider as GraphqlProvider } from 'urql';
import { createGraphqlClient } from '../graphql/client';
import { signInAgain } from '../graphql/session-expiry';
import { bestLanguage, i18n, speak } from '../i18n/i18n';
import { followOtherTabs as followPreferences, preferences } from '../lib/preferences';
import { LiveProvider } from '../live/context';
import { connectLive } from '../live/socket';
import { followOtherTabs as followSession, lookAgainOnReturn, refreshSession } from '../session';
import { router } from './router';
import { theme } from './theme';

const client = createGraphqlClient({
  enforceHashes: import.meta.env.PROD,
  signInAgain,
  onForbidden: () => void refreshSession(),
});
const live = connectLive({
  url: `${window.location.origin.replace(/^http/, 'ws')}/graphql`,
  signInAgain,
  onSessionChanged: () => void refreshSession(),
});

/** The server writes a fresh nonce into the page; Mantine signs the one style it may add. */
const styleNonce = () => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

const wantedLanguage = () => preferences.get().language ?? bestLanguage(navigator.languages);

function App() {
  const wanted = useSyncExternalStore(preferences.subscribe, wantedLanguage);
  useEffect(() => {
    if (wanted !== i18n.locale) {
      void speak(wanted);
    }
  }, [wanted]);

  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      withCssVariables={false}
      withGlobalClasses={false}
      withStaticClasses={false}
    >
      <I18nProvider i18n={i18n}>
        <GraphqlProvider value={client}>
          <LiveProvider value={live}>
            <RouterProvider router={router} />
          </LiveProvider>
        </GraphqlProvider>
      </I18nProvider>
    </MantineProvider>
  );
}

async function start(root: HTMLElement): Promise<void> {
  followPreferences();
  followSession();
  lookAgainOnReturn();
  await speak(wantedLanguage());
  createRoot(root).render(<StrictMode><App /></StrictMode>);
  // Fonts come after the first paint; until then the system's stand in.
  requestAnimationFrame(() => void import('../ui/fonts'));
}

const root = document.getElementById('root');
if (root) {
  void start(root);
}

import type { ReactElement } from 'react';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { render, type RenderResult } from '@testing-library/react';
import { i18n, speak, type Language } from '../src/i18n/i18n';

/** Renders with the providers of the app, in a language, without transitions. */
export async function renderIn(element: ReactElement, language: Language = 'en'): Promise<RenderResult> {
  await speak(language);
  return render(
    <MantineProvider env="test" withCssVariables={false} withGlobalClasses={false}>
      <I18nProvider i18n={i18n}>{element}</I18nProvider>
    </MantineProvider>,
  );
}

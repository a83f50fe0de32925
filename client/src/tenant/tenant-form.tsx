import { useState, type FormEvent } from 'react';
import { Button, Input, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { productName } from '../lib/branding';
import { useSession } from '../setup';
import { announce } from '../ui/announcer';
import { FileButton } from '../ui/file-button';
import { Problems, useFormProblems } from '../ui/form-problems';
import { problemTitle } from '../ui/problem-notice';
import { useUnsaved } from '../ui/use-unsaved';
import { BrandingPreview } from './branding-preview';
import { ChangeBrandingDocument, RemoveLogoDocument, RenameTenantDocument } from './gql/documents';
import type { TenantRow } from './list';
import { logoProblem, logoTypes, putLogo, readAsDataUrl } from './logo';
import styles from './tenant-screen.module.css';

const fields = ['name', 'pageTitle', 'browserTitle'];

interface TenantFormProps {
  tenant: TenantRow;
  onSaved: () => void;
}

interface ChosenLogo {
  file: File;
  url: string;
}

const textOrNull = (text: string): string | null => text.trim() || null;

/** Name and branding of one's own tenant, with what they will look like. */
export function TenantForm({ tenant, onSaved }: TenantFormProps) {
  const t = useT();
  const { viewer } = useSession();
  const rename = useAct(RenameTenantDocument, ({ renameTenant }) => renameTenant);
  const rebrand = useAct(ChangeBrandingDocument, ({ changeBranding }) => changeBranding);
  const removeLogo = useAct(RemoveLogoDocument, (data) => data.removeLogo);
  const [name, setName] = useState(tenant.name);
  const [pageTitle, setPageTitle] = useState(tenant.branding.pageTitle ?? '');
  const [browserTitle, setBrowserTitle] = useState(tenant.branding.browserTitle ?? '');
  const [logo, setLogo] = useState<ChosenLogo | 'none'>();
  const [logoFailure, setLogoFailure] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const problems = useFormProblems([...rename.problems, ...rebrand.problems, ...removeLogo.problems], fields);

  const held = tenant.branding;
  const renamed = name.trim() !== tenant.name;
  const rebranded = textOrNull(pageTitle) !== held.pageTitle || textOrNull(browserTitle) !== held.browserTitle;
  const unsaved = renamed || rebranded || logo !== undefined;
  const logoUrl = logo === undefined ? held.logoUrl : logo === 'none' ? null : logo.url;
  useUnsaved(unsaved);

  async function choose(file: File): Promise<void> {
    const problem = logoProblem(file);
    setLogoFailure(problem);
    setLogo(problem ? undefined : { file, url: await readAsDataUrl(file) });
  }

  async function saveLogo(): Promise<boolean> {
    if (logo === undefined) {
      return true;
    }
    const problem = logo === 'none' ? undefined : await putLogo(logo.file);
    const removed = logo !== 'none' || await removeLogo.run({}) !== undefined;
    setLogoFailure(problem);
    if (problem || !removed) {
      return false;
    }
    setLogo(undefined);
    return true;
  }

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    setBusy(true);
    // The slowest first: what the frame shows in the end then means that everything is saved.
    const saved = await saveLogo()
      && (!renamed || await rename.run({ name: name.trim() }) !== undefined)
      && (!rebranded || await rebrand.run({ pageTitle: textOrNull(pageTitle), browserTitle: textOrNull(browserTitle) }) !== undefined);
    setBusy(false);
    if (saved) {
      setName(name.trim());
      announce(t('form.saved'));
    }
    onSaved();
  }

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <div className={styles.fields}>
        <TextInput label={t('tenant.name')} value={name} required autoComplete="organization" error={problems.of('name')}
          onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput label={t('branding.pageTitle')} description={t('branding.pageTitle.help')} placeholder={productName} value={pageTitle}
          error={problems.of('pageTitle')} onChange={(event) => setPageTitle(event.currentTarget.value)} />
        <TextInput label={t('branding.browserTitle')} description={t('branding.browserTitle.help')} placeholder={productName}
          value={browserTitle} error={problems.of('browserTitle')} onChange={(event) => setBrowserTitle(event.currentTarget.value)} />
        <Input.Wrapper id="logo" label={t('branding.logo')} description={t('branding.logo.help')}
          error={logoFailure && problemTitle(t, logoFailure)}>
          <div className={styles.logo}>
            <FileButton id="logo" label={t('file.choose')} accept={logoTypes} onFile={(file) => void choose(file)} />
            {logoUrl !== null && <Button size="xs" variant="default" onClick={() => setLogo('none')}>{t('branding.logo.remove')}</Button>}
            {logo === 'none' && <Button size="xs" variant="subtle" onClick={() => setLogo(undefined)}>{t('form.undo')}</Button>}
          </div>
        </Input.Wrapper>
        <Problems problems={problems.others} />
        <div><Button type="submit" loading={busy} disabled={!unsaved}>{t('form.save')}</Button></div>
      </div>
      <BrandingPreview
        name={name}
        userName={viewer.user.displayName}
        branding={{ pageTitle: textOrNull(pageTitle), browserTitle: textOrNull(browserTitle), logoUrl }}
      />
    </form>
  );
}

import { useState, type FormEvent } from 'react';
import { Button, Input, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import type { Problem } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { productName } from '../lib/branding';
import { useSession } from '../session';
import { announce } from '../ui/announcer';
import { FileButton } from '../ui/file-button';
import { Problems, useFormProblems } from '../ui/form-problems';
import { useUnsaved } from '../ui/use-unsaved';
import { BrandingPreview } from './branding-preview';
import { ChangeBrandingDocument, RemoveLogoDocument, RenameTenantDocument } from './gql/documents';
import type { TenantRow } from './list';
import { logoProblem, logoTypes, putLogo, readAsDataUrl } from './logo';
import styles from './tenant-screen.module.css';

const logoField = 'logo';
const fields = ['name', 'pageTitle', 'browserTitle', logoField];

interface TenantFormProps {
  tenant: TenantRow;
  /** Something was saved; resolves once what is held has been asked for again. */
  onSaved: () => Promise<void>;
}

interface ChosenLogo {
  file: File;
  url: string;
}

/** The fields that hold text. */
interface Texts {
  name: string;
  pageTitle: string;
  browserTitle: string;
}

/** One of the acts that make up a save. */
interface Step {
  /** @returns why it was refused; empty when it was not */
  run(): Promise<readonly Problem[]>;
  /** What it saved is no longer unsaved. */
  forget(): void;
}

const textOrNull = (text: string): string | null => text.trim() || null;

/** Name and branding of one's own tenant, with what they will look like. */
export function TenantForm({ tenant, onSaved }: TenantFormProps) {
  const t = useT();
  const { viewer } = useSession();
  const rename = useAct(RenameTenantDocument, ({ renameTenant }) => renameTenant);
  const rebrand = useAct(ChangeBrandingDocument, ({ changeBranding }) => changeBranding);
  const removeLogo = useAct(RemoveLogoDocument, (data) => data.removeLogo);
  /** Only what differs from what is held: the other fields follow when somebody else changes it, and are not sent. */
  const [typed, setTyped] = useState<Partial<Texts>>({});
  const [logo, setLogo] = useState<ChosenLogo | 'none'>();
  /** Of the last save only: an act that did not run this time has nothing to say. */
  const [refused, setRefused] = useState<readonly Problem[]>([]);
  const [busy, setBusy] = useState(false);
  const problems = useFormProblems(refused, fields);

  const held = tenant.branding;
  const heldTexts: Texts = { name: tenant.name, pageTitle: held.pageTitle ?? '', browserTitle: held.browserTitle ?? '' };
  const { name, pageTitle, browserTitle } = { ...heldTexts, ...typed };
  const renamed = name.trim() !== tenant.name;
  const titles = {
    ...(textOrNull(pageTitle) !== held.pageTitle && { pageTitle: textOrNull(pageTitle) }),
    ...(textOrNull(browserTitle) !== held.browserTitle && { browserTitle: textOrNull(browserTitle) }),
  };
  const rebranded = Object.keys(titles).length > 0;
  const unsaved = renamed || rebranded || logo !== undefined;
  const logoUrl = logo === undefined ? held.logoUrl : logo === 'none' ? null : logo.url;
  useUnsaved(unsaved);

  const type = (field: keyof Texts, text: string): void =>
    setTyped(({ [field]: _before, ...others }) => (text === heldTexts[field] ? others : { ...others, [field]: text }));
  /** What was typed on while it was being saved stays. */
  const forget = (saved: Partial<Texts>): void => setTyped((now) => Object.fromEntries(
    Object.entries(now).filter(([field, text]) => saved[field as keyof Texts] !== text)));

  function refuseLogo(problem: Problem): void {
    setRefused([...refused.filter(({ field }) => field !== logoField), { ...problem, field: logoField }]);
  }

  /** A file that will not do leaves what was chosen before. */
  async function choose(file: File): Promise<void> {
    const problem = logoProblem(file);
    if (problem) {
      refuseLogo(problem);
      return;
    }
    try {
      setLogo({ file, url: await readAsDataUrl(file) });
      setRefused(refused.filter(({ field }) => field !== logoField));
    } catch {
      refuseLogo({ code: 'V1001', rule: 'unreadable_file' });
    }
  }

  async function saveLogo(chosen: ChosenLogo | 'none'): Promise<readonly Problem[]> {
    if (chosen === 'none') {
      return (await removeLogo.send({})).problems;
    }
    const problem = await putLogo(chosen.file);
    return problem ? [{ ...problem, field: logoField }] : [];
  }

  /** The slowest first: what the frame shows in the end then means that everything is saved. */
  const steps = (): readonly Step[] => [
    ...(logo === undefined ? [] : [{
      run: () => saveLogo(logo), forget: () => setLogo((now) => (now === logo ? undefined : now)),
    }]),
    ...(renamed ? [{
      run: async () => (await rename.send({ name: name.trim() })).problems, forget: () => forget({ name }),
    }] : []),
    ...(rebranded ? [{
      run: async () => (await rebrand.send(titles)).problems, forget: () => forget({ pageTitle, browserTitle }),
    }] : []),
  ];

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    setBusy(true);
    const saved: Step[] = [];
    let found: readonly Problem[] = [];
    for (const step of steps()) {
      found = await step.run();
      if (found.length > 0) {
        break;
      }
      saved.push(step);
    }
    setRefused(found);
    if (saved.length > 0) {
      // Until what is held is known again, what was typed stands for it.
      await onSaved();
      saved.forEach((step) => step.forget());
    }
    if (found.length === 0) {
      announce(t('form.saved'));
    }
    setBusy(false);
  }

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <div className={styles.fields}>
        <TextInput label={t('tenant.name')} value={name} required autoComplete="organization" error={problems.of('name')}
          onChange={(event) => type('name', event.currentTarget.value)} />
        <TextInput label={t('branding.pageTitle')} description={t('branding.pageTitle.help')} placeholder={productName} value={pageTitle}
          error={problems.of('pageTitle')} onChange={(event) => type('pageTitle', event.currentTarget.value)} />
        <TextInput label={t('branding.browserTitle')} description={t('branding.browserTitle.help')} placeholder={productName}
          value={browserTitle} error={problems.of('browserTitle')} onChange={(event) => type('browserTitle', event.currentTarget.value)} />
        <Input.Wrapper id="logo" label={t('branding.logo')} description={t('branding.logo.help')} error={problems.of(logoField)}>
          <div className={styles.logo}>
            <FileButton id="logo" describedBy={`logo-description${problems.of(logoField) ? ' logo-error' : ''}`} label={t('file.choose')}
              accept={logoTypes} onFile={(file) => void choose(file)} />
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

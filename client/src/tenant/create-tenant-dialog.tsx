import '@mantine/core/styles/Checkbox.layer.css';
import { useState, type FormEvent } from 'react';
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { allFeatures, type Feature } from '../lib/permissions';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import { CreateTenantDocument, type CreateTenantMutation } from './gql/documents';
import { slugOf } from './slug';

interface CreateTenantDialogProps {
  onClose: () => void;
  onCreated: (created: CreateTenantMutation['createTenant'], name: string, ownerEmail: string) => void;
}

const fields = ['name', 'slug', 'features', 'email', 'displayName'];

/** A tenant with its first owner, who gets a link for their first password. */
export default function CreateTenantDialog({ onClose, onCreated }: CreateTenantDialogProps) {
  const t = useT();
  const act = useAct(CreateTenantDocument, ({ createTenant }) => createTenant);
  const problems = useFormProblems(act.problems, fields);
  const [name, setName] = useState('');
  /** Follows the name until it is typed by hand. */
  const [ownSlug, setOwnSlug] = useState<string>();
  const [features, setFeatures] = useState<string[]>([...allFeatures]);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (field: string): string => String(form.get(field)).trim();
    const email = text('email');
    const payload = await act.run({
      slug: text('slug'), name: name.trim(), features: features as Feature[], owner: { email, displayName: text('displayName') },
    });
    if (payload) {
      onCreated(payload, name.trim(), email);
    }
  }

  return (
    <Dialog title={t('tenant.create')} size={560} onClose={onClose}>
      <form className={dialog.form} onSubmit={(event) => void submit(event)}>
        <div className={dialog.pair}>
          <TextInput data-autofocus label={t('tenant.name')} value={name} required autoComplete="off" error={problems.of('name')}
            onChange={(event) => setName(event.currentTarget.value)} />
          <TextInput name="slug" label={t('tenant.slug')} description={t('tenant.slug.help')} value={ownSlug ?? slugOf(name)} required
            autoComplete="off" spellCheck={false} error={problems.of('slug')} onChange={(event) => setOwnSlug(event.currentTarget.value)} />
          <TextInput name="displayName" label={t('tenant.ownerName')} required autoComplete="off" error={problems.of('displayName')} />
          <TextInput name="email" type="email" label={t('tenant.ownerEmail')} required autoComplete="off" error={problems.of('email')} />
        </div>
        <Checkbox.Group label={t('tenant.features')} value={features} onChange={setFeatures} error={problems.of('features')}>
          <div className={dialog.pair}>
            {allFeatures.map((feature) => <Checkbox key={feature} size="xs" value={feature} label={t(`feature.${feature}`)} />)}
          </div>
        </Checkbox.Group>
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy}>{t('tenant.create')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

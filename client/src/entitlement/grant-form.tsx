import '@mantine/core/styles/ScrollArea.layer.css';
import '@mantine/core/styles/Combobox.layer.css';
import '@mantine/core/styles/Pill.layer.css';
import '@mantine/core/styles/PillsInput.layer.css';
import '@mantine/core/styles/Checkbox.layer.css';
import { useEffect, useEffectEvent, useState, type FormEvent } from 'react';
import { Button, Checkbox, NativeSelect, TagsInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { allFeatures, type Feature } from '../lib/permissions';
import dialog from '../ui/dialog.module.css';
import { Problems, useFormProblems } from '../ui/form-problems';
import styles from './entitlement.module.css';
import { SetEntitlementsDocument } from './gql/documents';
import { changedGrants, everything, grantKinds, listOf, modeOf, type GrantKind, type GrantMode, type Grants } from './grants';

/** To whom something is granted. */
type GrantSubject = { kind: 'TENANT' } | { kind: 'TIER'; tier: string } | { kind: 'USER'; userId: string };

export interface GrantFormProps {
  subject: GrantSubject;
  /** What is set now. */
  held: Grants;
  /** Something was granted or taken; resolves once what is set has been asked for again. */
  onSaved: () => Promise<void>;
  /** Whether there is something to lose. */
  onUnsaved?: (unsaved: boolean) => void;
  onCancel?: () => void;
}

interface Choice {
  mode: GrantMode;
  named: readonly string[];
}

const choiceOf = (kind: GrantKind, held: Grants): Choice => {
  const list = held[kind];
  return { mode: modeOf(kind, list), named: (list ?? []).filter((name) => name !== everything[kind]) };
};

/** Models, services and features of one subject. Nothing set, everything, and an empty list are three things. */
export function GrantForm({ subject, held, onSaved, onUnsaved, onCancel }: GrantFormProps) {
  const t = useT();
  const act = useAct(SetEntitlementsDocument, ({ setEntitlements }) => setEntitlements);
  /** What was chosen and is not saved yet; the rest shows what is set, also when somebody else changes it. */
  const [chosen, setChosen] = useState<Partial<Record<GrantKind, Choice>>>({});
  const [busy, setBusy] = useState(false);
  const problems = useFormProblems(act.problems, grantKinds);
  const choiceFor = (kind: GrantKind): Choice => chosen[kind] ?? choiceOf(kind, held);
  const change = (kind: GrantKind, changed: Partial<Choice>): void =>
    setChosen({ ...chosen, [kind]: { ...choiceFor(kind), ...changed } });
  const listFor = (kind: GrantKind): readonly string[] | null => {
    const { mode, named } = choiceFor(kind);
    return listOf(kind, mode, named);
  };
  const wanted = changedGrants(held, { models: listFor('models'), services: listFor('services'), features: listFor('features') });
  const unsaved = Object.keys(wanted).length > 0;
  const tell = useEffectEvent(() => onUnsaved?.(unsaved));
  useEffect(() => {
    tell();
  }, [unsaved]);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const { kind, ...named } = subject;
    const { features, ...names } = wanted;
    setBusy(true);
    const payload = await act.run({
      subjectKind: kind, ...named, ...names, ...(features !== undefined && { features: features as Feature[] | null }),
    });
    if (payload) {
      // Until what is set is known again, what was chosen stands for it.
      await onSaved();
      setChosen((now) => (now === chosen ? {} : now));
    }
    setBusy(false);
  }

  return (
    <form className={dialog.form} onSubmit={(event) => void submit(event)}>
      {grantKinds.map((kind) => {
        const { mode, named } = choiceFor(kind);
        const label = t(`entitlement.${kind}`);
        const modes: readonly GrantMode[] = everything[kind] === undefined ? ['unset', 'named'] : ['unset', 'all', 'named'];
        return (
          <fieldset key={kind} className={styles.grant}>
            <legend>{label}</legend>
            <NativeSelect
              size="xs"
              aria-label={label}
              value={mode}
              data={modes.map((value) => ({
                value,
                label: t(value === 'unset' ? `entitlement.mode.unset.${subject.kind}` : `entitlement.mode.${value}`),
              }))}
              onChange={(event) => change(kind, { mode: event.currentTarget.value as GrantMode })}
            />
            {mode === 'named' && kind !== 'features' && (
              <TagsInput size="xs" label={t('entitlement.names')} description={t('entitlement.names.help')} value={[...named]}
                splitChars={[',', ' ']} error={problems.of(kind)} comboboxProps={{ transitionProps: { duration: 0 } }}
                onChange={(names) => change(kind, { named: names })} />
            )}
            {mode === 'named' && kind === 'features' && (
              <Checkbox.Group aria-label={label} value={[...named]} error={problems.of(kind)}
                onChange={(names) => change(kind, { named: allFeatures.filter((name) => names.includes(name)) })}>
                <div className={styles.features}>
                  {allFeatures.map((name) => <Checkbox key={name} size="xs" value={name} label={t(`feature.${name}`)} />)}
                </div>
              </Checkbox.Group>
            )}
          </fieldset>
        );
      })}
      <p className="muted">{t('entitlement.union')}</p>
      <Problems problems={problems.others} />
      <div className={dialog.buttons}>
        {onCancel && <Button variant="default" onClick={onCancel}>{t('dialog.cancel')}</Button>}
        <Button type="submit" loading={busy}>{t('form.save')}</Button>
      </div>
    </form>
  );
}

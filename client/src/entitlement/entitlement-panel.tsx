import { useRef, useState, type FormEvent } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { useMay } from '../session';
import { announce } from '../ui/announcer';
import { Fact, Facts } from '../ui/data-table/peek';
import dialog from '../ui/dialog.module.css';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import styles from './entitlement.module.css';
import { TenantEntitlementsDocument } from './gql/documents';
import { GrantForm } from './grant-form';
import { grantKinds, type Grants } from './grants';
import { grantWords } from './words';

const nothing: Grants = { models: null, services: null, features: null };
/** No tier has an empty name. */
const wholeTenant = '';
const longestTier = 100;

interface EntitlementPanelProps {
  /** Something was granted or taken. */
  onGranted?: () => void;
}

/** Models, services and features of the tenant and of its tiers. Who may only read sees what is set. */
export function EntitlementPanel({ onGranted }: EntitlementPanelProps) {
  const t = useT();
  const mayGrant = useMay('entitlements:write', 'tenant');
  const [tier, setTier] = useState(wholeTenant);
  const [made, setMade] = useState<readonly string[]>([]);
  const unsaved = useRef(false);
  const { data, problem, refresh } = useAnswer(TenantEntitlementsDocument, {});
  const notice = problem && <ProblemNotice problem={problem} onRetry={() => void refresh()} />;

  if (!data) {
    return notice ?? <Skeleton rows={6} />;
  }
  const { tenant, tiers } = data.entitlements;
  const names = [...new Set([...tiers.map((held) => held.tier), ...made])].sort();
  const held = tier === wholeTenant ? tenant : (tiers.find((one) => one.tier === tier)?.entitlements ?? nothing);

  /** @returns whether it was turned to: what was chosen for the one before would be lost */
  function turnTo(next: string): boolean {
    // oxlint-disable-next-line no-alert -- As where a page with unsaved input is left.
    const turned = !unsaved.current || window.confirm(t('unsaved.leave'));
    if (turned) {
      unsaved.current = false;
      setTier(next);
    }
    return turned;
  }

  function addTier(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('tier')).trim();
    if (name !== '' && turnTo(name)) {
      setMade([...made, name]);
      event.currentTarget.reset();
    }
  }

  return (
    <div className={dialog.form}>
      {notice}
      <NativeSelect
        label={t('entitlement.subject')}
        value={tier}
        data={[
          { value: wholeTenant, label: t('entitlement.subject.tenant') },
          ...names.map((value) => ({ value, label: t('entitlement.subject.tier', { tier: value }) })),
        ]}
        onChange={(event) => turnTo(event.currentTarget.value)}
      />
      {mayGrant ? (
        <GrantForm
          key={tier}
          subject={tier === wholeTenant ? { kind: 'TENANT' } : { kind: 'TIER', tier }}
          held={held}
          onUnsaved={(now) => {
            unsaved.current = now;
          }}
          onSaved={async () => {
            await refresh();
            announce(t('entitlement.saved'));
            onGranted?.();
          }}
        />
      ) : <Held grants={held} />}
      {mayGrant && (
        <form className={styles.heading} onSubmit={addTier}>
          <TextInput name="tier" size="xs" aria-label={t('entitlement.newTier')} placeholder={t('entitlement.newTier')}
            maxLength={longestTier} title={t('entitlement.newTier.help')} autoComplete="off" />
          <Button type="submit" size="xs" variant="default">{t('entitlement.addTier')}</Button>
        </form>
      )}
    </div>
  );
}

function Held({ grants }: { grants: Grants }) {
  const t = useT();
  const words = (kind: (typeof grantKinds)[number]): string => {
    const list = grants[kind];
    return list === null ? t('entitlement.unset') : list.map((name) => grantWords(t, kind, name)).join(', ') || t('entitlement.none');
  };
  return <Facts>{grantKinds.map((kind) => <Fact key={kind} name={t(`entitlement.${kind}`)}>{words(kind)}</Fact>)}</Facts>;
}

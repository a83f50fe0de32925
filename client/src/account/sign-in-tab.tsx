import { Button } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { providerStart, ProviderProblem, useSession } from '../session';
import { ConfirmButton } from '../ui/confirm-button';
import { Time } from '../ui/time';
import type { Account, TabProps } from './account';
import styles from './account-screen.module.css';
import { UnlinkIdentityDocument } from './gql/documents';

const here = '/account?tab=sign-in';

interface SignInTabProps extends TabProps {
  /** Why a provider could not be linked, when one just refused. */
  problem?: string;
}

/** The ways in of this account: the password, and accounts elsewhere that are linked to it. */
export function SignInTab({ account: { hasPassword, identities }, problem, onChanged }: SignInTabProps) {
  const t = useT();
  const { setup: { signIn } } = useSession();
  const linked = new Set(identities.map(({ provider }) => provider));
  const nameOf = (provider: string): string => ({ google: 'Google', oidc: signIn.oidc ?? 'OpenID Connect', nextauth: 'NextAuth' })[provider] ?? provider;
  const offered = [...(signIn.google ? ['google'] : []), ...(signIn.oidc === null ? [] : ['oidc'])];
  const open = offered.filter((provider) => !linked.has(provider));
  const only = identities.length + (hasPassword ? 1 : 0) === 1;

  return (
    <section className={styles.section}>
      {problem && <ProviderProblem rule={problem} />}
      <ul className={styles.list}>
        <li className={styles.item}>
          <div>
            <p className={styles.name}>{t('signIn.password')}</p>
            <p className="muted">{t(hasPassword ? 'account.hasPassword' : 'account.noPassword')}</p>
          </div>
        </li>
        {identities.map((identity) => (
          <IdentityItem key={identity.id} identity={identity} name={nameOf(identity.provider)} only={only} onUnlinked={onChanged} />
        ))}
      </ul>
      {open.length > 0 && (
        <div className={styles.links}>
          {open.map((provider) => (
            <Button key={provider} component="a" variant="default" size="xs" href={providerStart(provider, here, 'link')}>
              {t('account.link', { provider: nameOf(provider) })}
            </Button>
          ))}
        </div>
      )}
      {offered.length === 0 && identities.length === 0 && <p className="muted">{t('account.noProviders')}</p>}
    </section>
  );
}

interface IdentityItemProps {
  identity: Account['identities'][number];
  /** What its provider is called here. */
  name: string;
  /** The account has no other way in. */
  only: boolean;
  onUnlinked: () => void;
}

function IdentityItem({ identity: { id, linkedAt }, name, only, onUnlinked }: IdentityItemProps) {
  const t = useT();
  const act = useAct(UnlinkIdentityDocument, ({ unlinkIdentity }) => unlinkIdentity);

  async function unlink(): Promise<void> {
    if (await act.run({ identityId: id })) {
      onUnlinked();
    }
  }

  return (
    <li className={styles.item}>
      <div>
        <p className={styles.name}><bdi>{name}</bdi></p>
        <p className="muted">{t('account.linkedAt')} <Time iso={linkedAt} /></p>
      </div>
      {only ? <span className="muted">{t('account.onlyWay')}</span> : (
        <ConfirmButton act={t('account.unlink')} label={t('account.unlink.of', { provider: name })}
          effect={t('account.unlink.effect', { provider: name })} busy={act.busy} problems={act.problems} onConfirm={() => void unlink()} />
      )}
    </li>
  );
}

import { useT } from '../i18n/use-t';
import { IconAlertTriangle } from '../ui/icons';
import notice from '../ui/problem-notice.module.css';

/** Why a provider's sign-in came back without a session, in the words of the rule that refused. */
export function ProviderProblem({ rule }: { rule: string }) {
  const t = useT();
  const known = `rule.${rule}`;
  return (
    <div role="alert" className={notice.notice}>
      <IconAlertTriangle size={16} aria-hidden />
      <div className={notice.words}>
        <p className={notice.title}>{t('signIn.problem')}</p>
        <p>{t.knows(known) ? t(known) : t('signIn.problem.next')}</p>
        <p className={notice.reference}><code>{/^\w{1,60}$/.test(rule) ? rule : ''}</code></p>
      </div>
    </div>
  );
}

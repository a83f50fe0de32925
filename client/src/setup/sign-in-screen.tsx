import { useRouter, useSearch } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { Gate } from './gate';
import { forgetSession } from './session';
import { SignInForm } from './sign-in-form';

/** Only a path of this origin may be returned to. */
export const safeReturn = (to: unknown): string => (typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/');

export default function SignInScreen() {
  const t = useT();
  const router = useRouter();
  const { to } = useSearch({ strict: false }) as { to?: string };
  return (
    <Gate title={t('signIn.title')} lead={t('signIn.lead')}>
      <SignInForm
        onSignedIn={() => {
          forgetSession();
          router.history.push(safeReturn(to));
        }}
      />
    </Gate>
  );
}

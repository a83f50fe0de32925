import { useT } from '../i18n/use-t';
import { duration, exactTime } from '../lib/format';
import { StatusPill } from '../ui/status-pill';
import { useSeconds } from '../ui/use-now';
import { expiresSoon, standingOf } from './key-standing';
import type { ProviderKeyRow } from './list';

/** How a key stands when it is not simply in use: off, expired, about to expire, resting and why. */
export function KeyState({ providerKey }: { providerKey: ProviderKeyRow }) {
  const t = useT();
  const now = useSeconds();
  const { expiresAt, coolingDownUntil, coolDownReason } = providerKey;
  const standing = standingOf(providerKey, now);
  return (
    <>
      {standing === 'OFF' && <StatusPill tone="cancelled">{t('providerKey.inactive')}</StatusPill>}
      {standing === 'EXPIRED' && <StatusPill tone="bad">{t('providerKey.expired')}</StatusPill>}
      {standing === 'COOLING' && coolingDownUntil !== null && (
        <>
          <StatusPill tone="waiting">{t('providerKey.cooling', { time: duration(Math.max(1_000, Date.parse(coolingDownUntil) - now)) })}</StatusPill>
          {coolDownReason && <span className="muted">{t(`coolDown.reason.${coolDownReason}`)}</span>}
        </>
      )}
      {expiresAt !== null && expiresSoon(providerKey, now) && (
        <span title={exactTime(expiresAt, t.language)}><StatusPill tone="warning">{t('providerKey.expiresSoon')}</StatusPill></span>
      )}
    </>
  );
}

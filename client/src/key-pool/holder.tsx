import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { useSession } from '../session';

interface HolderProps {
  holder: string;
  /** The run it stands for, when it is one of this server's. */
  runId?: string;
}

const shortLength = 8;

/** Who holds or waits: oneself, a run of this server, or a worker outside. */
export function Holder({ holder, runId }: HolderProps) {
  const t = useT();
  const { viewer } = useSession();
  if (runId) {
    return <Link to="/runs/$runId" params={{ runId }} title={holder}>{t('lease.run', { run: keyOf(runId).slice(0, shortLength) })}</Link>;
  }
  return holder === keyOf(viewer.user.id) ? t('lease.you') : <code title={holder}><bdi>{holder}</bdi></code>;
}

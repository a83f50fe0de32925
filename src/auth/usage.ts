import type { SqlPool } from '../vault/sql-pool';
import type { Usage, UsageNow } from './port';

/** The limit and the counts of the users `$1` on the day `$2` (UTC); `$3` is the limit of people for whom none is set. */
const NOW = `
  select
    p.user_id,
    case when s.daily_limited then s.daily_requests else $3::int end as daily_limit,
    case when u.day = $2::date then u.day_count else 0 end as day_count,
    coalesce(u.total_count, 0) as total_count
  from unnest($1::text[]) with ordinality p (user_id, place)
  left join auth_standing s on s.user_id = p.user_id
  left join auth_usage u on u.user_id = p.user_id`;

const COUNT = `
  insert into auth_usage as u (user_id, day, day_count, total_count)
  select n.user_id, $2::date, 1, 1 from (${NOW}) n where n.daily_limit is null or n.day_count < n.daily_limit
  on conflict (user_id) do update set
    day = excluded.day,
    day_count = case when u.day = excluded.day then u.day_count + 1 else 1 end,
    total_count = u.total_count + 1
  where not exists (
    select 1 from (${NOW}) n
    where n.daily_limit is not null and (case when u.day = $2::date then u.day_count else 0 end) >= n.daily_limit
  )`;

const GIVE_BACK = `
  update auth_usage set day_count = greatest(day_count - 1, 0), total_count = greatest(total_count - 1, 0)
  where user_id = $1 and day = $2::date`;

interface UsageRow extends Record<string, unknown> {
  daily_limit: number | null;
  day_count: number;
  total_count: string;
}

/** @param standard requests a day of people for whom nothing else is set */
export function createUsage({ pool, clock, standard }: { pool: SqlPool; clock: () => Date; standard: number }): Usage {
  const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

  async function of(userIds: readonly string[]): Promise<UsageNow[]> {
    const { rows } = await pool.query<UsageRow>(`${NOW} order by p.place`, [userIds, dayOf(clock()), standard]);
    return rows.map((row) => ({ totalRequests: Number(row.total_count), dailyRequests: row.day_count, dailyLimit: row.daily_limit }));
  }

  return {
    async count(userId) {
      const { rowCount } = await pool.query(COUNT, [[userId], dayOf(clock()), standard]);
      const [now] = await of([userId]);
      return { ...now!, counted: rowCount === 1 };
    },
    async giveBack(userId, at) {
      await pool.query(GIVE_BACK, [userId, dayOf(at)]);
    },
    of,
  };
}

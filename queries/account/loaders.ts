import type { Preferences, Usage } from '../../schema/account/types';
import { standardPreferences } from '../../schema/user/preferences';
import type { Context } from '../../src/graphql/context';
import { defineLoader } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { tenantOf } from '../../src/graphql/tenant';

interface PreferencesRow {
  user_id: string;
  python_skill_level: string;
  code_output_structure: string;
  explanation_style: string;
}

/** What people chose, by user id; the standard where they chose nothing. */
export const preferencesOf = defineLoader<string, Preferences>('preferencesOf', async (context: Context, userIds) => {
  const { text, values } = compile(
    sql`select * from views.preferences where tenant_id = ${tenantOf(context)} and user_id = any(${userIds})`,
  );
  const rows = new Map((await context.db.query<PreferencesRow>(text, values)).map((row) => [row.user_id, row]));
  return userIds.map((userId) => toPreferences(rows.get(userId)));
});

function toPreferences(row: PreferencesRow | undefined): Preferences {
  if (!row) return standardPreferences as Preferences;
  return {
    pythonSkillLevel: row.python_skill_level, codeOutputStructure: row.code_output_structure, explanationStyle: row.explanation_style,
  } as Preferences;
}

/** Requests by user: of today and of all days. Who may see them was judged before. */
export const usageOf = defineLoader<string, Usage>('usageOf', async (context: Context, userIds) =>
  (await context.auth.usage.of(userIds)).map(toUsage));

export function toUsage(now: Omit<Usage, 'remainingRequests'>): Usage {
  return { ...now, remainingRequests: now.dailyLimit === null ? null : Math.max(now.dailyLimit - now.dailyRequests, 0) };
}

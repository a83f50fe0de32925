import { Ctx, Query, Resolver } from 'type-graphql';
import { Overview, ProjectionStatus } from '../../schema/overview/types';
import type { Context } from '../../src/graphql/context';
import { allows, Policy } from '../../src/graphql/policy';
import type { ProjectionStatus as Build } from '../../src/projection-runtime/status';
import { tenantOf } from '../../src/graphql/tenant';
import { readCounts } from './sql';

/** The views that the figures are counted from. */
const VIEWS = ['users', 'virtual_keys', 'key_pools', 'runs', 'chat_sessions'];

@Resolver()
export class OverviewQueries {
  @Query(() => Overview, { description: 'The tenant at a glance.' })
  @Policy('operations:read')
  async overview(@Ctx() context: Context): Promise<Overview> {
    await context.waitForViews(...VIEWS);
    return readOverview(context);
  }

  @Query(() => [ProjectionStatus], { description: 'Every view and reactor, and how far it has come.' })
  @Policy('operations:read')
  async projections(@Ctx() context: Context): Promise<ProjectionStatus[]> {
    return projectionsOf(context, await context.projectionStatus());
  }
}

/** Figures and projections as they are now. */
export async function readOverview(context: Context): Promise<Overview> {
  const [counts, builds] = await Promise.all([readCounts(context.db, tenantOf(context), context.now()), context.projectionStatus()]);
  const seen = VIEWS.map((view) => context.live.positions().get(view) ?? 0n);
  return { ...counts, log: seen.reduce((least, position) => (position < least ? position : least)), projections: projectionsOf(context, builds) };
}

/**
 * One line a projection: its live build, with the progress of the build that will replace it. Projections serve all
 * tenants: what exactly went wrong may speak of another one, so only whoever runs the server is told.
 */
function projectionsOf(context: Context, builds: readonly Build[]): ProjectionStatus[] {
  const told = allows(context, 'tenants:manage');
  const building = new Map(builds.filter(({ role }) => role === 'building').map((build) => [build.name, build]));
  return builds.filter(({ role }) => role === 'live').map((build) => ({
    name: build.name,
    kind: build.kind,
    version: build.version,
    position: build.position ?? null,
    head: build.head ?? null,
    state: build.state,
    failure: told ? build.error : null,
    rebuildProgress: building.get(build.name)?.progress ?? null,
  }));
}

import { compile, sql } from '../../src/graphql/sql';
import type { OutputFiles } from '../../src/http/output-route';
import { visible } from '../visibility';
import type { RunOutputRow } from './sql';

/** The files of runs, as the routes for files need them. */
export const outputFiles: OutputFiles = {
  async find(context, outputId) {
    const { text, values } = compile(sql`
      select * from views.run_outputs
      where id = ${outputId} and run_id in (select id from views.runs where ${visible(context, 'runs:read', 'requested_by')})`);
    const [row] = await context.db.query<RunOutputRow>(text, values);
    if (!row || row.blob === null || row.digest === null) return undefined;
    const { content_type: contentType, bytes, blob, thumbnail, digest } = row;
    return { contentType, bytes, blob, thumbnail, digest };
  },
};

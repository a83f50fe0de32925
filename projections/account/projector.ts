import path from 'node:path';
import { userEvents } from '../../schema/user/events';
import { projectRoot } from '../../src/paths';
import type { Change, Projector } from '../../src/projection-runtime/projector';

const { PreferencesSet, UserDeleted } = userEvents;
const accountEvents = { PreferencesSet, UserDeleted };

/** View `preferences`: what people chose for themselves, one row for everybody who chose something. */
export const preferencesProjector: Projector<typeof accountEvents> = {
  name: 'preferences',
  version: 1,
  events: accountEvents,
  tables: path.join(projectRoot, 'projections/account/tables.sql'),
  project: (events) => events.map((event): Change => {
    const { position, metadata } = event.at;
    const key = { user_id: event.data.userId };
    if (event.type === 'UserDeleted') return { kind: 'remove', table: 'preferences', key, position };
    const { pythonSkillLevel, codeOutputStructure, explanationStyle } = event.data.preferences;
    return {
      kind: 'put', table: 'preferences', key, position,
      set: {
        tenant_id: metadata.tenant,
        python_skill_level: pythonSkillLevel,
        code_output_structure: codeOutputStructure,
        explanation_style: explanationStyle,
      },
    };
  }),
};

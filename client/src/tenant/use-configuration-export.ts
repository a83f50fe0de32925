import { useState } from 'react';
import { useClient } from 'urql';
import { ask } from '../graphql/client';
import { ofError, type Problem } from '../graphql/problem';
import { download } from '../lib/csv';
import { TenantConfigurationDocument } from './gql/documents';

interface ConfigurationExport {
  /** Hands a tenant's configuration to the browser as a file. @param tenantId one's own tenant without */
  run(slug: string, tenantId?: string): Promise<void>;
  problem: Problem | undefined;
}

export function useConfigurationExport(): ConfigurationExport {
  const client = useClient();
  const [problem, setProblem] = useState<Problem>();
  return {
    problem,
    async run(slug, tenantId) {
      const { data, error } = await ask(client, TenantConfigurationDocument, { tenantId });
      setProblem(error && ofError(error));
      if (data) {
        download(`${slug}.json`, `${JSON.stringify(data.tenantConfiguration, null, 2)}\n`, 'application/json');
      }
    },
  };
}

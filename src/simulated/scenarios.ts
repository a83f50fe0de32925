import { scenarioNames, type Scenario } from '../../schema/run/operations';

/** A path of a server that plays a vendor in all scenarios: the scenario comes first. */
export function scenarioOf(path: string): { scenario: Scenario; path: string } | undefined {
  const [, name, rest = '/'] = /^\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const scenario = scenarioNames.find((one) => one === name);
  return scenario && { scenario, path: rest };
}

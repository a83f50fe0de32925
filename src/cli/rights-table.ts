import { roles } from '../../schema/access/roles';
import { reachOf, scopeNames, scopes, type ScopeDefinition } from '../../schema/access/scopes';

/** The table of rights, in Markdown: one row a scope, one column a role. */
export function rightsTable(): string {
  const rows = scopeNames.map((scope) => {
    const { about, grantable, operatorOnly }: ScopeDefinition = scopes[scope];
    const reaches = roles.map((role) => (operatorOnly && reachOf(scope, role) ? 'of the default tenant' : reachOf(scope, role) ?? '–'));
    return `| \`${scope}\` | ${about} | ${[...reaches, grantable ? 'yes' : '–'].join(' | ')} |`;
  });
  return [`| scope | what it allows | ${roles.join(' | ')} | service client |`, '|---|---|---|---|---|---|---|', ...rows].join('\n');
}

import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { Kind, OperationTypeNode, type SelectionSetNode, type ValidationContext, type ValidationRule } from 'graphql';
import { refusedOperation } from './errors';
import { limits } from './limits';

/** How every rule refuses; the packages' own errors would have to be told apart by their wording. */
function refusing(rule: string, what: string, limit: number) {
  const report = (context: ValidationContext | null): void => {
    const message = `An operation may have at most ${limit} ${what}.`;
    context?.reportError(refusedOperation({ code: 'E4001', rule, message, details: { limit } }));
  };
  return { n: limit, propagateOnRejection: false, onReject: [report] };
}

function mutationRootFields(context: ValidationContext): ReturnType<ValidationRule> {
  const { onReject: [report] } = refusing('mutation_fields', 'mutations', limits.mutationRootFields);
  return {
    OperationDefinition(operation) {
      if (operation.operation !== OperationTypeNode.MUTATION) return;
      if (countFields(operation.selectionSet, context, new Set()) > limits.mutationRootFields) report?.(context);
    },
  };
}

/** A fragment counts once; GraphQL merges its fields wherever it is spread again. */
function countFields({ selections }: SelectionSetNode, context: ValidationContext, seen: Set<string>): number {
  return selections.reduce((count, selection) => {
    if (selection.kind === Kind.FIELD) return count + 1;
    if (selection.kind === Kind.INLINE_FRAGMENT) return count + countFields(selection.selectionSet, context, seen);
    const fragment = seen.has(selection.name.value) ? undefined : context.getFragment(selection.name.value);
    seen.add(selection.name.value);
    return fragment ? count + countFields(fragment.selectionSet, context, seen) : count;
  }, 0);
}

/** What bounds the shape of a document, beyond the specification's own rules. The same on HTTP and WebSocket. */
export const limitRules: ValidationRule[] = [
  maxDepthRule({ ...refusing('document_depth', 'levels', limits.depth), flattenFragments: true }),
  maxAliasesRule(refusing('document_aliases', 'aliases', limits.aliases)),
  maxDirectivesRule(refusing('document_directives', 'directives', limits.directives)),
  mutationRootFields,
];

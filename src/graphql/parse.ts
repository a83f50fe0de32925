import { GraphQLError, parse, specifiedRules, validate, type DocumentNode, type GraphQLSchema, type ParseOptions } from 'graphql';
import { refusedOperation } from './errors';
import { limits } from './limits';
import { limitRules } from './rules';

/** How documents are read; the token limit also keeps the recursive parser from exhausting the stack. */
export const parseOptions: ParseOptions = { maxTokens: limits.tokens };

export const validationOptions = { maxErrors: limits.validationErrors };

/**
 * Reads and validates a document as Apollo Server does with the same options and rules.
 * @returns the document, or what is wrong with it
 */
export function readDocument(schema: GraphQLSchema, source: string): { document: DocumentNode } | { errors: readonly GraphQLError[] } {
  const document = parsed(source);
  if (document instanceof GraphQLError) return { errors: [document] };
  const errors = validate(schema, document, [...specifiedRules, ...limitRules], validationOptions);
  return errors.length > 0 ? { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) } : { document };
}

function parsed(source: string): DocumentNode | GraphQLError {
  if (source.length > limits.bodyBytes) {
    return refusedOperation({
      code: 'E4001', rule: 'document_size', message: `A document may have at most ${limits.bodyBytes} bytes.`,
      details: { limit: limits.bodyBytes },
    });
  }
  try {
    return parse(source, parseOptions);
  } catch (error) {
    if (error instanceof GraphQLError) return withCode(error, 'GRAPHQL_PARSE_FAILED');
    throw error;
  }
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes, source, positions, originalError } = error;
  return new GraphQLError(error.message, { nodes, source, positions, originalError, extensions: { code } });
}

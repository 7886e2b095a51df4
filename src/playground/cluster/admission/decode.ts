import type { Write } from '../api/write.ts';
import { type Fields, fieldsOf } from '../json.ts';
import { nodeOf } from '../schema/node.ts';
import { badRequest } from '../status.ts';
import type { Resource } from '../types.ts';
import { pruned, unknownFields, wrongType } from './schema.ts';

/** Fields of a wrong type and unknown ones, before anything else is looked at. */
export function decoded(resource: Resource, body: Fields, { validation = 'Ignore', warn }: Write): Fields {
  const node = nodeOf(resource);
  if (typeof resource.schema === 'string') {
    const wrong = wrongType(body, node, '', resource.kind);
    if (wrong)
      throw badRequest(
        `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${wrong}`,
      );
  }
  const unknown = unknownFields(body, node).map((path) => `unknown field "${path}"`);
  if (unknown.length > 0 && validation === 'Strict')
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: strict decoding error: ${unknown.join(', ')}`,
    );
  if (validation === 'Warn') for (const line of unknown) warn?.(line);
  return unknown.length > 0 ? fieldsOf(pruned(body, node)) : body;
}

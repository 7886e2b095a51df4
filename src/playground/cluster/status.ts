import type { Fields, Json } from './json.ts';
import { qualified, type Resource } from './types.ts';

export type Cause = { readonly reason: string; readonly message: string; readonly field: string };

/** An answer of the API that is not the wanted one, with the Status object that goes with it. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Fields;

  constructor(code: number, reason: string, message: string, details: Fields = {}) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  get status(): Fields {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(Object.keys(this.details).length > 0 ? { details: this.details } : {}),
      code: this.code,
    };
  }
}

type Named = Pick<Resource, 'group' | 'plural'>;
const about = ({ group, plural }: Named, name: string): Fields => ({ name, ...(group ? { group } : {}), kind: plural });

export const notFound = (resource: Named, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, about(resource, name));
export const noSuchPath = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
export const alreadyExists = (resource: Named, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, about(resource, name));
export const conflict = (resource: Named, name: string, why: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    about(resource, name),
  );
export const modified = (resource: Named, name: string): ApiError =>
  conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);
export const forbidden = (resource: Named, name: string, why: string, causes?: readonly Cause[]): ApiError =>
  new ApiError(
    403,
    'Forbidden',
    name ? `${qualified(resource)} "${name}" is forbidden: ${why}` : `${qualified(resource)} is forbidden: ${why}`,
    { ...about(resource, name), ...(causes ? { causes } : {}) },
  );
export const methodNotAllowed = (): ApiError =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
export const unsupportedMedia = (supported: readonly string[]): ApiError =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`,
  );
export const expired = (message: string): ApiError => new ApiError(410, 'Expired', message);
export const tooOld = (asked: number, oldest: number): ApiError =>
  expired(`too old resource version: ${asked} (${oldest})`);

/** One thing wrong with a field, in the API's own words. */
export const required = (field: string, detail = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: detail ? `Required value: ${detail}` : 'Required value',
  field,
});
const shown = (value: Json | undefined): string => (value === undefined ? 'null' : JSON.stringify(value));
export const invalidValue = (field: string, value: Json | undefined, detail: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${shown(value)}: ${detail}`,
  field,
});
export const unsupportedValue = (field: string, value: Json | undefined, values: readonly string[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${shown(value)}: supported values: ${values.map((v) => `"${v}"`).join(', ')}`,
  field,
});
export const forbiddenField = (field: string, detail: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${detail}`,
  field,
});

export function invalid(
  { kind, group }: { readonly kind: string; readonly group: string },
  name: string,
  causes: readonly Cause[],
): ApiError {
  const lines = causes.map(({ field, message }) => `${field}: ${message}`);
  return new ApiError(
    422,
    'Invalid',
    `${group ? `${kind}.${group}` : kind} "${name}" is invalid: ${lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`}`,
    { name, ...(group ? { group } : {}), kind, causes },
  );
}

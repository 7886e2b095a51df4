import type { ColumnType } from 'kysely';
import type { Json } from '../../core/kernel/inbound.ts';

/** jsonb: read as a value, written as its JSON text. */
export type Jsonb = ColumnType<Json, string, string>;
export type NullableJsonb = ColumnType<Json | null, string | null, string | null>;

import type { Json } from '../kernel/inbound.ts';
import type { Persona } from '../kernel/person.ts';
import type { Verb } from '../runs/run.ts';

/*
 * A golden path as the product knows it, read from `path.yaml` (see docs/golden-paths.md). Expressions are CEL; what is
 * named `…When` or `expression` is its source text, compiled once when the catalog is read.
 */

/** Values of parameters: scalars and lists of them, as the path's schema allows. */
export type Values = Readonly<Record<string, Json>>;

/** One parameter: the subset of JSON Schema that draws a form on both platforms and is checked on the server. */
export type Parameter = {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  readonly title: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly default?: Json;
  readonly enum?: readonly { readonly value: string; readonly label: string }[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unit?: string;
  readonly multiline?: true;
  readonly format?: 'date' | 'time' | 'person';
  /** Shown only while another parameter has one of these values. */
  readonly shownIf?: { readonly parameter: string; readonly is: readonly string[] };
  /** May not change after the thing was made, such as a name. */
  readonly fixed?: true;
};
export type Parameters = {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, Parameter>>;
};

export type Lifecycle =
  | { readonly is: 'active' }
  /** `on`: from that day (YYYY-MM-DD) nothing new is made from it. */
  | { readonly is: 'deprecated'; readonly on: string; readonly successor?: string; readonly because?: string }
  | { readonly is: 'blocked'; readonly because: string };

/** One line of a policy. The first whose condition holds decides; when none does, the request is allowed. */
export type PolicyRule = {
  readonly when: string;
  readonly verdict: 'allow' | 'approval' | 'deny';
  readonly because: string;
  /** Who approves: team names, `owner` (the path's owner team), or roles. Only with `approval`. */
  readonly by?: readonly string[];
};

/** A day-2 operation on what the path made. */
export type Operation = {
  readonly name: string;
  readonly title: string;
  readonly verb: Verb;
  /** Parameters that its form asks for, with the present values filled in. Empty: nothing is asked. */
  readonly fields: readonly string[];
  /** What the person is told before they confirm. */
  readonly warning?: string;
  /** CEL over `resource` (state, age in days, parameters): offered only when it holds. */
  readonly offeredWhen?: string;
  /** Replaces parts of the path's backend section for this operation. */
  readonly backend?: Json;
  readonly policy: readonly PolicyRule[];
};

export type Ttl = {
  /** Seconds that something lives when nobody says otherwise. */
  readonly lives: number;
  readonly extend: number;
  /** How often it may be extended. */
  readonly extensions: number;
  /** Seconds between hibernation and deletion; absent where the backend cannot hibernate. */
  readonly hibernates?: number;
};

export type GoldenPath = {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Semantic version. */
  readonly version: string;
  readonly lifecycle: Lifecycle;
  /** The team that owns it. */
  readonly owner: string;
  readonly personas: readonly Persona[];
  /** Where it is documented: an address, or the name of a file in the path's folder, whose text is `manual`. */
  readonly docs: string;
  readonly manual?: string;
  /** Why nothing can be made from it here, such as a missing command: said instead of its form. */
  readonly unavailable?: string;
  readonly aliases: readonly string[];
  readonly parameters: Parameters;
  /** The backend's name, and its section as data with expressions in it. */
  readonly backend: { readonly kind: string; readonly spec: Json };
  /** In which of several clusters it is made: a name, as it is or by expressions. Absent: in the first. */
  readonly cluster?: string;
  /** After so many seconds without being ready the request turns amber. */
  readonly timeoutSeconds: number;
  /** The parameters whose values are how people call the thing, such as a repository and a number. */
  readonly called: readonly string[];
  /** CEL that names the thing: two living things of one identity cannot be. */
  readonly identity: string;
  readonly outputs: readonly { readonly label: string; readonly value: string; readonly secret?: true }[];
  readonly policy: readonly PolicyRule[];
  /** What one thing counts against the team's quota of a kind. */
  readonly quota?: { readonly kind: string; readonly amount: string };
  /** CEL that gives the monthly cost in the smallest whole unit of the currency (cents). */
  readonly cost?: { readonly currency: string; readonly monthly: string };
  readonly ttl?: Ttl;
  readonly operations: readonly Operation[];
  readonly verify?: {
    /** Days between two canary runs. */
    readonly everyDays: number;
    readonly parameters: Values;
    /** After so many failures in a row the path hides itself. */
    readonly hideAfter: number;
  };
};

/** A folder of the catalog that does not load: shown as broken, with what to do. */
export type BrokenPath = {
  readonly name: string;
  readonly problems: readonly {
    readonly file: string;
    readonly line?: number;
    readonly what: string;
    readonly todo: string;
  }[];
};

/** The catalog at one moment. Reading it again gives another value; a value never changes. */
export type Catalog = {
  readonly paths: readonly GoldenPath[];
  readonly broken: readonly BrokenPath[];
};
export const noCatalog: Catalog = { paths: [], broken: [] };

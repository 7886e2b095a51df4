/** Who writes, and how. */
export type Write = {
  readonly manager: string;
  /** Of what is made; a random one when nothing is said. */
  readonly uid?: string | undefined;
  readonly dryRun?: boolean;
  readonly subresource?: string | undefined;
  readonly force?: boolean;
  /** What to do about fields that nobody knows. */
  readonly validation?: 'Strict' | 'Warn' | 'Ignore';
  readonly warn?: (text: string) => void;
};
export type Selection = { readonly label?: string | undefined; readonly field?: string | undefined };
export type DeleteOptions = {
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly grace?: number | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly dryRun?: boolean;
};
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

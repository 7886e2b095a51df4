/** A number, or why there is none. `over`: what it was counted over, in words. */
export type Reading =
  | {
      readonly is: 'read';
      readonly value: number;
      readonly over: string;
      /** Said in place of the value, where that is a place on a scale. */
      readonly words?: string;
      /** The margin, and how it changed. */
      readonly more?: string;
    }
  /** Nothing of it happened, or nobody did it. */
  | { readonly is: 'none'; readonly why: string }
  /** Fewer people than may be told of. */
  | { readonly is: 'few' };

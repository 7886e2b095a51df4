/**
 * Numbers that can be defended: pure, with the margin beside the figure. Where nobody answered a function returns
 * `undefined`, so that whoever shows it has to say so; nothing here is ever NaN.
 */
export * from './dora.ts';
export * from './interval.ts';
export * from './nps.ts';
export * from './quantile.ts';
export * from './scale.ts';
export * from './suppression.ts';
export * from './trend.ts';

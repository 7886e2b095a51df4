/** What somebody new gets done first, in this order. Each is seen, never said: nobody ticks it by hand. */
export const steps = ['access', 'environment', 'deploy'] as const;
export type Step = (typeof steps)[number];

/** When each was done, as far as it was. */
export type Ticks = { readonly [S in Step]?: Date };

export const finished = (ticks: Ticks): Date | undefined => {
  const times = steps.map((s) => ticks[s]?.getTime());
  return times.every((t) => t !== undefined) ? new Date(Math.max(...times)) : undefined;
};

/** What is seen now and was not ticked. What was ticked stays: a team that is left later was there. */
export const fresh = (ticks: Ticks, seen: Ticks): Ticks =>
  Object.fromEntries(steps.flatMap((s) => (ticks[s] === undefined && seen[s] !== undefined ? [[s, seen[s]]] : [])));

/** After so many days nobody waits for it any more, and it is not looked at again. */
export const lookedAfterDays = 90;

/** How many of its smallest unit a currency's unit is: a euro is 100 cents, a yen is one yen. */
export const centsIn = (currency: string): number =>
  10 ** (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2);

/** An amount in the smallest unit of a currency, as people read it: `€18`, `€18.50`, `¥1,800`. */
export function money(cents: number, currency: string): string {
  const units = cents / centsIn(currency);
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    ...(Number.isInteger(units) ? { maximumFractionDigits: 0 } : {}),
  }).format(units);
}

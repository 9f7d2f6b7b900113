export interface Time {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** By the names of the cases, such as `ours 50`. */
export function plot(results: { readonly bare: Readonly<Record<string, { readonly total: Time }>> }): string;

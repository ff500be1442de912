// What a hostile or broken data set may cost. Every count and length that comes from the wire is held
// against one of these before memory is spent on it.

export interface Limits {
  /** Longest value kept in memory; longer bulk values are reported by position instead. */
  maxElementBytes: number;
  /** All kept values together, with a charge for every element and item. */
  maxHeaderBytes: number;
  maxDepth: number;
  maxItemsPerSequence: number;
  maxElements: number;
  maxFragments: number;
  /** Inflated size of a deflated data set, and its ratio to the deflated size. */
  maxInflatedBytes: number;
  maxInflateRatio: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: Limits = {
  maxElementBytes: 16 * mebibyte,
  maxHeaderBytes: 64 * mebibyte,
  maxDepth: 32,
  maxItemsPerSequence: 100_000,
  maxElements: 1_000_000,
  maxFragments: 1_000_000,
  maxInflatedBytes: 4096 * mebibyte,
  maxInflateRatio: 1100, // deflate cannot pass 1032:1; small slack for short streams
};

// Huffman codes made for the symbols of one picture (ISO 10918-1 K.2): no code longer than 16 bits and none of
// ones only, which is kept free by a symbol that never occurs.

export type HuffmanCode = {
  /** counts[i] codes have i + 1 bits. */
  counts: number[];
  symbols: number[];
};

const longest = 16;

export function optimalCode(frequencies: ArrayLike<number>): HuffmanCode {
  const used: number[] = [];
  for (let symbol = 0; symbol < frequencies.length; symbol++) {
    if ((frequencies[symbol] ?? 0) > 0) used.push(symbol);
  }
  const depths = treeDepths([...used.map((symbol) => frequencies[symbol] ?? 0), 0]);
  const perLength = new Array<number>(Math.max(longest, ...depths) + 1).fill(0);
  for (const depth of depths) perLength[depth] = (perLength[depth] ?? 0) + 1;
  shorten(perLength);
  // The reserved symbol takes one of the longest codes, the one of ones only.
  let last = longest;
  while (last > 0 && (perLength[last] ?? 0) === 0) last--;
  perLength[last] = (perLength[last] ?? 1) - 1;
  const symbols = used
    .map((symbol, i) => ({ symbol, depth: depths[i] ?? 0 }))
    .sort((a, b) => a.depth - b.depth || a.symbol - b.symbol)
    .map(({ symbol }) => symbol);
  return { counts: perLength.slice(1, longest + 1), symbols };
}

/** Depth of each leaf; with few symbols the two lightest nodes are found by looking at all. */
function treeDepths(weights: readonly number[]): number[] {
  const depths = weights.map(() => 0);
  let nodes = weights.map((weight, leaf) => ({ weight, leaves: [leaf] }));
  while (nodes.length > 1) {
    nodes.sort((a, b) => a.weight - b.weight || b.leaves.length - a.leaves.length);
    const [a, b, ...rest] = nodes;
    if (a === undefined || b === undefined) break;
    const leaves = [...a.leaves, ...b.leaves];
    for (const leaf of leaves) depths[leaf] = (depths[leaf] ?? 0) + 1;
    nodes = [...rest, { weight: a.weight + b.weight, leaves }];
  }
  return depths;
}

/** Figure K.3: pairs of codes that are too long move up, a shorter code is split for them. */
function shorten(perLength: number[]): void {
  for (let i = perLength.length - 1; i > longest; i--) {
    while ((perLength[i] ?? 0) > 0) {
      let j = i - 2;
      while (j > 0 && (perLength[j] ?? 0) === 0) j--;
      perLength[i] = (perLength[i] ?? 0) - 2;
      perLength[i - 1] = (perLength[i - 1] ?? 0) + 1;
      perLength[j + 1] = (perLength[j + 1] ?? 0) + 2;
      perLength[j] = (perLength[j] ?? 0) - 1;
    }
  }
}

/** Codes by symbol (Annex C). */
export function codesOf(code: HuffmanCode, symbolCount: number): { codes: Uint16Array; lengths: Uint8Array } {
  const codes = new Uint16Array(symbolCount);
  const lengths = new Uint8Array(symbolCount);
  let next = 0;
  let at = 0;
  for (const [i, count] of code.counts.entries()) {
    for (let n = 0; n < count; n++) {
      const symbol = code.symbols[at++] ?? 0;
      codes[symbol] = next++;
      lengths[symbol] = i + 1;
    }
    next <<= 1;
  }
  return { codes, lengths };
}

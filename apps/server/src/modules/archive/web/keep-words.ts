// What the answers of these doors say about being kept.

/** Kept by the client, but asked again each time: the right to see it, and corrections, may change. */
export const askAgain = 'private, no-cache';
/** Values of an object that never change. */
export const immutable = 'private, max-age=31536000, immutable';

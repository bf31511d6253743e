// What random tests begin with.

/** The same in every run, so that a commit passes or fails for good. `npm run fuzz` sets others. */
export const SEED = Number(process.env.SEED ?? 1);

/** Ours takes part in both arithmetics, alone and with two threads. */
export const OUR_WAYS = /** @type {const} */ (['plain', 'fused']).flatMap((arithmetic) =>
  [1, 2].map((threads) => ({
    name: ['ours', ...(arithmetic === 'plain' ? [] : [arithmetic]), ...(threads === 1 ? [] : [threads])].join('-'),
    arithmetic,
    threads,
  })),
);

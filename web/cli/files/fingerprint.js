/** What tells apart, in keys of what is kept, the data of one's own. */

import { createHash } from 'node:crypto';

/** @typedef {import('../../engine/data/data_files.js').DataFiles} DataFiles */

/** What tells data apart that no setting describes; '' for what is generated. @param {DataFiles | null} data */
export function fingerprintOf(data) {
  if (data === null) return '';
  const { images, labels, targets, shape, scalePerFeature, validation } = data;
  const meant = labels ?? targets;
  const hash = createHash('sha256').update(JSON.stringify([shape, scalePerFeature, meant?.length]));
  const arrays = [images, meant, validation?.images, validation?.labels ?? validation?.targets];
  for (const array of arrays) if (array) hash.update(array);
  return hash.digest('hex');
}

/** The same of weights to start from. @param {import('../../engine/run/safetensors.js').Weights} weights */
export function fingerprintOfWeights({ tensors }) {
  const hash = createHash('sha256');
  for (const { name, shape, data } of tensors) hash.update(JSON.stringify([name, shape])).update(data);
  return hash.digest('hex');
}

/**
 * A chart's legend: which layers it names, in which order, and which of them are switched off.
 *
 * @typedef {import('./scene.js').Layer} Layer
 */

/** The layers that the legend names, in its order. @param {{ layers: Layer[] }} scene */
export function namedLayers({ layers }) {
  const isLast = (/** @type {Layer} */ layer) => Number(layer.legend === 'last');
  return layers.filter((layer) => layer.legend !== false).sort((a, b) => isLast(a) - isLast(b));
}

/**
 * The layers that are drawn. What has no name of its own, such as the batches behind a smoothed curve, goes with the
 * named layers of its colour, and goes when the last of them does.
 *
 * @param {{ layers: Layer[] }} scene
 * @param {Set<string>} off  labels that were switched off
 * @returns {Layer[]}
 */
export function shownLayers(scene, off) {
  if (off.size === 0) return scene.layers;
  const named = namedLayers(scene);
  return scene.layers.filter((layer) => {
    if (layer.legend !== false) return !off.has(layer.label);
    const kin = named.filter(({ color }) => color === layer.color);
    return kin.length === 0 || kin.some(({ label }) => !off.has(label));
  });
}

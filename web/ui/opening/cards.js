/** The presets that stand in sight as cards: which of them is on the page. */

import { defaultConfig } from '../../engine/config/config.js';
import { sameValue } from '../../engine/config/config_text.js';
import { changeSettings } from '../../engine/config/rules.js';

/**
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../state/lab.js').Preset} Preset
 * @typedef {import('../../engine/config/config.js').Config} Config
 */

/** @param {Lab} lab */
export function cardsOf({ presets }) {
  return presets.filter(({ card }) => card);
}

/**
 * The card whose settings these are, to the last of them; null where a hand has set them.
 *
 * @param {Lab} lab @param {Config} settings
 * @returns {Preset | null}
 */
export function cardOf(lab, settings) {
  const isOn = (/** @type {Preset} */ { config }) => {
    const own = changeSettings(defaultConfig(), config);
    return lab.fields.every(({ name }) => sameValue(own[name], settings[name]));
  };
  return cardsOf(lab).find(isOn) ?? null;
}

/**
 * Whether the page was opened for a look: by its bare address, or with what a card stands for. Whoever opens a link to
 * other settings, or to bits that are to come out, has seen it before.
 *
 * @param {Lab} lab
 */
export function isFirstLook(lab) {
  return lab.links.isBare || (lab.links.promise === null && cardOf(lab, lab.draft.settings) !== null);
}

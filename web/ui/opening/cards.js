/** The presets that stand in sight as cards: which of them is on the page. */

import { sameValue } from '../../engine/config/config_text.js';
import { settingsOfPreset } from '../state/preset.js';

/**
 * @typedef {import('../state/lab.js').Lab} Lab
 * @typedef {import('../state/lab.js').Preset} Preset
 * @typedef {import('../../engine/config/config.js').Config} Config
 */

/** @param {Lab} lab */
export function cardsOf({ presets }) {
  return presets.filter(({ card }) => card);
}

/** The rates that were tried for presets before the page was built stand on the slider's scale. @param {Lab} lab */
export function knowRates(lab) {
  for (const preset of lab.presets) {
    const rates = preset.figures?.rates;
    if (rates) lab.rates.know(rates, settingsOfPreset(preset));
  }
}

/**
 * The card whose settings these are, to the last of them; null where a hand has set them.
 *
 * @param {Lab} lab @param {Config} settings
 * @returns {Preset | null}
 */
export function cardOf(lab, settings) {
  const isOn = (/** @type {Preset} */ preset) => {
    const own = settingsOfPreset(preset);
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

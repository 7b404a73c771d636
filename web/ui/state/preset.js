/** What a preset stands for. */

import { defaultConfig } from '../../engine/config/config.js';
import { changeSettings } from '../../engine/config/rules.js';

/**
 * @typedef {import('../../engine/config/config.js').Config} Config
 * @typedef {{ id: string, config: import('../../engine/config/config.js').SomeSettings }} Preset
 */

/** Made once: every control asks for them whenever it is drawn. @type {WeakMap<Preset, Config>} */
const known = new WeakMap();

/** All settings of a preset: its own, and the defaults beside them. Not to be changed in place. @param {Preset} preset */
export function settingsOfPreset(preset) {
  const settings = known.get(preset) ?? changeSettings(defaultConfig(), preset.config);
  known.set(preset, settings);
  return settings;
}

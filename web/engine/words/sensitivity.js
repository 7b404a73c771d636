/** LR sensitivity as it is said. */

import { number } from './numbers.js';

/** @param {number} sensitivity */
export function sayLrSensitivity(sensitivity) {
  return `LR sensitivity ${number(sensitivity)}: by so much the loss at the end is above the lowest one, on average over these rates, none counted above guessing.`;
}

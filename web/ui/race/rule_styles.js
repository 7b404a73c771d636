/**
 * How each update rule is drawn: a colour (a theme name, see optimizers.css), a dash and a marker of its own, so that
 * nobody needs to tell colours apart. Markers are SVG paths around 0, 0.
 *
 * @type {Record<string, { color: string, dash: number[], marker: string }>}
 */
export const RULE_STYLES = {
  sgd: { color: 'rule-sgd', dash: [], marker: 'M-4.5 0A4.5 4.5 0 1 0 4.5 0A4.5 4.5 0 1 0-4.5 0Z' },
  momentum: { color: 'rule-momentum', dash: [], marker: 'M-4-4H4V4H-4Z' },
  nesterov: { color: 'rule-nesterov', dash: [7, 3], marker: 'M0-5.2L4.9 3.5H-4.9Z' },
  rmsprop: { color: 'rule-rmsprop', dash: [2, 2.5], marker: 'M0 5.2L4.9-3.5H-4.9Z' },
  adam: { color: 'rule-adam', dash: [], marker: 'M0-5.8L5.2 0 0 5.8-5.2 0Z' },
  nadam: { color: 'rule-nadam', dash: [7, 3], marker: 'M-5 0L-2.5-4.3H2.5L5 0 2.5 4.3H-2.5Z' },
  adamw: { color: 'rule-adamw', dash: [2, 2.5], marker: 'M-1.7-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7Z' },
};

/**
 * <tile-map>: the outcome for every pair of two settings' values. A heavy line is the frontier between what trains
 * without blowing up and what does not.
 *
 * Events: `choose` with detail {key}: a tile was pressed; `peek` with detail {key, box}: a tile is pointed at, has the
 * focus or was tapped, box being where it is; with null: no more.
 *
 * @typedef {{ key: string, outcome: string, text: string, name: string, label: string, blown: boolean, star: boolean, share: number }} Tile
 *   text: what is written on it; name: how it is called, which holds the text; label: the same in full; blown: beyond the frontier; share: how good among the good, 0 to 1
 * @typedef {object} TileScene
 * @property {string[]} columns  names, from left to right
 * @property {string[]} rows     names, from top to bottom
 * @property {(Tile | null)[][]} tiles  [row][column]; null is not known yet
 * @property {string} xName @property {string} yName
 * @property {string | null} chosen
 */
import { html, LitElement, nothing } from 'lit';
import { moveFocus } from './roving.js';

/** More columns than these have no room for their values on a phone: a tile that is tapped says its own. */
const FEW = 5;

export class TileMap extends LitElement {
  static properties = { scene: { attribute: false }, heading: { type: String } };

  constructor() {
    super();
    /** @type {TileScene | null} */
    this.scene = null;
    this.heading = '';
  }

  createRenderRoot() {
    return this;
  }

  /** @param {string} key */
  choose(key) {
    this.dispatchEvent(new CustomEvent('choose', { detail: { key }, bubbles: true }));
  }

  /** @param {Event} event @param {string | null} key */
  peek(event, key) {
    // A finger that is lifted has not gone elsewhere.
    if (!key && event instanceof PointerEvent && event.pointerType !== 'mouse') return;
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    this.dispatchEvent(new CustomEvent('peek', { detail: key && { key, box }, bubbles: true }));
  }

  /** On which sides of a tile the frontier runs. @param {TileScene} scene @param {number} row @param {number} column */
  frontier({ tiles }, row, column) {
    const own = tiles[row][column];
    const parts = [];
    const left = tiles[row][column - 1];
    const above = tiles[row - 1]?.[column];
    if (own && left && own.blown !== left.blown) parts.push('edge-left');
    if (own && above && own.blown !== above.blown) parts.push('edge-top');
    return parts.join(' ');
  }

  render() {
    const { scene } = this;
    if (!scene) return nothing;
    const { columns, rows, tiles, chosen, xName, yName } = scene;
    const known = tiles.flat().filter((tile) => tile !== null);
    const first = known.some((tile) => tile.key === chosen) ? chosen : known[0]?.key;
    return html`
      <header>
        <h3>${this.heading}</h3>
        <div class="legend"><span class="note">${yName} upward, a tile per setting</span></div>
      </header>
      <div
        class=${columns.length > FEW ? 'tile-grid many' : 'tile-grid'}
        role="group"
        aria-label=${this.heading}
        style=${`--columns:${columns.length};--rows:${rows.length}`}
        @keydown=${moveFocus}
      >
        ${rows.map(
          (name, row) =>
            html`<span class="tile-row">${name}</span>${tiles[row].map((tile, column) =>
              tile
                ? html`<button
                  class=${`square ${tile.outcome} ${this.frontier(scene, row, column)}`}
                  style=${`--share:${tile.share.toFixed(2)}`}
                  aria-label=${tile.name}
                  title=${tile.label}
                  aria-pressed=${tile.key === chosen}
                  tabindex=${tile.key === first ? 0 : -1}
                  aria-describedby="glimpse"
                  @click=${(/** @type {Event} */ event) => {
                    this.choose(tile.key);
                    this.peek(event, tile.key);
                  }}
                  @pointerenter=${(/** @type {Event} */ event) => this.peek(event, tile.key)}
                  @pointerleave=${(/** @type {Event} */ event) => this.peek(event, null)}
                  @focus=${(/** @type {Event} */ event) => this.peek(event, tile.key)}
                  @blur=${(/** @type {Event} */ event) => this.peek(event, null)}
                >
                  ${tile.star ? html`<span class="star">★</span>` : nothing}<span class="value">${tile.text}</span>
                </button>`
                : html`<span class="square waiting"></span>`,
            )}`,
        )}
        <span></span>${columns.map((name) => html`<span class="tile-column"><span>${name}</span></span>`)}
      </div>
      <p class="axis-name">${xName}</p>
    `;
  }
}

customElements.define('tile-map', TileMap);

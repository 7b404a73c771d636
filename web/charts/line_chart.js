/**
 * <line-chart>: curves over steps (or over learning rates), drawn by Chart.js from series reduced to pixel columns.
 *
 * The page hands it a `source`, a function that describes what there is to see; the chart calls it when it draws.
 * A click, or Enter, on the step that is pointed at is an event `pick` with detail {step}.
 *
 * What the canvas shows is also said: in the canvas's label, and in the readout of the step pointed at (pointer, or
 * the arrow keys).
 *
 * @typedef {import('./series.js').StepSeries | import('./series.js').PointSeries} Series
 * @typedef {object} Layer
 * @property {string} label
 * @property {string} color        a colour of the theme, or any colour
 * @property {Series} [series]
 * @property {Series} [floor]      the lower edge of a band, of which series is the upper one
 * @property {number} [until]      draws only steps below this one: a fork's parent
 * @property {'line' | 'dots' | 'ticks' | 'band'} [kind]
 * @property {number} [width] @property {number} [alpha] @property {number[]} [dash]
 * @property {boolean | 'last'} [legend]  named in the legend, and read out (default true), or after all others
 * @property {boolean} [quiet]     values that the axis cannot hold leave no mark
 * @property {boolean | 'down'} [context]  does not stretch the y axis beyond what the other layers need, or only down
 * @typedef {{ x: number, y: number | null, kind: 'cross' | 'dot', color: string, label?: string }} Mark
 * @typedef {object} Scene
 * @property {Layer[]} layers     from the back to the front
 * @property {number} from @property {number} to   the x axis when not zoomed
 * @property {Mark[]} [marks]
 * @property {{ x: number, label: string, color: string, row?: number }[]} [verticals]
 * @property {{ y: number, label: string, color: string, below?: boolean }[]} [horizontals]  below: where the label stands
 * @property {{ from: number, to: number, color: string, label?: string }[]} [regions]
 * @property {string} [summary]    what a listener should know
 * @property {string} [empty]      stands in the plot while there is nothing to measure
 */
import { Chart, Filler, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js';
import annotationPlugin from 'chartjs-plugin-annotation';
import zoomPlugin from 'chartjs-plugin-zoom';
import { html, nothing } from 'lit';
import { axisNumber, linearTicks, logTicks, paddedRange } from './axis.js';
import { ChartElement } from './drawn_element.js';
import { chartGroup, themeColor } from './frame.js';
import { namedLayers, shownLayers } from './legend.js';

Chart.register(
  Filler,
  LinearScale,
  LogarithmicScale,
  LineController,
  LineElement,
  PointElement,
  annotationPlugin,
  zoomPlugin,
);

/** The height that a tick of the y axis takes at least, its label and some air. */
const TICK_PIXELS = 30;

/** A pointer that moved further than this while it was pressed did not click. */
const CLICK_PIXELS = 5;

/** Values that the axis cannot hold are marked at each edge up to this number. */
const EDGE_MARKS = 400;

export class LineChart extends ChartElement {
  static properties = {
    source: { attribute: false },
    heading: { type: String },
    note: { type: String },
    group: { type: String },
    x: { type: String },
    y: { type: String },
    xName: { attribute: 'x-name', type: String },
    zero: { type: Boolean },
    share: { type: Boolean },
    fixedX: { attribute: 'fixed-x', type: Boolean },
    chosenX: { state: true },
    chosenY: { state: true },
    zoomed: { state: true },
    readout: { state: true },
    legend: { state: true },
    off: { state: true },
    empty: { state: true },
  };

  constructor() {
    super();
    /** @type {(() => Scene) | null} */
    this.source = null;
    this.heading = '';
    this.note = '';
    this.group = '';
    this.x = 'linear';
    this.y = 'log';
    this.xName = 'step';
    this.fixedX = false;
    /** The linear y axis begins at 0. */
    this.zero = false;
    /** The values are shares of 1: they are said in percent, on a linear y axis that ends at 100 %. */
    this.share = false;
    /** @type {string | null} */
    this.chosenX = null;
    /** @type {string | null} */
    this.chosenY = null;
    this.zoomed = false;
    /** @type {{ place: string, values: { label: string, color: string, kind: string, value: string }[] } | null} */
    this.readout = null;
    /** @type {{ label: string, color: string, kind: string }[]} */
    this.legend = [];
    /** Labels of the layers that were switched off in the legend. @type {Set<string>} */
    this.off = new Set();
    /** @type {Scene | null} */
    this.scene = null;
    /** Where the pointer was pressed last, in pixels of the window. */
    this.pressedAt = Number.NaN;
    /** What stands in the plot where no curve does. */
    this.empty = '';
    /** Whether there is a value that the y axis measures. */
    this.measured = false;
  }

  get logX() {
    return (this.chosenX ?? this.x) === 'log';
  }

  get logY() {
    return !this.share && (this.chosenY ?? this.y) === 'log';
  }

  /** On a logarithmic step axis step s stands at s + 1. */
  get shift() {
    return this.logX && !this.fixedX ? 1 : 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.shared = chartGroup(this.group || `alone-${this.heading}`);
    this.followZoom = () => this.invalidate();
    this.followCrosshair = () => this.placeCrosshair();
    this.shared.addEventListener('zoom', this.followZoom);
    this.shared.addEventListener('crosshair', this.followCrosshair);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.shared?.removeEventListener('zoom', /** @type {() => void} */ (this.followZoom));
    this.shared?.removeEventListener('crosshair', /** @type {() => void} */ (this.followCrosshair));
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('chosenX') || changed.has('chosenY') || changed.has('x') || changed.has('y')) {
      if (changed.size && this.chart) this.buildChart();
      this.invalidate();
    }
    if (changed.has('source')) this.invalidate();
  }

  buildChart() {
    super.buildChart();
    const canvas = this.querySelector('canvas');
    if (!canvas) return;
    const faint = themeColor(this, 'faint');
    const grid = themeColor(this, 'grid');
    const font = { family: getComputedStyle(this).fontFamily, size: 11 };
    /** @param {boolean} logarithmic @param {(axis: any) => number} most @param {(value: number) => string} [say] */
    const ticks = (logarithmic, most, say = axisNumber) => ({
      ticks: {
        color: faint,
        font,
        maxRotation: 0,
        padding: 6,
        autoSkipPadding: 12,
        includeBounds: false,
        callback: (/** @type {number | string} */ value) => say(Number(value)),
      },
      border: { display: false },
      afterBuildTicks: (/** @type {any} */ axis) => {
        // Without values there is nothing to measure yet.
        const isBlank = axis.id === 'y' && !this.measured;
        const places = isBlank ? [] : (logarithmic ? logTicks : linearTicks)(axis.min, axis.max, most(axis));
        axis.ticks = places.map((value) => ({ value }));
      },
    });
    const coarse = matchMedia('(pointer: coarse)').matches;
    this.chart = new Chart(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        ...this.chartOptions,
        layout: { padding: { top: 6, right: 12, left: 2, bottom: 0 } },
        elements: { point: { radius: 0 }, line: { borderJoinStyle: 'round' } },
        scales: {
          x: {
            type: this.logX ? 'logarithmic' : 'linear',
            ...ticks(this.logX, () => 6),
            grid: { display: false, drawTicks: false },
          },
          y: {
            type: this.logY ? 'logarithmic' : 'linear',
            ...ticks(
              this.logY,
              ({ maxHeight }) => Math.max(2, Math.min(6, Math.floor(maxHeight / TICK_PIXELS))),
              (value) => this.sayValue(value),
            ),
            grid: { color: grid, drawTicks: false },
            // One width for all, so that charts above each other share their x axis.
            afterFit: (/** @type {{ width: number }} */ axis) => {
              axis.width = 46;
            },
          },
        },
        plugins: {
          annotation: { clip: false, annotations: {} },
          zoom: {
            limits: { x: { min: 'original', max: 'original' } },
            zoom: {
              mode: 'x',
              wheel: { enabled: true, modifierKey: 'ctrl', speed: 0.15 },
              drag: {
                enabled: !coarse,
                backgroundColor: themeColor(this, 'ink', 0.07),
                borderColor: themeColor(this, 'ink', 0.25),
                borderWidth: 1,
                threshold: 6,
              },
              pinch: { enabled: coarse },
              onZoom: () => this.shareZoom(),
            },
            pan: {
              enabled: true,
              mode: 'x',
              modifierKey: coarse ? undefined : 'shift',
              onPanStart: () => this.zoomed,
              onPan: () => this.shareZoom(),
            },
          },
        },
      },
    });
  }

  /** Takes what the zoom plugin did to this chart's axis to the whole group. */
  shareZoom() {
    const axis = this.chart?.scales.x;
    if (!axis || !this.scene) return;
    this.shared?.zoomTo({ from: axis.min - this.shift, to: axis.max - this.shift });
  }

  resetZoom() {
    this.shared?.zoomTo(null);
  }

  draw() {
    if (!this.chart || !this.source || !this.isConnected) return;
    const scene = this.source();
    this.scene = scene;
    const zoom = this.shared?.zoom ?? null;
    const view = zoom ?? { from: scene.from, to: scene.to };
    if (this.zoomed !== !!zoom) this.zoomed = !!zoom;
    const columns = Math.max(50, Math.round((this.chart.chartArea?.width ?? 400) / 1));
    const window = { ...view, columns, logX: this.logX && !this.fixedX, logY: this.logY };

    const layers = shownLayers(scene, this.off).filter((layer) => layer.series);
    const curves = new Map(layers.filter(isCurve).map((layer) => [layer, this.reduce(layer, window)]));
    const range = this.rangeOf(scene, curves);
    const ticks = layers.filter(({ kind }) => kind === 'ticks');
    const datasets = [
      ...layers.flatMap((layer) => {
        const curve = curves.get(layer);
        if (curve) return [this.curveOf(layer, curve.points)];
        return layer.kind === 'band' ? this.bandOf(layer, window) : [];
      }),
      ...ticks.map((layer) => this.ticksOf(layer, window, range.min)),
      ...this.edgesOf(curves, range),
    ];
    // Chart.js draws its first data set last; a later layer lies above an earlier one.
    datasets.forEach((dataset, i) => {
      dataset.order = -i;
    });
    this.empty = this.measured ? '' : (scene.empty ?? '');
    this.setAxes(view, range);
    this.chart.data.datasets = datasets;
    /** @type {any} */ (this.chart.options.plugins).annotation.annotations = this.annotate(scene, range);
    this.chart.update('none');
    this.refreshLegend(scene);
    this.placeCrosshair();
    this.describe();
  }

  // ---- layers ----------------------------------------------------------------------------------------------------

  /**
   * The part of a curve that is in view, as many points as there are pixel columns for it.
   * @param {Layer} layer @param {import('./series.js').Window} window @returns {import('./series.js').Reduced}
   */
  reduce({ series, until }, window) {
    const { from, to, columns } = window;
    const end = until === undefined ? to : Math.min(to, until);
    const share = Math.max(2, Math.round((columns * (end - from)) / (to - from)));
    const own = this.logX ? window : { ...window, to: end, columns: share };
    const reduced = /** @type {Series} */ (series).reduce(own);
    return until === undefined ? reduced : { ...reduced, points: reduced.points.filter(({ x }) => x <= end) };
  }

  /** Points where the x axis has their steps. @param {import('./series.js').Point[]} points */
  shifted(points) {
    const { shift } = this;
    return shift ? points.map(({ x, y }) => ({ x: x + shift, y })) : points;
  }

  /**
   * The range of the y axis: what the curves need that are no mere context, and the horizontal lines.
   * @param {Scene} scene @param {Map<Layer, import('./series.js').Reduced>} curves
   */
  rangeOf(scene, curves) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const [{ context }, { points }] of curves) {
      if (context === true) continue;
      for (const { y } of points) {
        if (y < low) low = y;
        if (y > high && context !== 'down') high = y;
      }
    }
    const dots = (scene.marks ?? []).flatMap(({ kind, y }) => (kind === 'dot' && y !== null ? [{ y }] : []));
    for (const { y } of [...this.horizontalsOf(scene), ...dots]) {
      if (y < low) low = y;
      if (y > high) high = y;
    }
    this.measured = low <= high;
    if (this.zero && !this.logY && low > 0) low = 0;
    const range = paddedRange(low, high, this.logY);
    if (this.share) range.max = Math.min(range.max, 1);
    return range;
  }

  /** @param {{ from: number, to: number }} view @param {{ min: number, max: number }} range */
  setAxes({ from, to }, range) {
    const { shift } = this;
    const { x, y } = /** @type {any} */ (/** @type {Chart} */ (this.chart).options.scales);
    x.min = Math.max(from + shift, this.logX && shift ? 1 : from);
    x.max = Math.max(to + shift, from + shift + 1e-12);
    y.min = range.min;
    y.max = range.max;
  }

  /** A curve as a line, or as dots. @param {Layer} layer @param {import('./series.js').Point[]} points @returns {any} */
  curveOf(layer, points) {
    const color = themeColor(this, layer.color, layer.alpha);
    const dots = layer.kind === 'dots';
    // Where they would lie on each other, small dots without rings show the curve that they are.
    const room = (this.chart?.chartArea?.width ?? 400) / Math.max(1, points.length);
    const radius = Math.min(layer.width ?? 3.5, Math.max(1, room / 2));
    const isCrowded = radius < (layer.width ?? 3.5);
    return {
      label: layer.label,
      data: this.shifted(points),
      showLine: !dots,
      borderColor: dots ? themeColor(this, 'paper') : color,
      borderWidth: dots ? 1 : (layer.width ?? 1.5),
      borderDash: layer.dash ?? [],
      pointRadius: dots ? radius : 0,
      pointBackgroundColor: color,
      pointBorderColor: themeColor(this, 'paper'),
      pointBorderWidth: isCrowded ? 0 : 1,
      clip: 2,
    };
  }

  /**
   * A band as two lines without ink, the upper one filled down to the lower. It does not stretch the y axis: the
   * curves that it belongs to do.
   * @param {Layer} layer @param {import('./series.js').Window} window @returns {any[]}
   */
  bandOf(layer, window) {
    const edges = [layer.floor, layer.series].map((series) => series?.reduce(window).points ?? []);
    return edges.map((points, i) => ({
      label: layer.label,
      data: this.shifted(points),
      borderWidth: 0,
      pointRadius: 0,
      fill: i === 0 ? false : '-1',
      backgroundColor: themeColor(this, layer.color, layer.alpha ?? 0.18),
      clip: 2,
    }));
  }

  /**
   * A short stroke at the lower edge for each step whose value is below 1.
   * @param {Layer} layer @param {import('./series.js').Window} window @param {number} bottom @returns {any}
   */
  ticksOf(layer, window, bottom) {
    const series = /** @type {import('./series.js').StepSeries} */ (layer.series);
    return {
      label: layer.label,
      data: this.shifted(series.below(window, 1).map((step) => ({ x: step, y: bottom }))),
      showLine: false,
      pointStyle: 'line',
      pointRadius: 5,
      rotation: 90,
      pointRotation: 90,
      pointBorderColor: themeColor(this, layer.color, layer.alpha ?? 0.8),
      pointBorderWidth: 1,
      clip: 8,
    };
  }

  /**
   * Triangles at the upper and lower edge for the values that the axis cannot hold.
   * @param {Map<Layer, import('./series.js').Reduced>} curves @param {{ min: number, max: number }} range @returns {any[]}
   */
  edgesOf(curves, range) {
    const marks = [...curves].flatMap(([layer, reduced]) => (layer.quiet ? [] : reduced.marks));
    return ['top', 'bottom'].flatMap((edge) => {
      const here = marks.filter((mark) => mark.edge === edge).slice(0, EDGE_MARKS);
      if (!here.length) return [];
      return {
        label: 'out of range',
        data: this.shifted(here.map(({ x }) => ({ x, y: edge === 'top' ? range.max : range.min }))),
        showLine: false,
        pointStyle: 'triangle',
        pointRadius: 5,
        pointRotation: edge === 'top' ? 0 : 180,
        pointBackgroundColor: themeColor(this, 'instability'),
        pointBorderColor: themeColor(this, 'paper'),
        clip: 8,
      };
    });
  }

  // ---- marks, lines and regions: what the annotation plugin draws --------------------------------------------------

  /** @param {Scene} scene @param {{ min: number, max: number }} range @returns {Record<string, any>} */
  annotate(scene, range) {
    const { regions = [], verticals = [], marks = [] } = scene;
    return Object.fromEntries([
      ...regions.map((region, i) => [`region${i}`, this.regionOf(region, scene)]),
      ...verticals.map((line, i) => [`vertical${i}`, this.verticalOf(line, scene)]),
      ...this.horizontalsOf(scene).map((line, i) => [`horizontal${i}`, this.horizontalOf(line)]),
      ...marks.flatMap((mark, i) => {
        const point = [`mark${i}`, this.markOf(mark, range)];
        return mark.label ? [point, [`label${i}`, this.labelOf(mark, scene, range)]] : [point];
      }),
    ]);
  }

  /** What the labels of lines and marks look like. */
  get labelLook() {
    return {
      font: { family: getComputedStyle(this).fontFamily, size: 11, weight: 'normal' },
      backgroundColor: themeColor(this, 'paper', 0.85),
    };
  }

  /** @param {NonNullable<Scene['regions']>[number]} region @param {Scene} scene */
  regionOf(region, scene) {
    return {
      type: 'box',
      xMin: Math.max(region.from, scene.from) + this.shift,
      xMax: region.to + this.shift,
      backgroundColor: themeColor(this, region.color, 0.09),
      borderWidth: 0,
      drawTime: 'beforeDatasetsDraw',
      label: {
        display: !!region.label,
        content: region.label,
        position: { x: 'start', y: 'start' },
        color: themeColor(this, region.color),
        font: this.labelLook.font,
        padding: 4,
      },
    };
  }

  /** @param {NonNullable<Scene['verticals']>[number]} line @param {Scene} scene */
  verticalOf(line, scene) {
    return {
      type: 'line',
      scaleID: 'x',
      value: line.x + this.shift,
      borderColor: themeColor(this, line.color),
      borderWidth: 1,
      borderDash: [2, 3],
      label: {
        ...this.labelLook,
        // On a narrow chart labels would cover the curve; the rules are listed beside it anyway.
        display: !!line.label && !(this.fixedX && this.clientWidth < 520),
        content: line.label,
        position: 'start',
        color: themeColor(this, line.color),
        padding: { x: 4, y: 2 },
        borderRadius: 2,
        xAdjust: 0,
        yAdjust: (line.row ?? 0) * 18,
        ...labelSide(line.x, scene),
      },
    };
  }

  /** The horizontal lines that the y axis can hold. @param {Scene} scene */
  horizontalsOf({ horizontals = [] }) {
    return horizontals.filter(({ y }) => !this.logY || y > 0);
  }

  /** @param {NonNullable<Scene['horizontals']>[number]} line */
  horizontalOf(line) {
    return {
      type: 'line',
      scaleID: 'y',
      value: line.y,
      borderColor: themeColor(this, line.color),
      borderWidth: 1,
      borderDash: [6, 4],
      label: {
        ...this.labelLook,
        display: !!line.label,
        content: line.label,
        position: 'end',
        yAdjust: line.below ? 10 : -10,
        color: themeColor(this, line.color),
        padding: { x: 4, y: 1 },
      },
    };
  }

  /** Where a mark stands; one without a height that the axis can hold is missing, and stands at the top. @param {Mark} mark @param {{ max: number }} range */
  heightOfMark({ y }, range) {
    const missing = y === null || !Number.isFinite(y) || (this.logY && y <= 0);
    return { missing, y: missing ? range.max : y };
  }

  /** @param {Mark} mark @param {{ max: number }} range */
  markOf(mark, range) {
    const color = themeColor(this, mark.color);
    const isCross = mark.kind === 'cross';
    return {
      type: 'point',
      xValue: mark.x + this.shift,
      yValue: this.heightOfMark(mark, range).y,
      radius: isCross ? 6 : 5,
      pointStyle: isCross ? 'crossRot' : 'circle',
      borderColor: isCross ? color : themeColor(this, 'paper'),
      backgroundColor: color,
      borderWidth: isCross ? 2.5 : 1.5,
    };
  }

  /** A mark's label, on the side that has room. @param {Mark} mark @param {Scene} scene @param {{ min: number, max: number }} range */
  labelOf(mark, scene, range) {
    const { missing, y } = this.heightOfMark(mark, range);
    const isFixedLog = this.logX && !this.shift;
    const isRight = mark.x > scene.from + (scene.to - scene.from) * 0.6;
    return {
      ...this.labelLook,
      type: 'label',
      xValue: mark.x + this.shift,
      yValue: y,
      content: mark.label,
      position: { x: (isFixedLog ? mark.y !== null : isRight) ? 'end' : 'start', y: 'center' },
      xAdjust: isFixedLog || isRight ? -8 : 8,
      yAdjust: missing || this.heightOf(y, range) > 0.85 ? 16 : -12,
      color: themeColor(this, mark.color),
      padding: { x: 3, y: 1 },
    };
  }

  /** Where a value stands on the y axis, from 0 to 1. @param {number} y @param {{ min: number, max: number }} range */
  heightOf(y, { min, max }) {
    return this.logY ? Math.log(y / min) / Math.log(max / min) : (y - min) / (max - min);
  }

  /** @param {Scene} scene */
  refreshLegend(scene) {
    const legend = namedLayers(scene).map((layer) => ({
      label: layer.label,
      color: layer.color,
      kind: layer.kind ?? (layer.dash ? 'dashed' : 'line'),
    }));
    if (JSON.stringify(legend) !== JSON.stringify(this.legend)) this.legend = legend;
  }

  get label() {
    return `${this.heading}. ${this.scene?.summary ?? ''} Arrow keys read single steps.`;
  }

  /** A value of the y axis as ticks and the readout say it. @param {number} value */
  sayValue(value) {
    return this.share ? `${axisNumber(100 * value)} %` : axisNumber(value);
  }

  placeCrosshair() {
    const hair = /** @type {HTMLElement | null} */ (this.querySelector('.crosshair'));
    const step = this.shared?.crosshair ?? null;
    const axis = this.chart?.scales.x;
    if (!hair || !axis || !this.chart || !this.scene) return;
    const pixel = step === null ? Number.NaN : axis.getPixelForValue(step + this.shift);
    const { left, right, top, bottom } = this.chart.chartArea;
    const inside = pixel >= left - 1 && pixel <= right + 1;
    hair.hidden = !inside;
    if (!inside || step === null) {
      if (this.readout) this.readout = null;
      return;
    }
    hair.style.transform = `translateX(${pixel}px)`;
    hair.style.top = `${top}px`;
    hair.style.height = `${bottom - top}px`;
    const values = namedLayers({ layers: shownLayers(this.scene, this.off) })
      .filter((layer) => layer.series && layer.kind !== 'ticks')
      .map((layer) => ({
        label: layer.label,
        color: layer.color,
        kind: layer.kind ?? (layer.dash ? 'dashed' : 'line'),
        values: (layer.floor ? [layer.floor, layer.series] : [layer.series]).map((series) => series?.at(step)),
      }))
      .filter(({ values }) => values.every((value) => value !== null && value !== undefined))
      .map(({ values, ...entry }) => ({
        ...entry,
        value: values.map((value) => this.sayValue(Number(value))).join(' … '),
      }));
    const place = `${this.xName} ${this.fixedX ? axisNumber(step) : step.toLocaleString('en-US')}`;
    this.readout = { place, values };
  }

  /** @param {PointerEvent} event */
  point(event) {
    const axis = this.chart?.scales.x;
    if (!axis || !this.chart) return;
    const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const x = event.clientX - box.left;
    const { left, right } = this.chart.chartArea;
    if (x < left - 2 || x > right + 2) this.shared?.pointAt(null);
    else this.shared?.pointAt(this.clamp((axis.getValueForPixel(x) ?? 0) - this.shift));
  }

  /** A press that has not become a drag, which zooms. @param {MouseEvent} event */
  press(event) {
    if (Math.abs(event.clientX - this.pressedAt) < CLICK_PIXELS) this.pick();
  }

  pick() {
    const step = this.shared?.crosshair ?? null;
    if (step !== null) this.dispatchEvent(new CustomEvent('pick', { detail: { step }, bubbles: true }));
  }

  /** @param {number} place */
  clamp(place) {
    if (!this.scene) return place;
    const within = Math.min(this.scene.to, Math.max(this.scene.from, place));
    return this.fixedX ? within : Math.round(within);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (event.key === 'Escape') {
      this.shared?.pointAt(null);
      this.resetZoom();
    } else if (event.key === 'Enter') this.pick();
    else if (way && this.scene) {
      event.preventDefault();
      const { from, to } = this.scene;
      const now = this.shared?.crosshair ?? (way > 0 ? from : to);
      const one = Math.max(1, Math.round((to - from) / 200));
      const next = this.fixedX ? now * (to / from) ** (way / 100) : now + way * (event.shiftKey ? 1 : one);
      this.shared?.pointAt(this.clamp(next));
    }
  }

  /** @param {'chosenX' | 'chosenY'} which @param {boolean} log */
  chip(which, log) {
    const name = which === 'chosenX' ? 'x' : 'y';
    return html`<button
      class="chip"
      aria-pressed=${log}
      title=${`${name} axis: ${log ? 'logarithmic' : 'linear'}. Click to change`}
      aria-label=${`${this.heading}: logarithmic ${name} axis`}
      @click=${() => {
        this[which] = log ? 'linear' : 'log';
      }}
    >
      ${log ? 'log' : 'lin'} ${name}
    </button>`;
  }

  /** A name in the legend, which switches its curve on and off. @param {{ label: string, color: string, kind: string }} entry */
  switchOf({ label, color, kind }) {
    const isOff = this.off.has(label);
    return html`<button
      class="key ${kind}"
      style="--key:var(--${color}, ${color})"
      aria-pressed=${!isOff}
      title=${isOff ? 'Show it' : 'Hide it'}
      @click=${() => {
        this.off = isOff ? new Set([...this.off].filter((other) => other !== label)) : new Set([...this.off, label]);
        this.invalidate();
      }}
      >${label}</button
    >`;
  }

  /** The chart's picture as a PNG data address. */
  toPng() {
    return this.chart?.toBase64Image() ?? '';
  }

  render() {
    return html`
      <header>
        <h3>${this.heading}</h3>
        <div class="legend">
          <div class="keys" ?inert=${!!this.readout}>
            ${this.legend.map((entry) => this.switchOf(entry))}${this.note ? html`<span class="note">${this.note}</span>` : nothing}
          </div>
          ${
            this.readout
              ? html`<div class="reading">
                  <span class="readout">${this.readout.place}</span>${this.readout.values.map(
                    (entry) => html`<span
                      class="key ${entry.kind}"
                      style="--key:var(--${entry.color}, ${entry.color})"
                      title=${entry.label}
                      ><span class="visually-hidden">${entry.label} </span>${entry.value}</span
                    >`,
                  )}
                </div>`
              : nothing
          }
        </div>
        <div class="chips">
          ${this.zoomed ? html`<button class="chip" @click=${() => this.resetZoom()}>Reset zoom</button>` : nothing}
          ${this.fixedX ? nothing : this.chip('chosenX', this.logX)} ${this.share ? nothing : this.chip('chosenY', this.logY)}
        </div>
      </header>
      <div
        class="plot"
        tabindex="0"
        role="group"
        aria-label=${`${this.heading}: chart`}
        @pointermove=${this.point}
        @pointerdown=${(/** @type {PointerEvent} */ event) => {
          this.pressedAt = event.clientX;
        }}
        @click=${this.press}
        @pointerleave=${() => this.shared?.pointAt(null)}
        @dblclick=${() => this.resetZoom()}
        @keydown=${this.key}
        @blur=${() => this.shared?.pointAt(null)}
      >
        <canvas role="img" aria-label=${this.heading}></canvas>
        <div class="crosshair" hidden></div>
        ${this.empty ? html`<p class="plot-empty">${this.empty}</p>` : nothing}
      </div>
    `;
  }
}

/** Whether a layer is drawn through its points. @param {Layer} layer */
function isCurve({ kind }) {
  return kind !== 'ticks' && kind !== 'band';
}

/** A label stands on the side of its line that has room. @param {number} x @param {Scene} scene */
function labelSide(x, scene) {
  const share = (x - scene.from) / (scene.to - scene.from || 1);
  return { textAlign: share > 0.7 ? 'end' : 'start' };
}

customElements.define('line-chart', LineChart);

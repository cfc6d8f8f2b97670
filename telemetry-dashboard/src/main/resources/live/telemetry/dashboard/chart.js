import { axisSteps, axisTexts, axisTimes, count } from './format.js';
import { palette, SERIES } from './palette.js';

const { uPlot } = globalThis;
const AXIS_FONT = '11px system-ui, sans-serif';
const HEIGHT = 190;
/** Beyond the colours there are, lines are told apart by their dashes too. */
const DASHES = [undefined, [6, 3], [2, 3]];
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800];
const cursors = uPlot.sync('charts');

/** From zero where that leaves the lines some height; percentages up to a hundred, unless all of them are small. */
export function valueRange(least, greatest, unit) {
  if (least === null || least === undefined) return [0, unit === 'percent' ? 100 : 1];
  const isPositive = least >= 0;
  const isFlat = greatest - least < 0.15 * Math.abs(greatest) && unit !== 'percent' && greatest > 10;
  if (unit === 'percent' && isPositive && greatest <= 100) return [0, greatest > 20 ? 100 : uPlot.rangeNum(0, Math.max(1, greatest), 0.15, true)[1]];
  if (isPositive && !isFlat) return [0, uPlot.rangeNum(0, greatest || 1, 0.12, true)[1]];
  const margin = (greatest - least || Math.abs(greatest) || 1) * 0.25;
  return [isPositive ? Math.max(0, least - margin) : least - margin, greatest + margin];
}

/** One uPlot: lines over time, with marks where records are lost. Times are in seconds. */
export class Chart {
  #plot;
  #host;
  #unit;
  #range = { from: 0, to: 1 };
  #gaps = [];
  #resizing;
  #width;

  /**
   * @param {Element} host
   * @param {{ unit: string, lines: { label: string, hidden: boolean }[], onZoom: (from: number, to: number) => void,
   *     onReset: () => void, onCursor: (index: number | null) => void, onResize: () => void }} options times in milliseconds
   */
  constructor(host, options) {
    this.#host = host;
    this.#unit = options.unit;
    this.#width = host.clientWidth;
    this.#plot = new uPlot(this.#settings(options), [[], ...options.lines.map(() => [])], host);
    this.#resizing = new ResizeObserver(() => {
      this.#width = host.clientWidth;
      options.onResize();
    });
    this.#resizing.observe(host);
  }

  #settings({ unit, lines, onZoom, onReset, onCursor }) {
    const axis = { stroke: () => palette.get('muted'), font: AXIS_FONT, ticks: { show: false } };
    const grid = { stroke: () => palette.get('grid'), width: 1 };
    return {
      width: this.#width || 400,
      height: HEIGHT,
      padding: [10, 22, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: true, range: () => [this.#range.from / 1_000, this.#range.to / 1_000] },
        y: { range: (_, least, greatest) => valueRange(least, greatest, unit) },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 26, space: 70, incrs: TIME_STEPS, values: (_, splits, __, ___, step) => axisTimes(splits, step) },
        { ...axis, grid, size: 62, space: 34, incrs: axisSteps(unit), values: (_, splits) => axisTexts(splits, unit) },
      ],
      series: [{}, ...lines.map((line, index) => this.#line(line, index, lines.length))],
      cursor: {
        sync: { key: cursors.key, setSeries: false, scales: ['x', null] },
        drag: { x: true, y: false, setScale: false },
        points: { size: 7 },
        bind: {
          dblclick: () => () => {
            onReset();
            return null;
          },
        },
      },
      hooks: {
        drawClear: [(plot) => this.#drawGaps(plot)],
        setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width < 4) return;
            const [from, to] = [left, left + width].map((x) => plot.posToVal(x, 'x') * 1_000);
            plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            onZoom(from, to);
          },
        ],
      },
    };
  }

  #line({ label, hidden }, index, count) {
    return {
      label,
      show: !hidden,
      width: 1.75,
      stroke: () => palette.series(index),
      dash: DASHES[Math.floor(index / SERIES) % DASHES.length],
      fill: count === 1 ? () => `${palette.series(index)}22` : undefined,
      points: { show: (plot, _, from, to) => to - from < 3, size: 5 },
    };
  }

  /** Marks where the line is broken, wide enough to be seen. */
  #drawGaps(plot) {
    const { ctx, bbox } = plot;
    const right = bbox.left + bbox.width;
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'center';
    for (const { from, to, lost } of this.#gaps) {
      const begin = Math.max(bbox.left, plot.valToPos(from / 1_000, 'x', true));
      const end = Math.min(right, to === Infinity ? right : plot.valToPos(to / 1_000, 'x', true));
      if (begin >= right || end <= bbox.left) continue;
      const width = Math.max(4 * devicePixelRatio, end - begin);
      ctx.fillStyle = palette.get('warn-soft');
      ctx.fillRect(begin, bbox.top, width, bbox.height);
      ctx.fillStyle = palette.get('warn');
      ctx.fillRect(begin, bbox.top, width, 3 * devicePixelRatio);
      const words = `${count(lost)} lost`;
      if (ctx.measureText(words).width + 8 < width) ctx.fillText(words, begin + width / 2, bbox.top + 18 * devicePixelRatio);
    }
  }

  /** Draws at once, not in a microtask, so that it counts for this frame. */
  draw(data, range, gaps) {
    this.#range = range;
    this.#gaps = gaps;
    this.#plot.batch((plot) => {
      if (this.#width && plot.width !== this.#width) plot.setSize({ width: this.#width, height: HEIGHT });
      plot.setData(data, true);
    });
  }

  show(line, isShown) {
    this.#plot.setSeries(line + 1, { show: isShown });
  }

  recolour() {
    this.#plot.redraw(false, true);
  }

  /** The time and the values at a place of the data, for reading them out. */
  at(index) {
    const [times, ...lines] = this.#plot.data;
    return { time: times[index] * 1_000, values: lines.map((values) => values[index] ?? before(values, index)) };
  }

  /** Moves the cursor by so many rows, for the keyboard. */
  step(by) {
    const { data, cursor } = this.#plot;
    const last = data[0].length - 1;
    if (last < 0) return;
    const index = Math.min(last, Math.max(0, (cursor.idx ?? last + 1) + by));
    this.#plot.setCursor({ left: this.#plot.valToPos(data[0][index], 'x'), top: 10 });
  }

  leave() {
    this.#plot.setCursor({ left: -10, top: -10 });
  }

  get unit() {
    return this.#unit;
  }

  destroy() {
    this.#resizing.disconnect();
    this.#plot.destroy();
  }
}

/** Lines of other moments have nothing in this row: what they had last counts. */
function before(values, index) {
  for (let i = index; i >= 0 && values[i] !== null; i--) if (values[i] !== undefined) return values[i];
  return undefined;
}


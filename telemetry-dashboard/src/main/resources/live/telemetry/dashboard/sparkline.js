import { palette } from './palette.js';

const HEIGHT = 34;

/** Draws one column of a topic on a small canvas, without an axis: only its shape. Lost records break the line. */
export function drawSparkline(canvas, topic, column, range) {
  const width = canvas.clientWidth;
  if (!width) return;
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT * ratio);
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, HEIGHT);
  const { table, gaps } = topic;
  const values = table.columns[column];
  const from = Math.max(0, table.indexOf(range.from) - 1);
  let least = Infinity;
  let greatest = -Infinity;
  for (let row = from; row < table.length; row++) {
    if (values[row] < least) least = values[row];
    if (values[row] > greatest) greatest = values[row];
  }
  if (!(greatest >= least)) return;
  const span = greatest - least || Math.abs(greatest) || 1;
  const low = greatest === least ? least - span / 2 : least;
  const x = (time) => ((time - range.from) / (range.to - range.from)) * width;
  const y = (value) => HEIGHT - 3 - ((value - low) / span) * (HEIGHT - 6);
  context.beginPath();
  let gap = gaps.findIndex(({ from: begin }) => begin >= table.times[from]);
  let isDrawing = false;
  for (let row = from; row < table.length; row++) {
    if (Number.isNaN(values[row])) continue;
    while (gap >= 0 && gap < gaps.length && table.times[row] > gaps[gap].from) {
      isDrawing = false;
      gap++;
    }
    if (isDrawing) context.lineTo(x(table.times[row]), y(values[row]));
    else context.moveTo(x(table.times[row]), y(values[row]));
    isDrawing = true;
  }
  context.strokeStyle = palette.series(0);
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.stroke();
}

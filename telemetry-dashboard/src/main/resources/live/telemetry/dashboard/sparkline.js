import { palette } from './palette.js';

/** What changes less than this, of its value, is drawn as calm as it is. */
const LEAST_SPAN = 0.02;

/** Draws one column of a topic on a small canvas, without an axis: only its shape. Lost records break the line. */
export function drawSparkline(canvas, topic, column, range) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width) return;
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
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
  const span = Math.max(greatest - least, LEAST_SPAN * Math.abs(greatest)) || 1;
  const low = (least + greatest - span) / 2;
  // Where the window is longer than what is known, the shape of that has all the room.
  const begin = Math.max(range.from, table.times[from]);
  const x = (time) => ((time - begin) / (range.to - begin || 1)) * width;
  const y = (value) => height - 3 - ((value - low) / span) * (height - 6);
  context.beginPath();
  let gap = gaps.findIndex(({ from: lost }) => lost >= table.times[from]);
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

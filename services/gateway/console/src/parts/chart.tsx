import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import UPlot from 'uplot';
import { idOf } from '../api/common.ts';
import { useSpeech } from '../console-context.ts';
import type { Format } from '../format.ts';
import { hrefOf } from '../route.ts';
import type { Point } from '../series.ts';

const HEIGHT = 220;

/** The colours of the page as the canvas needs them. */
function coloursOf(element: Element): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

/** Whether the reader prefers dark; the canvas is drawn anew when that changes. */
function useDark(): boolean {
  const [dark, setDark] = useState(false);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const changed = (): void => setDark(query.matches);
    changed();
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return dark;
}

/** A line over periods. What is suppressed or unknown is a gap, filled with a pattern of its own; alarms are links at their period. */
export function SeriesChart({ points }: { readonly points: readonly Point[] }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const { format } = useSpeech();
  const dark = useDark();
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const chart = new UPlot(options(points, element, format), dataOf(points), element);
    const resized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [points, format, dark]);
  return <div class="chart" dir="ltr" ref={place} />;
}

/** The line; it is broken where there is no number, and where nobody reported at all. */
function dataOf(points: readonly Point[]): UPlot.AlignedData {
  const drawn = points.flatMap(({ period, value }, index): readonly (readonly [number, number | null])[] => {
    const next = points[index + 1]?.period.start ?? period.end;
    const point = [period.start / 1000, value.state === 'known' ? value.value : null] as const;
    return next > period.end ? [point, [period.end / 1000, null]] : [point];
  });
  return [drawn.map(([at]) => at), drawn.map(([, value]) => value)];
}

function options(points: readonly Point[], element: HTMLElement, format: Format): UPlot.Options {
  const colour = coloursOf(element);
  const axis = { stroke: colour('quiet'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1 }, font: '12px system-ui, sans-serif' };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    scales: { y: { range: (_chart, _least, most) => [0, Math.max(1, most * 1.1)] } },
    series: [{}, { stroke: colour('accent'), width: 2, spanGaps: false, points: { show: true, size: 5, fill: colour('accent'), stroke: colour('accent') } }],
    axes: [
      { ...axis, size: 32, values: (_chart, splits, _axis, _space, step) => splits.map((split) => format.tick(split * 1000, step * 1000)) },
      { ...axis, size: 56, values: (_chart, splits) => splits.map((split) => (Number.isInteger(split) ? format.compact(split) : '')) },
    ],
    hooks: {
      drawClear: [(chart) => drawGaps(chart, points, colour)],
      draw: [(chart) => drawAlarms(chart, points, colour)],
      ready: [(chart) => placeLinks(chart, points)],
      setSize: [(chart) => placeLinks(chart, points)],
    },
  };
}

/** Suppressed periods are hatched, unknown ones dotted, each over the whole height, so that neither looks like a number. */
function drawGaps(chart: UPlot, points: readonly Point[], colour: (name: string) => string): void {
  const { ctx, bbox } = chart;
  const scale = devicePixelRatio;
  const step = widthOfPeriod(chart, points);
  for (const { period, value } of points) {
    if (value.state === 'known') continue;
    const middle = chart.valToPos(period.start / 1000, 'x', true);
    const left = Math.max(bbox.left, middle - step / 2);
    const right = Math.min(bbox.left + bbox.width, middle + step / 2);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.strokeStyle = colour(value.state === 'suppressed' ? 'hatch' : 'dots');
    ctx.lineWidth = scale;
    if (value.state !== 'suppressed') ctx.setLineDash([scale, 4 * scale]);
    ctx.beginPath();
    if (value.state === 'suppressed') {
      for (let x = left - bbox.height; x < right; x += 6 * scale) {
        ctx.moveTo(x, bbox.top + bbox.height);
        ctx.lineTo(x + bbox.height, bbox.top);
      }
    } else {
      for (let x = left + 2 * scale; x < right; x += 5 * scale) {
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
      }
    }
    ctx.stroke();
    ctx.restore();
  }
}

/** How wide a period is drawn, in canvas pixels: the least distance between two. */
function widthOfPeriod(chart: UPlot, points: readonly Point[]): number {
  const middles = points.map(({ period }) => chart.valToPos(period.start / 1000, 'x', true));
  const distances = middles.slice(1).map((middle, index) => middle - (middles[index] ?? middle));
  return distances.length === 0 ? chart.bbox.width / 8 : Math.max(2, Math.min(...distances));
}

function drawAlarms(chart: UPlot, points: readonly Point[], colour: (name: string) => string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = colour('bad');
  ctx.lineWidth = devicePixelRatio * 1.5;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { period, alarms } of points) {
    if (alarms.length === 0) continue;
    const x = chart.valToPos(period.start / 1000, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

/** Links over the alarms, for the pointer; the table beside the chart has the same for everybody. */
function placeLinks(chart: UPlot, points: readonly Point[]): void {
  for (const old of chart.over.querySelectorAll('a')) old.remove();
  for (const { period, alarms } of points) {
    const [first] = alarms;
    if (first === undefined) continue;
    const link = document.createElement('a');
    link.href = hrefOf(['alerts', idOf(first.alert)]);
    link.className = 'alarm-mark';
    link.title = first.headline;
    link.tabIndex = -1;
    link.textContent = '▲';
    link.style.left = `${chart.valToPos(period.start / 1000, 'x')}px`;
    chart.over.append(link);
  }
}

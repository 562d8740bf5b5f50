import { BarChart, LineChart, type BarSeriesOption, type LineSeriesOption } from 'echarts/charts';
import { GridComponent, TooltipComponent, type GridComponentOption, type TooltipComponentOption } from 'echarts/components';
import { init, use as add, type ComposeOption, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

// The one place that names the library's parts, loaded only by screens with a chart.
add([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer]);

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | TooltipComponentOption
>;

export type Engine = EChartsType;

/** Starts a chart in an element that has a size. SVG: text stays sharp, and prints. */
export function start(element: HTMLElement): Engine {
  return init(element, null, { renderer: 'svg' });
}

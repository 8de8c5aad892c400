// Charts drawn from the tables beside them: without scripts the table stands there, with them it is behind the chart.
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([AriaComponent, BarChart, CanvasRenderer, GridComponent]);

const INK = "#1c2430";
const INDIGO = "#1f4e79";
const LINE = "#dcd9d1";
const FONT = getComputedStyle(document.body).fontFamily;

function pointsOf(figure) {
  const marked = figure.querySelectorAll("tr[data-point]");
  const rows = marked.length ? marked : figure.querySelectorAll("tbody tr");
  return [...rows].map((row) => {
    const [name, value] = row.querySelectorAll("[data-value]");
    return { name: name.dataset.value, value: Number(value.dataset.value) };
  });
}

function optionsOf(figure, points, size) {
  const isAcross = figure.dataset.chart === "across";
  const text = { color: INK, fontFamily: FONT, fontSize: size };
  const names = { type: "category", data: points.map((one) => one.name), inverse: isAcross, axisLabel: { ...text, hideOverlap: true }, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } } };
  const numbers = { type: "value", minInterval: 1, name: figure.dataset.unit, nameTextStyle: text, axisLabel: text, splitLine: { lineStyle: { color: LINE } } };
  return {
    animation: false,
    aria: { enabled: true },
    grid: { left: 8, right: isAcross ? 56 : 16, top: 40, bottom: 8, containLabel: true },
    xAxis: isAcross ? numbers : names,
    yAxis: isAcross ? names : numbers,
    series: [{
      type: "bar",
      data: points.map((one) => one.value),
      barMaxWidth: 36,
      itemStyle: { color: INDIGO, borderRadius: isAcross ? [0, 3, 3, 0] : [3, 3, 0, 0] },
      label: { show: isAcross || points.length <= 14, position: isAcross ? "right" : "top", ...text },
    }],
  };
}

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const points = pointsOf(figure);
  if (points.length < 2 || points.every((one) => !one.value)) continue;
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.85;
  const box = document.createElement("div");
  box.className = "chart-box";
  box.setAttribute("aria-hidden", "true"); // the table says the same, better
  const height = figure.dataset.chart === "across" ? 70 + points.length * size * 2.8 : 300;
  box.style.height = `${height}px`;
  figure.prepend(box);
  if (!("keep" in figure.dataset)) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.className = "filters-head";
    summary.textContent = figure.querySelector("[role=region]").getAttribute("aria-label");
    details.append(summary, figure.querySelector("[role=region]"));
    figure.append(details);
  }
  const chart = init(box);
  chart.setOption(optionsOf(figure, points, size));
  new ResizeObserver(() => chart.resize()).observe(box);
}

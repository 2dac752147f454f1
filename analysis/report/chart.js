"use strict";
// What the charts of this page share: numbers in words, scales, axes and lines.
const Charts = (() => {
  const COLOURS = ["var(--blue)", "var(--orange)", "var(--green)", "var(--quiet)", "var(--text)"];
  const DASHES = ["", "6 3", "2 3", "9 3 2 3", "1 0"];

  const number = (value, digits) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const short = (value) => (Math.abs(value) >= 1e6 ? value.toExponential(0) : Math.abs(value) >= 1000 ? number(value, 0) : String(Number(value.toPrecision(3))));
  const present = (value) => value !== null && value !== undefined;

  function element(parent, name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  // A scale from values to pixels, even in the logarithm where asked.
  function scale(low, high, from, to, log) {
    const warp = log ? Math.log : (value) => value;
    const width = warp(high) - warp(low) || 1;
    return { there: (value) => from + ((warp(value) - warp(low)) / width) * (to - from), ...(log ? logTicks(low, high) : ticks(low, high)) };
  }

  function ticks(low, high) {
    const rough = (high - low) / 4 || 1;
    const base = 10 ** Math.floor(Math.log10(rough));
    const step = base * [1, 2, 5, 10].find((digit) => digit * base >= rough);
    const found = [];
    for (let n = Math.ceil(low / step); n * step <= high + step / 1e6; n += 1) found.push(n * step);
    const digits = Math.min(Math.max(-Math.floor(Math.log10(step) + 1e-9), 0), 12);
    return { ticks: found, write: (value) => (Math.abs(value) >= 1e6 ? value.toExponential(1) : number(value, digits)) };
  }

  function logTicks(low, high) {
    const decades = Math.log10(high / low);
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += Math.ceil(decades / 6)) {
      for (const digit of decades > 2 ? [1] : [1, 2, 5]) found.push(digit * 10 ** power);
    }
    return { ticks: found.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)), write: short };
  }

  // An empty chart with axes; its size in pixels is the room that it has.
  function chart(svg, height, x, y, names) {
    const width = Math.max(svg.parentElement.clientWidth, 240);
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const frame = { left: 48, right: width - 10, top: 22, bottom: height - 38 };
    frame.x = scale(x.low, x.high, frame.left, frame.right, x.log);
    frame.y = scale(y.low, y.high, frame.bottom, frame.top, false);
    for (const tick of frame.y.ticks) {
      const at = frame.y.there(tick);
      element(svg, "line", { class: "grid", x1: frame.left, x2: frame.right, y1: at, y2: at });
      element(svg, "text", { x: frame.left - 5, y: at + 4, "text-anchor": "end" }, frame.y.write(tick));
    }
    if (x.names) {
      const every = Math.ceil(x.names.length / Math.max(width / 80, 1));
      x.names.forEach((name, i) => i % every || element(svg, "text", { x: frame.x.there(i), y: frame.bottom + 16, "text-anchor": "middle" }, name));
    } else {
      for (const tick of frame.x.ticks) {
        const where = frame.x.there(tick);
        const atEdge = where > width - 28;
        element(svg, "text", { x: atEdge ? width : where, y: frame.bottom + 16, "text-anchor": atEdge ? "end" : "middle" }, frame.x.write(tick));
      }
    }
    element(svg, "line", { class: "axis", x1: frame.left, x2: frame.right, y1: frame.bottom, y2: frame.bottom });
    element(svg, "text", { x: frame.right, y: height - 6, "text-anchor": "end" }, names[0]);
    element(svg, "text", { x: 2, y: 12 }, names[1]);
    return frame;
  }

  // Points as one path, with gaps where a value is missing.
  function path(xs, ys, frame) {
    let pen = "M";
    return xs.map((x, i) => {
      if (!present(ys[i])) { pen = "M"; return ""; }
      const step = `${pen}${frame.x.there(x).toFixed(1)} ${frame.y.there(ys[i]).toFixed(1)}`;
      pen = "L";
      return step;
    }).join("");
  }

  // Counts of solved networks and stuck ones on bins, one upon the other; of one kind where it is not known which.
  function histogram(svg, { edges, log, solved, stuck }, unit, isKnown) {
    const most = Math.max(...solved.map((count, bin) => count + stuck[bin]), 1);
    const frame = chart(svg, 220, { low: edges[0], high: edges[edges.length - 1], log }, { low: 0, high: most }, [`${isKnown ? "total " : ""}loss (${unit})`, "networks"]);
    solved.forEach((count, bin) => {
      const left = frame.x.there(edges[bin]);
      const width = Math.max(frame.x.there(edges[bin + 1]) - left - 1, 0.5);
      const bar = (kind, from, to) => element(svg, "rect", { class: kind, x: left, width, y: frame.y.there(to), height: frame.y.there(from) - frame.y.there(to) });
      if (count) bar("solved", 0, count);
      if (stuck[bin]) bar(isKnown ? "stuck" : "solved", count, count + stuck[bin]);
    });
    if (isKnown) legend(svg, frame, [["solved", "solved"], ["stuck", "stuck"]]);
  }

  // Vertical lines where rules predict a spread between two others, with their names.
  function rules(svg, frame, predictions, low, high) {
    const shown = Object.entries(predictions).filter(([, value]) => value >= low && value <= high);
    const lowest = Math.min(...shown.map(([, value]) => value));
    for (const [rule, value] of shown) {
      const where = frame.x.there(value);
      const left = value === lowest || where > frame.right - 60;
      element(svg, "line", { class: "rule", x1: where, x2: where, y1: frame.top, y2: frame.bottom });
      element(svg, "text", { x: where + (left ? -4 : 4), y: frame.top + 12, "text-anchor": left ? "end" : "start" }, `${rule} ${short(value)}`);
    }
  }

  // What classes of marks mean, above a chart at the right.
  function legend(svg, frame, entries) {
    entries.forEach(([kind, words], i) => {
      const left = frame.right - 130 + 70 * (i - entries.length + 2);
      element(svg, "rect", { class: kind, x: left, y: 3, width: 10, height: 10 });
      element(svg, "text", { x: left + 14, y: 12 }, words);
    });
  }

  // A mean with its band of one standard error to either side, where both are known.
  function curve(svg, frame, kind, xs, means, errors) {
    const kept = xs.map((_, i) => i).filter((i) => Number.isFinite(means[i]) && present(means[i]));
    const corner = (i, side) => `${frame.x.there(xs[i]).toFixed(1)},${frame.y.there(means[i] + side * (errors[i] || 0)).toFixed(1)}`;
    const points = [...kept.map((i) => corner(i, 1)), ...kept.reverse().map((i) => corner(i, -1))];
    element(svg, "polygon", { class: `band ${kind}`, points: points.join(" ") });
    element(svg, "path", { class: `mean ${kind}`, d: path(xs, means.map((one) => (Number.isFinite(one) ? one : null)), frame) });
  }

  return { COLOURS, DASHES, number, short, present, element, chart, path, histogram, rules, legend, curve };
})();

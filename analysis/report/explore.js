"use strict";
// Shows one swept value at a time: its mean on the curve, the histogram of its total losses, sample traces.
(() => {
  const { COLOURS, DASHES, number, short, present, element, chart, path, histogram, rules } = Charts;
  const data = JSON.parse(document.getElementById("explore-data").textContent);
  const part = document.getElementById("explore-part");
  const slider = part.querySelector("input");
  const output = part.querySelector("output");
  const last = data.names.length - 1;
  const loss = data.solved ? "total loss" : "loss"; // what a function of the user's own returns is no total

  const at = (i) => (data.values ? data.values[i] : i);
  const xs = data.names.map((name, i) => at(i));
  let curve;

  function drawCurve() {
    const svg = part.querySelector(".curve");
    const error = (i) => data.standard_error[i] || 0;
    const kept = xs.map((x, i) => i).filter((i) => present(data.mean[i]));
    const low = Math.min(...kept.map((i) => data.mean[i] - error(i)));
    const high = Math.max(...kept.map((i) => data.mean[i] + error(i)));
    const room = data.values ? 0 : 0.5;
    const x = { low: xs[0] - room, high: xs[last] + room, log: data.log, names: data.values ? null : data.names };
    curve = chart(svg, 260, x, { low: low > 0 && low < high / 3 ? 0 : low, high }, [data.field, `mean ${loss} (${data.unit})`]);
    // A swept value without a mean is a gap in a curve; names have no order that a curve could follow.
    for (const i of kept) {
      const x = curve.x.there(xs[i]);
      const [y1, y2] = [data.mean[i] + error(i), data.mean[i] - error(i)].map(curve.y.there);
      const next = data.values && present(data.mean[i + 1]) && i < last;
      if (next) {
        const [y3, y4] = [data.mean[i + 1] - error(i + 1), data.mean[i + 1] + error(i + 1)].map(curve.y.there);
        const x2 = curve.x.there(xs[i + 1]);
        element(svg, "polygon", { class: "band", points: `${x},${y1} ${x},${y2} ${x2},${y3} ${x2},${y4}` });
      }
      if (!data.values || data.names.length <= 40) element(svg, "line", { class: "mean", x1: x, x2: x, y1, y2 });
      if (!data.values) element(svg, "circle", { class: "solved", cx: x, cy: curve.y.there(data.mean[i]), r: 3.5 });
    }
    if (data.values) element(svg, "path", { class: "mean", d: path(xs, data.mean, curve) });
    if (data.values) rules(svg, curve, data.predictions, xs[0], xs[last]);
    curve.pointed = element(svg, "line", { class: "pointed", x1: -9, x2: -9, y1: curve.top, y2: curve.bottom });
    curve.picked = element(svg, "line", { class: "picked", y1: curve.top, y2: curve.bottom });
    curve.dot = element(svg, "circle", { class: "solved", r: 5 });
    curve.words = element(svg, "text", { class: "strong", y: 12, x: curve.right, "text-anchor": "end" }, "");
  }

  function drawHistogram(i) {
    const { edges, log, solved, stuck } = data.histogram;
    histogram(part.querySelector(".histogram"), { edges, log, solved: solved[i], stuck: stuck[i] }, data.unit, data.solved);
  }

  function drawTraces(i) {
    const { points, epochs, loss } = data.traces;
    const box = part.querySelector(".traces-part");
    box.hidden = !points.length;
    if (!points.length) return;
    const distance = (place) => Math.abs(points[place] - i);
    const place = points.map((point, n) => n).reduce((best, n) => (distance(n) < distance(best) ? n : best));
    box.querySelector("h3").textContent = `Loss by epoch, ${loss[place].length} networks at ${data.names[points[place]]}`;
    const kept = loss[place].flat().filter(present);
    const steps = epochs[place];
    const frame = chart(part.querySelector(".traces"), 220, { low: 0, high: steps[steps.length - 1] },
      { low: 0, high: Math.max(...kept, 1e-9) }, ["epoch", data.loss_name]);
    loss[place].forEach((ys, n) => {
      const look = `stroke:${COLOURS[n % 5]};stroke-dasharray:${DASHES[n % 5]}`;
      element(part.querySelector(".traces"), "path", { class: "trace", style: look, d: path(steps, ys, frame) });
    });
  }

  const describeMean = (i) => present(data.mean[i])
    ? number(data.mean[i], data.digits) + (present(data.standard_error[i]) ? ` ± ${number(data.standard_error[i], data.digits)}` : "")
    : "no mean";

  function describe(i) {
    const solved = data.solved && present(data.solved[i]) ? `, solved ${number(100 * data.solved[i], 1)} %` : "";
    const accuracy = data.accuracy && present(data.accuracy[i]) ? `, accuracy ${number(100 * data.accuracy[i], 1)} %` : "";
    const diverged = data.diverged[i] ? `, ${number(data.diverged[i], 0)} diverged` : "";
    return `${data.field} = ${data.names[i]}: mean ${loss} ${describeMean(i)} (standard error)${solved}${accuracy}, n = ${number(data.count[i], 0)}${diverged}`;
  }

  function pick(i, share) {
    slider.value = i;
    slider.setAttribute("aria-valuetext", describe(i));
    output.textContent = describe(i);
    const x = curve.x.there(at(i));
    curve.picked.setAttribute("x1", x);
    curve.picked.setAttribute("x2", x);
    curve.dot.setAttribute("cx", x);
    curve.dot.setAttribute("cy", present(data.mean[i]) ? curve.y.there(data.mean[i]) : -99);
    drawHistogram(i);
    drawTraces(i);
    if (share) {
      try { history.replaceState(null, "", `#at=${encodeURIComponent(data.values ? data.values[i] : data.names[i])}`); } catch { /* no address to share */ }
    }
  }

  // The swept value nearest to a place on the curve.
  function nearest(event) {
    const box = part.querySelector(".curve").getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * Math.max(box.width, 240);
    return xs.map((value, i) => i).reduce((best, i) => Math.abs(curve.x.there(xs[i]) - x) < Math.abs(curve.x.there(xs[best]) - x) ? i : best);
  }

  function point(event) {
    const i = nearest(event);
    const x = curve.x.there(at(i));
    curve.pointed.setAttribute("x1", x);
    curve.pointed.setAttribute("x2", x);
    curve.words.textContent = `${data.names[i]}: ${describeMean(i)}`;
  }

  // #at=0.7 picks the swept value nearest to 0.7, or the one of that name.
  function fromAddress() {
    const text = new URLSearchParams(location.hash.slice(1)).get("at");
    if (!text) return null;
    if (!data.values) return data.names.includes(text) ? data.names.indexOf(text) : null;
    const value = Number(text);
    if (!Number.isFinite(value)) return null;
    const warp = data.log && value > 0 ? Math.log : (number) => number;
    return xs.map((x, i) => i).reduce((best, i) => Math.abs(warp(xs[i]) - warp(value)) < Math.abs(warp(xs[best]) - warp(value)) ? i : best);
  }

  function start() {
    part.hidden = false;
    slider.max = last;
    drawCurve();
    pick(fromAddress() ?? data.best, false);
    const svg = part.querySelector(".curve");
    slider.addEventListener("input", () => pick(Number(slider.value), true));
    svg.addEventListener("click", (event) => pick(nearest(event), true));
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerleave", () => { curve.words.textContent = ""; curve.pointed.setAttribute("x1", -9); curve.pointed.setAttribute("x2", -9); });
    addEventListener("hashchange", () => pick(fromAddress() ?? Number(slider.value), false));
    addEventListener("resize", () => { drawCurve(); pick(Number(slider.value), false); });
  }
  start();
})();

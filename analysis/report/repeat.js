"use strict";
// Trains all spreads until a curve of this browser's own stands beside the study's: pooled, or where draws have no density
// that all spreads share, the mean of every spread's own trainings.
const RepeatStudy = (() => {
  const { number, short, chart, curve, rules, legend } = Charts;
  const { part, field, read, settings, run, progress, share, isAsStudied } = Trainer;
  const STEPS = 100;
  let job = null;
  let running = null;

  const spaced = (low, high, n) => Array.from({ length: n }, (_, i) => low * (high / low) ** (i / (n - 1)));
  const study = () => (job && isAsStudied(job.settings) ? Trainer.model.study : null);

  // Both curves on one chart; beyond the highest mean with a small error the chart would show noise alone.
  function drawChart() {
    const { model } = Trainer;
    const xs = model.draw ? spaced(model.low, model.high, STEPS + 1) : job.spreads;
    const found = model.draw ? job.pool(model.draw).mean(xs) : ownMeans();
    const theirs = study()?.curve;
    const heights = [...found.mean.map((mean, i) => mean + found.standardError[i]), ...(theirs?.mean ?? [])].filter((one) => Number.isFinite(one));
    const depths = [...found.mean.map((mean, i) => mean - found.standardError[i]), ...(theirs?.mean ?? [])].filter((one) => Number.isFinite(one) && one);
    const [low, high] = [Math.min(...depths), Math.max(...heights)];
    const svg = part.querySelector(".repeated");
    const frame = chart(svg, 280, { low: model.low, high: model.high, log: true }, { low: low < high / 3 ? 0 : low, high }, [model.field, `mean total loss (${model.unit})`]);
    if (theirs) curve(svg, frame, "theirs", theirs.values, theirs.mean, theirs.standardError);
    curve(svg, frame, "here", xs, found.mean, found.standardError);
    rules(svg, frame, model.predictions, model.low, model.high);
    legend(svg, frame, theirs ? [["solved", "study"], ["stuck", "here"]] : [["stuck", "here"]]);
  }

  const interval = ({ estimate, low, high }, digits) => `${digits(estimate)} (95 % interval ${digits(low)} to ${digits(high)})`;
  const three = (value) => String(Number(value.toPrecision(3)));
  const logs = ({ estimate, low, high }) => ({ estimate: Math.log(estimate), low: Math.log(low), high: Math.log(high) });

  // How far two estimates lie apart, in standard errors, which their intervals tell.
  function apart(one, other) {
    const error = ({ low, high }) => (high - low) / (2 * Minimum.INSIDE);
    return Math.abs(one.estimate - other.estimate) / Math.hypot(error(one), error(other));
  }

  // The mean of each spread's own trainings.
  function ownMeans() {
    const all = job.spreads.map((_, place) => job.summary(place));
    return { mean: all.map((one) => one.mean), standardError: all.map((one) => one.error) };
  }

  function describeOwn({ mean, standardError }) {
    const best = mean.reduce((least, one, i) => (one < mean[least] || !Number.isFinite(mean[least]) ? i : least), 0);
    return `The lowest of these means is that of a spread of ${three(job.spreads[best])}: ${number(mean[best], 2)} ± ${number(standardError[best], 2)} (standard error). Each is of its spread's own trainings: ${Trainer.model.distribution} draws of one spread are not possible at another, so they are not pooled, and the lowest of them is by chance lower than its true mean.`;
  }

  function describe(found) {
    const own = [`Lowest at a spread of ${interval(found.spread, three)}: a mean total loss of ${interval(found.lowest, (value) => number(value, 2))}.`];
    for (const [rule, value] of Object.entries(Trainer.model.predictions)) {
      const side = value < found.spread.low ? "below" : value > found.spread.high ? "above" : "inside";
      own.push(`${rule}'s prediction, ${short(value)}, lies ${side} this interval.`);
    }
    const theirs = study()?.minimum;
    if (!theirs) return own.join(" ");
    const places = apart(logs(found.spread), logs(theirs.spread));
    const means = apart(found.lowest, theirs.mean);
    const said = places < Minimum.INSIDE ? "Both agree" : "They differ by more than chance does in 19 of 20 pairs";
    return `${own.join(" ")} The study found ${interval(theirs.spread, three)}. ${said}: the places lie ${number(places, 1)} standard errors apart, the lowest means ${number(means, 1)}.`;
  }

  function draw(isOver) {
    if (!job) return;
    field("repeat-running").textContent = progress(job);
    field("repeat-stop").textContent = isOver && !job.isDone ? "Continue" : "Stop";
    field("repeat-stop").disabled = job.isDone;
    if (job.given.some((n) => n < 2) || job.done < 2 * job.spreads.length) return;
    drawChart();
    if (isOver) field("repeat-said").textContent = said();
  }

  function said() {
    const { draw: drawn, low, high } = Trainer.model;
    return drawn ? describe(Minimum.find(job.pool(drawn), low, high)) : describeOwn(ownMeans());
  }

  const over = (isOver) => {
    draw(isOver);
    if (isOver) running = null;
  };

  function go() {
    const numbers = read(["repeat-spreads", "repeat-repeats"]);
    const typed = settings();
    if (!numbers || !typed) return;
    running?.stop();
    job = new Job(spaced(Trainer.model.low, Trainer.model.high, numbers[0]), numbers[1], typed);
    field("repeat-said").textContent = "";
    share({ repeat: numbers.join("x") }, typed);
    running = run(job, over);
  }

  // #repeat=40x48&seed=1 trains 48 networks at each of 40 spreads.
  function asked(given) {
    const numbers = /^(\d+)x(\d+)$/.exec(given.get("repeat"));
    if (!numbers) return;
    [field("repeat-spreads").value, field("repeat-repeats").value] = numbers.slice(1);
    go();
  }

  function forget(model) {
    running?.stop();
    job = running = null;
    for (const name of ["repeat-running", "repeat-said"]) field(name).textContent = "";
    part.querySelector(".repeated").replaceChildren();
    field("repeat-stop").disabled = true;
  }

  function start() {
    Trainer.onChoice(forget);
    field("repeat-go").addEventListener("click", go);
    field("repeat-stop").addEventListener("click", () => {
      if (running) running.stop();
      else running = run(job, over);
    });
    addEventListener("resize", () => job?.done && draw(running === null));
  }

  return { start, asked, get job() { return job; } };
})();

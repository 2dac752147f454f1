"use strict";
// Trains networks of one spread: the histogram of their losses as they come in, beside what the study found there.
const TrainHere = (() => {
  const { number, histogram } = Charts;
  const { part, field, read, settings, run, progress, share, isAsStudied } = Trainer;
  const [slider, spread, networks, seed] = ["train-slider", "train-spread", "train-networks", "train-seed"].map(field);
  const BINS = 40;
  let job = null;
  let running = null;

  const ends = () => [Trainer.model.low, Trainer.model.high].map(Math.log);

  function showSpread(value) {
    const [low, high] = ends();
    spread.value = value;
    slider.value = Math.round((1000 * (Math.log(value) - low)) / (high - low));
    slider.setAttribute("aria-valuetext", String(value));
  }

  function slide() {
    const [low, high] = ends();
    showSpread(Number(Math.exp(low + (slider.value / 1000) * (high - low)).toPrecision(3)));
    spread.dispatchEvent(new Event("change"));
  }

  // The study's pooled mean and its standard error at a spread, between those that are embedded; null beyond them.
  function studied(value) {
    const curve = Trainer.model.study?.curve;
    if (!curve || value < curve.values[0] || value > curve.values[curve.values.length - 1]) return null;
    const right = Math.max(curve.values.findIndex((one) => one >= value), 1);
    const [from, to] = [curve.values[right - 1], curve.values[right]].map(Math.log);
    const part = (Math.log(value) - from) / (to - from);
    const between = (of) => of[right - 1] + part * (of[right] - of[right - 1]);
    if ([curve.mean, curve.standardError].some((of) => of[right - 1] === null || of[right] === null)) return null;
    return { mean: between(curve.mean), error: between(curve.standardError) };
  }

  function beside(found) {
    const study = isAsStudied(job.settings) ? studied(job.spreads[0]) : null;
    if (!study) return "";
    const errors = Math.abs(found.mean - study.mean) / Math.hypot(found.error, study.error);
    const away = Number.isFinite(errors) ? `, ${number(errors, 1)} standard errors away` : "";
    return ` The study's mean there is ${number(study.mean, 2)} ± ${number(study.error, 2)}${away}.`;
  }

  function describe() {
    const found = job.summary();
    const diverged = found.diverged ? `, ${number(found.diverged, 0)} diverged` : "";
    const error = Number.isFinite(found.error) ? ` ± ${number(found.error, 2)} (standard error)` : "";
    const mean = Number.isFinite(found.mean) ? `mean total loss ${number(found.mean, 2)}${error}` : "no mean";
    return `Spread ${job.spreads[0]}, seed ${job.settings.seed}: ${mean}, solved ${number(100 * found.solved, 1)} %, n = ${number(found.n, 0)}${diverged}.${beside(found)}`;
  }

  function drawHistogram() {
    const kept = Array.from(job.losses, (loss, i) => i).filter((i) => Number.isFinite(job.losses[i]));
    const most = kept.reduce((top, i) => Math.max(top, job.losses[i]), 1e-9);
    const edges = Array.from({ length: BINS + 1 }, (_, i) => (i / BINS) * most);
    const [solved, stuck] = [1, 0].map((is) => {
      const counts = Array(BINS).fill(0);
      for (const i of kept) if (job.solved[i] === is) counts[Math.min(Math.floor((job.losses[i] / most) * BINS), BINS - 1)] += 1;
      return counts;
    });
    histogram(part.querySelector(".trained"), { edges, log: false, solved, stuck }, Trainer.model.unit, true);
  }

  function draw(isOver) {
    if (!job) return;
    field("train-running").textContent = progress(job);
    field("train-stop").textContent = isOver && !job.isDone ? "Continue" : "Stop";
    field("train-stop").disabled = job.isDone;
    if (isOver) running = null;
    if (!job.done) return;
    drawHistogram();
    if (isOver) field("train-said").textContent = describe();
  }

  function go() {
    const numbers = read(["train-spread", "train-networks"]);
    const typed = settings();
    if (!numbers || !typed) return;
    running?.stop();
    job = new Job([numbers[0]], numbers[1], typed);
    field("train-said").textContent = "";
    share({ at: numbers[0], train: numbers[1] }, typed);
    running = run(job, draw);
  }

  function stopOrGoOn() {
    if (running) running.stop();
    else running = run(job, draw);
  }

  // #at=0.6&train=1000&seed=1 trains so.
  function asked(given) {
    if (!given.has("train")) return;
    networks.value = given.get("train");
    if (given.has("at")) spread.value = given.get("at");
    if (spread.checkValidity()) showSpread(Number(spread.value));
    go();
  }

  function forget(model) {
    running?.stop();
    job = running = null;
    showSpread(model.at);
    for (const name of ["train-running", "train-said"]) field(name).textContent = "";
    part.querySelector(".trained").replaceChildren();
    field("train-stop").disabled = true;
  }

  function start() {
    Trainer.onChoice(forget);
    slider.addEventListener("input", slide);
    spread.addEventListener("change", () => spread.checkValidity() && showSpread(Number(spread.value)));
    field("train-go").addEventListener("click", go);
    field("train-stop").addEventListener("click", stopOrGoOn);
    field("train-new-seed").addEventListener("click", () => {
      seed.value = crypto.getRandomValues(new Uint32Array(1))[0];
      go();
    });
    addEventListener("resize", () => draw(running === null));
  }

  return { start, asked, studied, get job() { return job; } };
})();

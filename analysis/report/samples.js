"use strict";
// Four networks of the chosen spread, seen as they learn: their loss by epoch, and what they answer between two inputs.
const Samples = (() => {
  const { COLOURS, DASHES, number, chart, element, path } = Charts;
  const { part, field, read, settings } = Trainer;
  const [NETWORKS, STEPS, CELLS, PIXELS] = [4, 100, 24, 120];
  let kernel = null; // of the model that it was made for
  let shown = null;
  let timer = null;
  let first = 0; // the repeat that the first network is

  async function begin() {
    const numbers = read(["train-spread"]);
    const typed = settings();
    if (!numbers || !typed) return null;
    const { model } = Trainer;
    Trainer.use();
    if (kernel?.model !== model) kernel = { model, trains: await sweepKernel.instantiate(await sweepKernel.unpacked(model.modules), model.layout) };
    const starts = Draws.starts(model, typed.seed, numbers[0], first, NETWORKS);
    const rates = sweepKernel.learningRates({ ...model.layout.recipe, learning_rate: typed.rate, epochs: typed.epochs });
    kernel.trains.begin(starts.parameters, { keys: starts.keys });
    shown = { model, spread: numbers[0], seed: typed.seed, rates, epoch: 0, epochs: [], losses: Array.from({ length: NETWORKS }, () => []) };
    note(kernel.trains.trainPart(rates.slice(0, 0)));
    return shown;
  }

  function note(trained) {
    shown.epochs.push(shown.epoch);
    trained.finalLoss.forEach((loss, i) => shown.losses[i].push(Number.isFinite(loss) ? loss : null));
    shown.trained = trained;
    draw();
  }

  async function step() {
    if (!shown && !(await begin())) return false;
    const { rates, epoch } = shown;
    if (epoch >= rates.length) return false;
    const next = Math.min(epoch + Math.max(Math.round(rates.length / STEPS), 1), rates.length);
    shown.epoch = next;
    note(kernel.trains.trainPart(rates.slice(epoch, next)));
    return true;
  }

  function pause() {
    clearTimeout(timer);
    timer = null;
    field("sample-play").textContent = "Play";
    field("sample-said").setAttribute("aria-live", "polite");
  }

  function play() {
    if (timer !== null) return pause();
    field("sample-play").textContent = "Pause";
    field("sample-said").setAttribute("aria-live", "off");
    const go = async () => {
      const isGoing = await step();
      if (!isGoing) pause();
      else if (timer !== null) timer = setTimeout(go, 40);
    };
    timer = setTimeout(go, 0);
    return undefined;
  }

  function draw() {
    const { trained, epoch, epochs, losses, rates, model } = shown;
    const svg = part.querySelector(".sample-traces");
    const most = Math.max(...losses.flat().filter((one) => one !== null), 1e-9);
    const frame = chart(svg, 220, { low: 0, high: rates.length }, { low: 0, high: most }, ["epoch", model.lossName]);
    losses.forEach((ys, n) => element(svg, "path", { class: "trace", style: `stroke:${COLOURS[n]};stroke-dasharray:${DASHES[n]}`, d: path(epochs, ys, frame) }));
    const solved = Array.from(trained.solved).filter(Boolean).length;
    field("sample-said").textContent = `Repeats ${first} to ${first + NETWORKS - 1} of spread ${shown.spread}, seed ${shown.seed}, after ${number(epoch, 0)} of ${number(rates.length, 0)} epochs: ${solved} of ${NETWORKS} solved.`;
    if (model.layers[0].inputs === 2 && model.layers[model.layers.length - 1].outputs === 1) drawMaps();
  }

  // The range of an input with room around it.
  function range(inputs, place) {
    const column = inputs.filter((_, i) => i % 2 === place);
    const [low, high] = [Math.min(...column), Math.max(...column)];
    return [low - 0.25 * (high - low), high + 0.25 * (high - low)];
  }

  function drawMaps() {
    const { model, trained } = shown;
    const n = model.parameters;
    const style = getComputedStyle(part);
    const colours = ["--orange", "--back", "--blue"].map((name) => style.getPropertyValue(name));
    const box = field("sample-maps");
    while (box.children.length < NETWORKS) box.append(document.createElement("canvas"));
    [...box.children].forEach((canvas, i) => {
      const own = trained.parameters.subarray(i * n, (i + 1) * n);
      const state = trained.solved[i] ? "solved" : trained.diverged[i] ? "diverged" : "not solved";
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `What network ${i + 1} answers for every pair of inputs: ${state}`);
      canvas.style.borderColor = COLOURS[i];
      drawMap(canvas, model, own, colours);
    });
  }

  // Blue where the network answers 1, orange where 0; the rows as circles in the colour of their target.
  function drawMap(canvas, model, parameters, [zero, half, one]) {
    canvas.width = canvas.height = PIXELS;
    const { inputs, targets } = model.layout.constants;
    const ranges = [0, 1].map((place) => range(inputs, place));
    const ink = canvas.getContext("2d");
    const [at, side] = [(share, place) => ranges[place][0] + share * (ranges[place][1] - ranges[place][0]), PIXELS / CELLS];
    for (let x = 0; x < CELLS; x += 1) {
      for (let y = 0; y < CELLS; y += 1) {
        const [answer] = Network.answer(model, parameters, [at((x + 0.5) / CELLS, 0), at((y + 0.5) / CELLS, 1)]);
        for (const [colour, alpha] of [[half, 1], [answer > 0.5 ? one : zero, Math.min(Math.abs(answer - 0.5) * 1.6, 0.8) || 0]]) {
          Object.assign(ink, { fillStyle: colour, globalAlpha: alpha });
          ink.fillRect(x * side, PIXELS - (y + 1) * side, side, side);
        }
      }
    }
    ink.globalAlpha = 1;
    targets.forEach((target, row) => {
      const [x, y] = [0, 1].map((place) => (inputs[2 * row + place] - ranges[place][0]) / (ranges[place][1] - ranges[place][0]));
      Object.assign(ink, { fillStyle: target > 0.5 ? one : zero, strokeStyle: half, lineWidth: 2 });
      ink.beginPath();
      ink.arc(x * PIXELS, (1 - y) * PIXELS, 5, 0, 2 * Math.PI);
      ink.fill();
      ink.stroke();
    });
  }

  function forget() {
    pause();
    [shown, first] = [null, 0];
    field("sample-said").textContent = "";
    part.querySelector(".sample-traces").replaceChildren();
    field("sample-maps").replaceChildren();
  }

  function start() {
    Trainer.onChoice(forget);
    const does = {
      "sample-step": () => { pause(); step(); },
      "sample-play": play,
      "sample-rewind": () => { pause(); begin(); },
      "sample-new": () => { pause(); first += NETWORKS; begin(); },
    };
    for (const name in does) field(name).addEventListener("click", does[name]);
    for (const name of ["train-spread", "train-seed", "train-epochs", "train-rate"]) {
      field(name).addEventListener("change", () => { if (shown) { pause(); begin(); } });
    }
    addEventListener("resize", () => shown && draw());
  }

  return { start, get shown() { return shown; } };
})();

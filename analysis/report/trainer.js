"use strict";
// What all that trains on this page shares: the recipe, its numbers, and the workers.
const Trainer = (() => {
  const part = document.getElementById("train-part");
  const recipes = JSON.parse(document.getElementById("train-data").textContent);
  const field = (name) => document.getElementById(name);
  const listeners = [];
  let model = recipes[0];
  let current = null; // what stops the job that is trained
  let team = null;
  let isUsed = false; // whether anything was trained

  // WebAssembly.validate of a function that uses a vector, `v128.const` and `drop`.
  const VECTORS = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12, ...Array(16).fill(0), 26, 11];

  // Why nothing can be trained in this browser, as a sentence; empty where it can.
  function reason() {
    if (typeof WebAssembly !== "object") return "This browser has no WebAssembly, so nothing can be trained here; the rest of the page is whole.";
    if (typeof Worker !== "function") return "This browser has no workers, so nothing can be trained here; the rest of the page is whole.";
    if (!WebAssembly.validate(Uint8Array.from(VECTORS))) return "This browser's WebAssembly has no vectors (SIMD), so nothing can be trained here; the rest of the page is whole.";
    if (typeof DecompressionStream !== "function") return "This browser cannot unpack what trains (DecompressionStream), so nothing can be trained here; the rest of the page is whole.";
    return "";
  }

  // The numbers in fields; null, and the browser says which, where one is not allowed.
  function read(names) {
    const inputs = names.map(field);
    const wrong = inputs.find((input) => !input.checkValidity());
    if (!wrong) return inputs.map((input) => Number(input.value));
    wrong.reportValidity();
    return null;
  }

  // Seed, epochs and learning rate as typed.
  function settings() {
    const numbers = read(["train-seed", "train-epochs", "train-rate"]);
    return numbers && { seed: numbers[0], epochs: numbers[1], rate: numbers[2] };
  }

  const isAsStudied = ({ epochs, rate }) => epochs === model.layout.recipe.epochs && rate === model.layout.recipe.learning_rate;

  // One for every core, at most eight; #workers=2 in the address that opens the page asks for two.
  const asked = Number(new URLSearchParams(location.hash.slice(1)).get("workers"));
  const most = Number.isInteger(asked) && asked > 0 ? asked : navigator.hardwareConcurrency || 2;

  function workers() {
    team ??= new Team(model, Math.min(most, 8));
    return team;
  }

  function choose(place) {
    team?.dismiss();
    [model, team] = [recipes[place], null];
    field("train-epochs").value = model.layout.recipe.epochs;
    field("train-rate").value = model.layout.recipe.learning_rate;
    listeners.forEach((listener) => listener(model));
  }

  // Train a job, and call `draw` as it goes and at the end. One job is trained at a time: another one stops this.
  function run(job, draw) {
    current?.stop();
    let timer = null;
    const stop = () => {
      if (current === own) {
        current = null;
        team?.stop();
      }
      clearTimeout(timer);
      if (!job.isDone) job.pause();
      draw(true);
    };
    const look = () => {
      if (job.isDone) return stop();
      const from = performance.now();
      draw(false);
      timer = setTimeout(look, Math.max(200, 4 * (performance.now() - from))); // what is long to draw is drawn less often
      return undefined;
    };
    const own = { stop };
    [current, isUsed] = [own, true];
    job.run();
    try {
      workers().start(job);
    } catch (error) { // a browser may forbid workers to a page from a disk
      job.fail(error.message);
    }
    draw(false);
    timer = setTimeout(look, 200);
    return own;
  }

  // An address that repeats what is trained.
  function share(asked, { seed, epochs, rate }) {
    const recipe = model === recipes[0] ? {} : { recipe: model.name };
    const others = isAsStudied({ epochs, rate }) ? {} : { epochs, rate };
    try { history.replaceState(null, "", `#${new URLSearchParams({ ...recipe, ...asked, seed, ...others })}`); } catch { /* no address to share */ }
  }

  // What an address asks for, with the recipe and the numbers put in their places.
  function fromAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    const place = recipes.findIndex((one) => one.name === given.get("recipe"));
    if (place >= 0 && recipes[place] !== model) {
      field("train-recipe").selectedIndex = place;
      choose(place);
    }
    for (const name of ["seed", "epochs", "rate"]) if (given.has(name)) field(`train-${name}`).value = given.get(name);
    return given;
  }

  // "12 of 100 networks, 34 a second by 2 workers", and what else is to be known of a job.
  function progress(job) {
    const { number } = Charts;
    const replaced = workers().replaced ? `; ${workers().replaced} replaced` : "";
    const failed = job.failed === null ? "" : ` It cannot go on: ${job.failed}.`;
    return `${number(job.done, 0)} of ${number(job.total, 0)} networks, ${number(job.perSecond, 0)} trainings a second by ${workers().size} worker${workers().size > 1 ? "s" : ""}${replaced}.${failed}`;
  }

  return {
    part, recipes, field, read, settings, isAsStudied, workers, choose, run, share, fromAddress, progress, reason,
    get model() { return model; },
    get isUsed() { return isUsed; },
    use() { isUsed = true; },
    onChoice: (listener) => listeners.push(listener),
  };
})();

"use strict";
// Trains some of the study's own starts again and compares the losses with those that it recorded.
const StoredAgain = (() => {
  const { field, run } = Trainer;
  const SAME = 1e-9;

  // A job like those of `Job`, of starts that are given.
  class Starts {
    constructor(stored, recipe) {
      Object.assign(this, { stored, recipe, losses: stored.map(() => null), done: 0, failed: null, isGiven: false });
    }

    next() {
      if (this.isGiven) return null;
      this.isGiven = true;
      const keys = this.stored.map(({ key }) => BigInt(key));
      const parameters = this.stored.flatMap((one) => one.parameters);
      return { starts: { parameters, keys }, count: this.stored.length, epochs: this.recipe.epochs, rate: this.recipe.learning_rate };
    }

    take(ask, { loss }) {
      this.losses = Array.from(loss);
      this.done = loss.length;
    }

    fail(reason) { this.failed = reason; }
    run() {}
    pause() {}
    get left() { return this.isGiven ? 0 : this.stored.length; }
    get isDone() { return this.done > 0 || this.failed !== null; }
  }

  const isSame = (here, recorded) => (recorded === null ? !Number.isFinite(here) : Math.abs(here - recorded) <= SAME * Math.abs(recorded));
  const written = (loss) => (Number.isFinite(loss) ? String(loss) : "diverged");

  function show(job) {
    const body = field("stored-table").tBodies[0];
    body.replaceChildren();
    job.stored.forEach((one, i) => {
      const row = body.insertRow();
      for (const text of [one.spread, one.repeat, written(one.loss ?? NaN), written(job.losses[i])]) row.insertCell().textContent = text;
    });
    field("stored-table").hidden = false;
    const same = job.stored.filter((one, i) => isSame(job.losses[i], one.loss)).length;
    const all = `${same} of ${job.stored.length} losses are the recorded ones to a part in 10⁹`;
    field("stored-said").textContent = same === job.stored.length ? `${all}: they agree.` : `${all}; the others are not.`;
  }

  function go() {
    const job = new Starts(Trainer.model.stored, Trainer.model.layout.recipe);
    run(job, (isOver) => {
      if (job.failed !== null) field("stored-said").textContent = `They cannot be trained: ${job.failed}.`;
      else if (isOver && job.done) show(job);
    });
  }

  function start() {
    Trainer.onChoice((model) => { field("stored-part").hidden = !model.stored?.length; });
    field("stored-go").addEventListener("click", go);
  }

  return { start };
})();

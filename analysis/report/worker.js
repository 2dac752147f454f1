"use strict";
// What a worker does: draws the starts that it is asked for, trains them, and says what became of them.
function serveTrainings() {
  let kernel;
  let model;
  const rates = new Map();

  function learningRates(epochs, rate) {
    const name = `${epochs} ${rate}`;
    if (!rates.has(name)) {
      rates.clear();
      rates.set(name, sweepKernel.learningRates({ ...model.layout.recipe, learning_rate: rate, epochs }));
    }
    return rates.get(name);
  }

  async function answer({ data }) {
    if (data.model) {
      model = data.model;
      kernel = sweepKernel.unpacked(model.modules).then((bytes) => sweepKernel.instantiate(bytes, model.layout));
      await kernel;
      return;
    }
    const starts = data.starts ?? Draws.starts(model, data.seed, data.spread, data.first, data.count);
    const options = { epochs: data.epochs, learningRates: learningRates(data.epochs, data.rate), keys: starts.keys };
    const trained = (await kernel).trainBatch(Float64Array.from(starts.parameters), options);
    postMessage({ lengths: starts.lengths, loss: trained.loss, solved: trained.solved, diverged: trained.diverged });
  }

  // What a promise throws the page would not hear of.
  onmessage = (event) => answer(event).catch((error) => setTimeout(() => { throw error; }));
}

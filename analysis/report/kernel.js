"use strict";
// Trains networks with a module of sweep/kernel/wasm.py, whose `wasm_layout` says where everything lies.
// Works in a page, in a worker, and in node by require().
const sweepKernel = (() => {
  const NEVER = -1;

  // A module whose function has three numbers of `v128.const`, `f64x2.relaxed_madd` and `drop`.
  const NUMBER = [253, 12, ...Array(16).fill(0)];
  const FUSED = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 62, 1, 60, 0, ...NUMBER, ...NUMBER, ...NUMBER, 253, 135, 2, 26, 11];

  // Whether this engine has the operations that are a product and a sum at once.
  const fuses = () => WebAssembly.validate(Uint8Array.from(FUSED));

  // The bytes of that one of a model's modules which this engine takes; both are packed (zlib) and written as base64.
  async function unpacked(modules) {
    const packed = Uint8Array.from(atob(modules[fuses() ? "fused" : "plain"]), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  }

  // The learning rate of every epoch, as sweep/recipe/schedule.py has it.
  function learningRates({ learning_rate, schedule = "constant", epochs }) {
    const factor = {
      constant: () => 1,
      linear: (done) => 1 - done,
      cosine: (done) => (1 + Math.cos(Math.PI * done)) / 2,
      inverse_time: (done) => 1 / (1 + 9 * done),
    }[schedule];
    return Float64Array.from({ length: epochs }, (_, epoch) => learning_rate * factor(epoch / epochs));
  }

  // The loss of a row, of its outputs and the targets from a place on, as sweep/recipe/objective.py has it.
  function rowLoss({ loss, output }, clip, outputs, targets, place) {
    let sum = 0;
    let total = 0;
    let top = -Infinity;
    const isSoftmax = output === "softmax";
    if (isSoftmax) {
      for (const one of outputs) top = Math.max(top, one);
      for (const one of outputs) total += Math.exp(one - top);
    }
    for (let k = 0; k < outputs.length; k += 1) {
      const one = outputs[k];
      const target = targets[place + k];
      if (loss === "cross_entropy") sum -= (one - top) * target;
      else if (loss === "mse") sum += ((isSoftmax ? Math.exp(one - top) / total : one) - target) ** 2;
      else {
        const p = Math.min(1 - clip, Math.max(clip, one));
        sum -= Math.log(target > 0.5 ? p : 1 - p);
      }
    }
    return loss === "cross_entropy" ? Math.log(total) + sum : sum / outputs.length;
  }

  function isRight({ output }, outputs, targets, place) {
    if (output === "identity") return false;
    let own = -Infinity;
    let others = -Infinity;
    for (let k = 0; k < outputs.length; k += 1) {
      const target = targets[place + k];
      if (output === "sigmoid" && !((outputs[k] - 0.5) * (2 * target - 1) > 0)) return false;
      if (target > 0.5) own = Math.max(own, outputs[k]);
      else others = Math.max(others, outputs[k]);
    }
    return output === "sigmoid" || own > others;
  }

  class Kernel {
    // One training at a time: `begin` ends the one before. For more of them, make more kernels of one module.
    constructor(module, layout) {
      this.module = module;
      this.layout = layout;
      this.memory = new WebAssembly.Memory({ initial: 1 });
    }

    async start() {
      const instance = await WebAssembly.instantiate(this.module, { env: { memory: this.memory } });
      this.train = instance.exports.train;
      return this;
    }

    // Begin the training of networks from parameters (networks, n_parameters), a Float64Array or an array of numbers.
    // `keys` decide the order of the rows, one BigInt a network, where the recipe has batches; all 0 if left out.
    begin(parameters, { keys } = {}) {
      const { lanes, n_parameters, batch, shared, constants, first_state, places } = this.layout;
      const n = parameters.length / n_parameters;
      if (!Number.isInteger(n)) throw new RangeError(`parameters were given as ${parameters.length} numbers; allowed is a multiple of ${n_parameters}`);
      if (keys && keys.length !== n) throw new RangeError(`keys were given for ${keys.length} networks; there are ${n}`);
      const batches = Math.ceil(n / lanes);
      const missing = batch.offset + batches * batch.size - this.memory.buffer.byteLength;
      if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
      new Uint8Array(this.memory.buffer).fill(0);
      for (const name in constants) this.numbers(shared[name].offset, shared[name].size).set(constants[name]);
      Object.assign(this, { n, batches, epoch: 0, solvedEpoch: new Float64Array(n).fill(Infinity) });
      for (let network = 0; network < batches * lanes; network += 1) {
        const put = (name, place, value) => (this.array(name, network)[place * lanes + (network % lanes)] = value);
        put("scores", places.significand, 1);
        first_state.forEach((value, place) => put("state", place, value));
        if (network >= n) continue;
        for (let place = 0; place < n_parameters; place += 1) put("parameters", place, parameters[network * n_parameters + place]);
        if (keys) new BigUint64Array(this.memory.buffer, this.place("keys", network), lanes)[network % lanes] = BigInt(keys[network]);
      }
    }

    // Go on for as many epochs as learning rates are given. What it returns is that of the whole training so far;
    // `finalLoss` is the mean loss at the present parameters, so that which the next epoch adds to `loss`.
    trainPart(rates) {
      const { epochs_at_once, shared } = this.layout;
      for (let first = 0; first < rates.length; first += epochs_at_once) {
        const steps = rates.slice(first, first + epochs_at_once);
        this.numbers(shared.steps.offset, 8 * steps.length).set(steps);
        this.call(steps.length);
      }
      if (!rates.length) this.call(0);
      return this.judge();
    }

    // Train networks from start to end. `learningRates` is a number, or one for every epoch; those of the recipe if left out.
    trainBatch(parameters, { epochs, learningRates: given, keys } = {}) {
      const recipe = { ...this.layout.recipe };
      if (epochs !== undefined) recipe.epochs = epochs;
      else if (typeof given === "object") recipe.epochs = given.length;
      if (typeof given === "number") Object.assign(recipe, { learning_rate: given, schedule: "constant" });
      const rates = typeof given === "object" ? given : learningRates(recipe);
      if (rates.length !== recipe.epochs) throw new RangeError(`learningRates were given for ${rates.length} epochs; there are ${recipe.epochs}`);
      this.begin(parameters, { keys });
      return this.trainPart(rates);
    }

    call(epochs) {
      const { lanes, batch, shared, places } = this.layout;
      for (let number = 0; number < this.batches; number += 1) {
        const addresses = this.layout.arguments.map((name) => (shared[name] ? shared[name].offset : this.place(name, number * lanes)));
        const solved = places.solved_epoch * lanes;
        const scores = this.array("scores", number * lanes);
        scores.fill(Infinity, solved, solved + lanes);
        this.train(this.epoch, epochs, ...addresses);
        for (let lane = 0; lane < lanes && number * lanes + lane < this.n; lane += 1) {
          const network = number * lanes + lane;
          this.solvedEpoch[network] = Math.min(this.solvedEpoch[network], this.epoch + scores[solved + lane]);
        }
      }
      this.epoch += epochs;
    }

    judge() {
      const { lanes, rows, n_parameters, n_outputs, places, recipe, clip } = this.layout;
      const result = { loss: Float64Array, finalLoss: Float64Array, solved: Uint8Array, solvedEpoch: Int32Array, diverged: Uint8Array, accuracy: Float64Array };
      for (const name in result) result[name] = new result[name](this.n);
      result.parameters = new Float64Array(this.n * n_parameters);
      const targets = Float64Array.from(this.layout.constants.targets);
      const row = new Float64Array(n_outputs);
      for (let network = 0; network < this.n; network += 1) {
        const lane = network % lanes;
        const [scores, outputs, trained] = ["scores", "outputs", "parameters"].map((name) => this.array(name, network));
        const score = (name) => scores[places[name] * lanes + lane];
        const logarithm = Math.log(score("significand")) + Math.LN2 * score("exponent");
        const loss = recipe.loss === "cross_entropy" ? (score("squares") + logarithm) / rows : (score("squares") - logarithm) / (rows * n_outputs);
        let finalLoss = 0;
        let right = 0;
        for (let first = 0; first < rows * n_outputs; first += n_outputs) {
          for (let k = 0; k < n_outputs; k += 1) row[k] = outputs[(first + k) * lanes + lane];
          finalLoss += rowLoss(recipe, clip, row, targets, first) / rows;
          right += isRight(recipe, row, targets, first);
        }
        const parameters = result.parameters.subarray(network * n_parameters, (network + 1) * n_parameters);
        for (let place = 0; place < n_parameters; place += 1) parameters[place] = trained[place * lanes + lane];
        const diverged = !(Number.isFinite(loss) && Number.isFinite(finalLoss) && parameters.every(Number.isFinite));
        const solved = recipe.solved_below ? finalLoss <= recipe.solved_below : right === rows;
        const first = this.solvedEpoch[network];
        result.loss[network] = diverged ? NaN : loss;
        result.finalLoss[network] = diverged ? NaN : finalLoss;
        result.solved[network] = solved && !diverged;
        result.solvedEpoch[network] = Number.isFinite(first) ? first : solved ? this.epoch : NEVER;
        result.diverged[network] = diverged;
        result.accuracy[network] = diverged || recipe.output === "identity" ? NaN : right / rows;
      }
      return result;
    }

    place(name, network) {
      const { lanes, batch } = this.layout;
      return batch.offset + Math.floor(network / lanes) * batch.size + batch.arrays[name].offset;
    }

    numbers(offset, size) {
      return new Float64Array(this.memory.buffer, offset, size / 8);
    }

    // An array (numbers, lanes) of the batch that a network is in.
    array(name, network) {
      return this.numbers(this.place(name, network), this.layout.batch.arrays[name].size);
    }
  }

  // What trains: of a module (its bytes, or a WebAssembly.Module) and its layout.
  async function instantiate(module, layout) {
    return new Kernel(module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module), layout).start();
  }

  return { instantiate, learningRates, fuses, unpacked };
})();
if (typeof module !== "undefined") module.exports = sweepKernel;

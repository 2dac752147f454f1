"use strict";
// Initial parameters that a seed, a spread and the number of a repeat decide, whatever is drawn beside them.
//
// The generator is xoshiro128** (Blackman & Vigna 2021, ACM Transactions on Mathematical Software 47(4), 36). Its state
// is made by SplitMix64 (Steele, Lea & Flood 2014, OOPSLA, 453-472) of the seed, the bits of the spread and the repeat.
const Draws = (() => {
  const GOLDEN = 0x9e3779b97f4a7c15n;

  // The output function of SplitMix64.
  function mix(word) {
    let z = BigInt.asUintN(64, word + GOLDEN);
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }

  function bitsOf(value) {
    return new BigUint64Array(Float64Array.of(value).buffer)[0];
  }

  // The word of a seed and a spread, from which those of its repeats are made.
  const stream = (seed, spread) => mix(mix(BigInt(seed)) ^ bitsOf(spread));

  function generator(word) {
    const words = [mix(word), mix(word + GOLDEN)];
    const state = new Uint32Array(words.flatMap((one) => [Number(one & 0xffffffffn), Number(one >> 32n)]));
    const turned = (x, k) => (x << k) | (x >>> (32 - k));
    return () => {
      const result = Math.imul(turned(Math.imul(state[1], 5), 7), 9) >>> 0;
      const shifted = state[1] << 9;
      state[2] ^= state[0];
      state[3] ^= state[1];
      state[1] ^= state[2];
      state[0] ^= state[3];
      state[2] ^= shifted;
      state[3] = turned(state[3], 11);
      return result;
    };
  }

  // Evenly between 0 and 1, in steps of 2^-53.
  const even = (next) => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;

  // Normal numbers by the polar method (Marsaglia & Bray 1964, SIAM Review 6, 260-264).
  function normals(next) {
    let kept = null;
    return () => {
      if (kept !== null) {
        const second = kept;
        kept = null;
        return second;
      }
      for (;;) {
        const [x, y] = [2 * even(next) - 1, 2 * even(next) - 1];
        const square = x * x + y * y;
        if (square >= 1 || square === 0) continue;
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        kept = y * factor;
        return x * factor;
      }
    };
  }

  // The parameters of one network at a spread, written at a place; returns the lengths of what the spread scales: the
  // Euclidean norm of normal draws, of uniform ones the largest divided by what a spread of 1 allows, of truncated normal
  // ones both, and of others none.
  function network(model, spread, next, into, place) {
    const normal = normals(next);
    let [squares, largest, most] = [0, 0, 1];
    for (const layer of model.layers) {
      const weights = layer.inputs * layer.outputs;
      const drawn = weights + (model.biases === "drawn" ? layer.outputs : 0);
      const scale = layer.swept ? spread * layer.unit : layer.spread;
      Distributions.draws(layer, drawn, () => even(next), normal).forEach((standard, i) => {
        into[place + i] = standard * scale;
        if (layer.swept) [squares, largest] = [squares + standard * standard, Math.max(largest, Math.abs(standard))];
      });
      if (layer.swept) most = layer.largest;
      place += weights + (model.biases === "none" ? 0 : layer.outputs);
    }
    const lengths = { normal: [Math.sqrt(squares)], uniform: [largest / most], truncated_normal: [Math.sqrt(squares), largest / most] };
    return (lengths[model.distribution] ?? []).map((length) => spread * length);
  }

  // The repeats first, first + 1, ... of a spread: parameters (count × model.parameters), lengths (count × those of one),
  // and the keys that decide the order of the rows (count).
  function starts(model, seed, spread, first, count) {
    const parameters = new Float64Array(count * model.parameters);
    const [word, lengths, keys] = [stream(seed, spread), [], []];
    for (let i = 0; i < count; i += 1) {
      const own = mix(word ^ BigInt(first + i));
      lengths.push(...network(model, spread, generator(own), parameters, i * model.parameters));
      keys.push(mix(BigInt.asUintN(64, own + 2n * GOLDEN)));
    }
    return { parameters, lengths: Float64Array.from(lengths), keys };
  }

  return { mix, generator, even, normals, stream, starts };
})();
